//! A message from a phone.

use crate::{
    model::MessageStatus,
    sid::{AccountSid, MessagingServiceSid, SmsSid},
    webhook::{PayloadError, fields::Fields},
};
use std::collections::BTreeMap;

open_enum! {
    /// What Twilio's Advanced Opt-Out made of a keyword.
    OptOutType {
        /// The person wants nothing more; Twilio has already answered and blocks.
        Stop = "STOP",
        /// The person is back.
        Start = "START",
        /// The person asked for help.
        Help = "HELP",
    }
}

/// An inbound message. Names are Twilio's, in snake case.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InboundMessage {
    /// The account; check that it is one of yours.
    pub account_sid: AccountSid,
    /// The message, by which repeated deliveries are recognised.
    pub message_sid: SmsSid,
    /// The messaging service that the number belongs to, if any.
    pub messaging_service_sid: Option<MessagingServiceSid>,
    /// Who wrote: E.164, or with the channel before it (`whatsapp:+…`, `rcs:+…`).
    pub from: String,
    /// The number or sender written to.
    pub to: String,
    /// The text; empty for media alone.
    pub body: String,
    /// How many segments the carrier used.
    pub num_segments: Option<u32>,
    /// How many media Twilio counts; [`Self::media`] holds those whose URL came along.
    pub num_media: Option<u32>,
    /// The files, at most ten.
    pub media: Vec<InboundMedia>,
    /// `received`, as a rule.
    pub sms_status: Option<MessageStatus>,
    /// Set by Advanced Opt-Out alone.
    pub opt_out_type: Option<OptOutType>,
    /// Where the carrier places the sender's number.
    pub from_place: Place,
    /// Where the carrier places the Twilio number.
    pub to_place: Place,
    /// What WhatsApp adds.
    pub whatsapp: WhatsApp,
    /// A shared location.
    pub location: Option<Location>,
    /// The message this one answers.
    pub reply_to: Option<ReplyTo>,
    /// The advertisement that led here.
    pub referral: Option<Referral>,
    /// On the fallback URL: why the first URL was not enough.
    pub error_code: Option<u32>,
    /// On the fallback URL: the URL that failed.
    pub error_url: Option<String>,
    /// The API's version, `2010-04-01`.
    pub api_version: Option<String>,
    /// Fields this version does not know. A second value of a name is kept as `name[2]`.
    pub extra: BTreeMap<String, String>,
}

debug_shows! {
    InboundMessage { account_sid, message_sid, messaging_service_sid, num_segments, num_media, opt_out_type, error_code }
    Place {}
    WhatsApp { forwarded, frequently_forwarded, message_type }
    Location {}
    ReplyTo { sid }
    Referral { source_type }
    InboundMedia { content_type }
}

/// A file of an inbound message.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InboundMedia {
    /// Where to fetch it, with the account's credentials.
    pub url: String,
    /// The MIME type the carrier claims.
    pub content_type: Option<String>,
}

/// Where a carrier places a number. Not where the person is.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// City.
    pub city: Option<String>,
    /// State or province.
    pub state: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// Country, two letters.
    pub country: Option<String>,
}

/// What WhatsApp adds to a message.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WhatsApp {
    /// The name in the sender's profile.
    pub profile_name: Option<String>,
    /// The sender's WhatsApp id, the number without `+` as a rule.
    pub wa_id: Option<String>,
    /// Forwarded to the sender by somebody else.
    pub forwarded: Option<bool>,
    /// Forwarded many times.
    pub frequently_forwarded: Option<bool>,
    /// The text of the button that was pressed.
    pub button_text: Option<String>,
    /// The payload of the button that was pressed.
    pub button_payload: Option<String>,
    /// `text`, `image`, `button`, `interactive` …
    pub message_type: Option<String>,
    /// JSON text; its shape is the channel's.
    pub channel_metadata: Option<String>,
    /// JSON text of a reply to a flow.
    pub interactive_data: Option<String>,
    /// The id of the list item that was picked.
    pub list_id: Option<String>,
    /// The title of the list item that was picked.
    pub list_title: Option<String>,
}

