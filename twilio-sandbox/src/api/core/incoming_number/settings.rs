//! What can be set on an incoming phone number.

use crate::api::conversations::scoped_webhook::method;
use crate::api::core::message::terms::flag;
use crate::error::ApiError;
use crate::http::form::Form;
use crate::state::number::{Hook, Number};
use crate::state::validate::is_web_url;

/// Changes what the request names.
pub(super) fn read(form: &Form, number: &mut Number) -> Result<(), ApiError> {
    hook(form, "Sms", &mut number.sms)?;
    hook(form, "SmsFallback", &mut number.sms_fallback)?;
    hook(form, "Voice", &mut number.voice)?;
    hook(form, "VoiceFallback", &mut number.voice_fallback)?;
    set(form, "StatusCallback", "StatusCallbackMethod", &mut number.status_callback)?;
    if let Some(name) = form.get("FriendlyName") {
        if name.chars().count() > 64 {
            return Err(ApiError::bad(20001, "FriendlyName must be at most 64 characters long"));
        }
        name.clone_into(&mut number.friendly_name);
    }
    if let Some(version) = form.filled("ApiVersion").filter(|version| *version != "2010-04-01") {
        return Err(ApiError::bad(20001, format!("ApiVersion {version:?} is not 2010-04-01")));
    }
    let settings = &mut number.settings;
    for (name, prefix, field) in [
        ("IdentitySid", "RI", &mut settings.identity_sid),
        ("AddressSid", "AD", &mut settings.address_sid),
        ("BundleSid", "BU", &mut settings.bundle_sid),
        ("EmergencyAddressSid", "AD", &mut settings.emergency_address_sid),
        ("TrunkSid", "TK", &mut settings.trunk_sid),
    ] {
        if let Some(sid) = sid(form, name, prefix)? {
            *field = Some(sid).filter(|sid| !sid.is_empty());
        }
    }
    if let Some(sid) = sid(form, "SmsApplicationSid", "AP")? {
        settings.sms_application_sid = sid;
    }
    if let Some(sid) = sid(form, "VoiceApplicationSid", "AP")? {
        settings.voice_application_sid = sid;
        // An application and a trunk exclude each other; the one that is set last stays.
        if form.filled("VoiceApplicationSid").is_some() && form.filled("TrunkSid").is_none() {
            settings.trunk_sid = None;
        }
    }
    if form.filled("TrunkSid").is_some() {
        settings.voice_application_sid.clear();
    }
    settings.voice_caller_id_lookup =
        flag(form, "VoiceCallerIdLookup")?.unwrap_or(settings.voice_caller_id_lookup);
    settings.emergency_active =
        either(form, "EmergencyStatus", "Active", "Inactive", settings.emergency_active)?;
    settings.receives_fax = either(form, "VoiceReceiveMode", "fax", "voice", settings.receives_fax)?;
    Ok(())
}

fn hook(form: &Form, prefix: &str, hook: &mut Hook) -> Result<(), ApiError> {
    set(form, &format!("{prefix}Url"), &format!("{prefix}Method"), hook)
}

fn set(form: &Form, url: &str, verb: &str, hook: &mut Hook) -> Result<(), ApiError> {
    if let Some(text) = form.get(url) {
        if !text.is_empty() && !is_web_url(text) {
            return Err(ApiError::bad(21205, format!("{url} {text:?} is not an http or https address")));
        }
        text.clone_into(&mut hook.url);
    }
    if let Some(method) = method(form, verb)? {
        hook.method = method;
    }
    Ok(())
}

/// A SID of a kind, or an empty text.
fn sid(form: &Form, name: &str, prefix: &str) -> Result<Option<String>, ApiError> {
    let Some(text) = form.get(name) else { return Ok(None) };
    let hex = text.strip_prefix(prefix).unwrap_or_default();
    if text.is_empty() || hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Some(text.to_owned()));
    }
    Err(ApiError::bad(20001, format!("{name} {text:?} is not {prefix} and 32 hexadecimal digits")))
}

/// Whether a parameter has the first of its two values.
fn either(form: &Form, name: &str, yes: &str, no: &str, now: bool) -> Result<bool, ApiError> {
    match form.filled(name) {
        None => Ok(now),
        Some(value) if value == yes => Ok(true),
        Some(value) if value == no => Ok(false),
        Some(other) => Err(ApiError::bad(20001, format!("{name} {other:?} is neither {yes} nor {no}"))),
    }
}
