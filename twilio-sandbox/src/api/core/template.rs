//! A message that is made of a template: `ContentSid` and `ContentVariables`.

use crate::error::ApiError;
use crate::http::form::Form;
use crate::state::address::Channel;
use crate::state::content::render::{Rendered, Via};
use crate::state::content::values::{self, Invalid};
use crate::state::world::World;

/// Characters of a value.
const VALUE: usize = 1600;
/// Characters of a body.
const BODY: usize = 1600;

/// What the channel shows of the template, if the form names one. `Body` and `MediaUrl` do not matter then.
///
/// A placeholder without a value is an error, except on WhatsApp, where the message fails later.
pub(super) fn read(world: &World, form: &Form, channel: Channel) -> Result<Option<Rendered>, ApiError> {
    let variables = form.filled("ContentVariables");
    let Some(sid) = form.filled("ContentSid") else {
        return match variables {
            Some(_) => Err(ApiError::bad(21654, "ContentVariables need a ContentSid")),
            None => Ok(None),
        };
    };
    let content = world.contents.get(sid);
    let content = content.ok_or_else(|| ApiError::bad(21655, format!("The ContentSid {sid} is invalid")))?;
    let values = values::read(variables, VALUE).map_err(|why| ApiError::bad(21656, invalid(why)))?;
    let rendered = content.render(Via::Messaging, Some(channel), &values);
    let rendered = rendered.ok_or_else(|| {
        ApiError::bad(216_602, format!("The types of content {sid} cannot be used on this channel"))
    })?;
    if let Some(name) = rendered.shown.missing.as_ref().filter(|_| channel == Channel::Sms) {
        let message = format!("ContentVariables has no value for {name}, and content {sid} no sample");
        return Err(ApiError::bad(21656, message));
    }
    if rendered.body.chars().count() > BODY {
        let message = format!("The concatenated message body exceeds the {BODY} character limit");
        return Err(ApiError::bad(21617, message));
    }
    Ok(Some(rendered))
}

fn invalid(why: Invalid) -> String {
    match why {
        Invalid::Form(why) => why,
        Invalid::Count => "ContentVariables has more than 100 entries".to_owned(),
        Invalid::Name(name) => format!("ContentVariables: the name {name} is longer than 16 characters"),
        Invalid::Length(name) => format!("ContentVariables: {name} is longer than {VALUE} characters"),
    }
}