/// A shared location.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Location {
    /// Degrees north, decimal text as sent.
    pub latitude: String,
    /// Degrees east, decimal text as sent.
    pub longitude: String,
    /// The address, if known.
    pub address: Option<String>,
    /// The name of the place, if known.
    pub label: Option<String>,
}

/// The message that this one answers.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplyTo {
    /// Its SID, as sent.
    pub sid: String,
    /// Who wrote it.
    pub sender: Option<String>,
}

/// The advertisement that led to this conversation (click to WhatsApp).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Referral {
    /// The text of the advertisement.
    pub body: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// Its id.
    pub source_id: Option<String>,
    /// `ad` or `post`.
    pub source_type: Option<String>,
    /// Where it leads.
    pub source_url: Option<String>,
    /// The id of its medium.
    pub media_id: Option<String>,
    /// The MIME type of its medium.
    pub media_content_type: Option<String>,
    /// Where its medium is.
    pub media_url: Option<String>,
    /// How many media it has.
    pub num_media: Option<u32>,
    /// The click's id.
    pub ctwa_clid: Option<String>,
}

impl InboundMessage {
    /// Reads a message from the pairs of its form.
    ///
    /// # Errors
    /// [`PayloadError`] when a field that identifies something is missing, malformed or ambiguous.
    pub fn parse<N: AsRef<str>, V: AsRef<str>>(pairs: &[(N, V)]) -> Result<Self, PayloadError> {
        let mut fields = Fields::new(pairs);
        let message_sid = take_message_sid(&mut fields)?;
        Ok(Self {
            account_sid: fields.required_sid("AccountSid")?,
            message_sid,
            messaging_service_sid: fields.parsed("MessagingServiceSid")?,
            from: fields.required("From")?,
            to: fields.required("To")?,
            body: fields.once("Body")?.unwrap_or_default(),
            num_segments: fields.parsed("NumSegments")?,
            num_media: fields.parsed("NumMedia")?,
            media: take_media(&mut fields),
            sms_status: fields.choice("SmsStatus")?,
            opt_out_type: fields.choice("OptOutType")?,
            from_place: Place::take(&mut fields, ["FromCity", "FromState", "FromZip", "FromCountry"])?,
            to_place: Place::take(&mut fields, ["ToCity", "ToState", "ToZip", "ToCountry"])?,
            whatsapp: WhatsApp::take(&mut fields)?,
            location: Location::take(&mut fields)?,
            reply_to: ReplyTo::take(&mut fields)?,
            referral: Referral::take(&mut fields)?,
            error_code: fields.parsed("ErrorCode")?.filter(|code| *code != 0),
            error_url: fields.filled("ErrorUrl")?,
            api_version: fields.filled("ApiVersion")?,
            extra: fields.rest(),
        })
    }
}

/// The message's SID; its two legacy names are dropped when they say the same.
pub(super) fn take_message_sid(fields: &mut Fields<'_>) -> Result<SmsSid, PayloadError> {
    let sid: SmsSid = fields.required_sid("MessageSid")?;
    for legacy in ["SmsSid", "SmsMessageSid"] {
        if let Some(other) = fields.once(legacy)?
            && other != sid.as_str()
        {
            fields.put_back(legacy, other);
        }
    }
    Ok(sid)
}

fn take_media(fields: &mut Fields<'_>) -> Vec<InboundMedia> {
    let mut media = Vec::new();
    while let Some(url) = fields.first(&format!("MediaUrl{}", media.len())) {
        let content_type = fields.first(&format!("MediaContentType{}", media.len()));
        media.push(InboundMedia { url, content_type: content_type.filter(|text| !text.is_empty()) });
    }
    media
}

impl Place {
    fn take(
        fields: &mut Fields<'_>,
        [city, state, zip, country]: [&'static str; 4],
    ) -> Result<Self, PayloadError> {
        Ok(Self {
            city: fields.filled(city)?,
            state: fields.filled(state)?,
            zip: fields.filled(zip)?,
            country: fields.filled(country)?,
        })
    }
}

impl WhatsApp {
    fn take(fields: &mut Fields<'_>) -> Result<Self, PayloadError> {
        Ok(Self {
            profile_name: fields.filled("ProfileName")?,
            wa_id: fields.filled("WaId")?,
            forwarded: fields.parsed("Forwarded")?,
            frequently_forwarded: fields.parsed("FrequentlyForwarded")?,
            button_text: fields.filled("ButtonText")?,
            button_payload: fields.filled("ButtonPayload")?,
            message_type: fields.filled("MessageType")?,
            channel_metadata: fields.filled("ChannelMetadata")?,
            interactive_data: fields.filled("InteractiveData")?,
            list_id: fields.filled("ListId")?,
            list_title: fields.filled("ListTitle")?,
        })
    }
}

impl Location {
    /// Both coordinates or none; one alone stays among the left-overs.
    fn take(fields: &mut Fields<'_>) -> Result<Option<Self>, PayloadError> {
        let (latitude, longitude) = match (fields.filled("Latitude")?, fields.filled("Longitude")?) {
            (Some(latitude), Some(longitude)) => (latitude, longitude),
            (latitude, longitude) => {
                for (name, value) in [("Latitude", latitude), ("Longitude", longitude)] {
                    if let Some(value) = value {
                        fields.put_back(name, value);
                    }
                }
                return Ok(None);
            }
        };
        let (address, label) = (fields.filled("Address")?, fields.filled("Label")?);
        Ok(Some(Self { latitude, longitude, address, label }))
    }
}

impl ReplyTo {
    fn take(fields: &mut Fields<'_>) -> Result<Option<Self>, PayloadError> {
        let Some(sid) = fields.filled("OriginalRepliedMessageSid")? else { return Ok(None) };
        Ok(Some(Self { sid, sender: fields.filled("OriginalRepliedMessageSender")? }))
    }
}

impl Referral {
    fn take(fields: &mut Fields<'_>) -> Result<Option<Self>, PayloadError> {
        let referral = Self {
            body: fields.filled("ReferralBody")?,
            headline: fields.filled("ReferralHeadline")?,
            source_id: fields.filled("ReferralSourceId")?,
            source_type: fields.filled("ReferralSourceType")?,
            source_url: fields.filled("ReferralSourceUrl")?,
            media_id: fields.filled("ReferralMediaId")?,
            media_content_type: fields.filled("ReferralMediaContentType")?,
            media_url: fields.filled("ReferralMediaUrl")?,
            num_media: fields.parsed("ReferralNumMedia")?,
            ctwa_clid: fields.filled("ReferralCtwaClid")?,
        };
        Ok((referral != Self::default()).then_some(referral))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(more: &[(&str, &str)]) -> Result<InboundMessage, PayloadError> {
        let hex = "a".repeat(32);
        let mut pairs = vec![
            ("MessageSid".to_owned(), format!("SM{hex}")),
            ("SmsSid".to_owned(), format!("SM{hex}")),
            ("AccountSid".to_owned(), format!("AC{hex}")),
            ("From".to_owned(), "+15550001111".to_owned()),
            ("To".to_owned(), "+15550002222".to_owned()),
        ];
        pairs.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
        pairs.extend(more.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        InboundMessage::parse(&pairs)
    }

    #[test]
    fn media_place_and_opt_out_are_read_and_the_rest_kept() {
        let message = parse(&[
            ("Body", "STOP"),
            ("NumMedia", "2"),
            ("MediaUrl0", "https://api.twilio.com/0"),
            ("MediaContentType0", "image/png"),
            ("MediaUrl1", "https://api.twilio.com/1"),
            ("FromCity", "OSLO"),
            ("ToCountry", "US"),
            ("OptOutType", "STOP"),
            ("Brand", "new"),
        ])
        .unwrap();
        assert_eq!(message.media.len(), 2);
        assert_eq!(message.media[0].content_type.as_deref(), Some("image/png"));
        assert_eq!(message.media[1].content_type, None);
        assert_eq!(message.from_place.city.as_deref(), Some("OSLO"));
        assert_eq!(message.to_place.country.as_deref(), Some("US"));
        assert_eq!(message.opt_out_type, Some(OptOutType::Stop));
        assert_eq!(message.extra, BTreeMap::from([("Brand".to_owned(), "new".to_owned())]));
        assert!(!format!("{message:?}").contains("555"));
    }

    #[test]
    fn whatsapp_location_reply_and_referral_are_read() {
        let message = parse(&[
            ("From", "whatsapp:+15550001111"),
            ("WaId", "15550001111"),
            ("Forwarded", "true"),
            ("ButtonPayload", "yes"),
            ("Latitude", "59.91"),
            ("Longitude", "10.75"),
            ("Label", "Home"),
            ("OriginalRepliedMessageSid", "SM1"),
            ("ReferralCtwaClid", "c"),
        ])
        .unwrap();
        assert_eq!(message.whatsapp.forwarded, Some(true));
        assert_eq!(message.whatsapp.button_payload.as_deref(), Some("yes"));
        assert_eq!(message.location.unwrap().latitude, "59.91");
        assert_eq!(message.reply_to.unwrap().sid, "SM1");
        assert_eq!(message.referral.unwrap().ctwa_clid.as_deref(), Some("c"));
        let half = parse(&[("Latitude", "59.91")]).unwrap();
        assert_eq!((half.location, half.extra["Latitude"].as_str()), (None, "59.91"));
    }

    #[test]
    fn every_documented_field_has_a_place() {
        let texts = "Body ApiVersion FromCity FromState FromZip FromCountry ToCity ToState ToZip ToCountry ProfileName \
                     WaId ButtonText ButtonPayload MessageType ChannelMetadata InteractiveData ListId ListTitle \
                     Latitude Longitude Address Label OriginalRepliedMessageSender OriginalRepliedMessageSid \
                     ReferralBody ReferralHeadline ReferralSourceId ReferralSourceType ReferralSourceUrl \
                     ReferralMediaId ReferralMediaContentType ReferralMediaUrl ReferralCtwaClid MediaUrl0 \
                     MediaContentType0 SmsStatus OptOutType ErrorUrl";
        let mut given: Vec<(&str, &str)> = texts.split_whitespace().map(|name| (name, "x")).collect();
        given.extend([
            ("NumMedia", "1"),
            ("NumSegments", "1"),
            ("ReferralNumMedia", "1"),
            ("ErrorCode", "11200"),
        ]);
        given.extend([("Forwarded", "true"), ("FrequentlyForwarded", "false")]);
        let service = format!("MG{}", "a".repeat(32));
        given.push(("MessagingServiceSid", &service));
        let message = parse(&given).unwrap();
        assert!(message.extra.is_empty(), "{:?}", message.extra.keys());
    }

    #[test]
    fn identifying_fields_must_be_there_and_clear() {
        for field in ["MessageSid", "AccountSid", "From", "To"] {
            let error = parse(&[(field, "")]).unwrap_err();
            assert!(matches!(error, PayloadError::Missing { field: named } if named == field), "{error}");
        }
        assert_eq!(parse(&[("To", "+1"), ("To", "+2")]), Err(PayloadError::Repeated { field: "To" }));
        let odd = parse(&[("SmsSid", "SMother")]).unwrap();
        assert_eq!(odd.extra["SmsSid"], "SMother");
    }
}
