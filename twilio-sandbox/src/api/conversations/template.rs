//! A message of a conversation that is made of a template.

use crate::error::ApiError;
use crate::http::form::Form;
use crate::state::address::Channel;
use crate::state::content::render::Via;
use crate::state::content::values::{self, Invalid};
use crate::state::message::Template;
use crate::state::participant::Participant;
use crate::state::world::World;

/// Characters of a value.
const VALUE: usize = 256;

/// The template that the form names, and the body of its message. `Body` and `MediaSid` do not matter then.
pub(super) fn read(
    world: &World,
    conversation: &str,
    form: &Form,
) -> Result<Option<(Template, String)>, ApiError> {
    let variables = form.filled("ContentVariables");
    let Some(sid) = form.filled("ContentSid") else {
        return match variables {
            Some(_) => Err(ApiError::bad(50528, "ContentVariables need a ContentSid")),
            None => Ok(None),
        };
    };
    let content = world.contents.get(sid);
    let content = content.ok_or_else(|| ApiError::bad(50526, format!("Content {sid} was not found")))?;
    if !content.goes_by(Via::Conversations) {
        return Err(ApiError::bad(50542, format!("Conversations do not know any type of content {sid}")));
    }
    let values = values::read(variables, VALUE).map_err(invalid)?;
    let rendered = content.render(Via::Conversations, None, &values);
    let rendered =
        rendered.ok_or_else(|| ApiError::bad(50542, format!("Content {sid} has nothing to show")))?;
    let phones = world.find(conversation)?.participants.iter();
    let phones: Vec<Channel> =
        phones.filter(|one| one.binding().is_some()).filter_map(Participant::channel).collect();
    // WhatsApp alone says so only when it gets the message.
    let told_later = !phones.is_empty() && phones.iter().all(|phone| *phone == Channel::WhatsApp);
    if let Some(name) = rendered.shown.missing.filter(|_| !told_later) {
        let message = format!("ContentVariables has no value for {name}, and content {sid} no sample");
        return Err(ApiError::bad(50527, message));
    }
    Ok(Some((Template { content_sid: sid.to_owned(), values }, rendered.body)))
}

fn invalid(why: Invalid) -> ApiError {
    match why {
        Invalid::Form(why) => ApiError::bad(50527, why),
        Invalid::Count => ApiError::bad(50529, "ContentVariables has more than 100 entries"),
        Invalid::Name(name) => {
            ApiError::bad(50540, format!("ContentVariables: the name {name} is longer than 16 characters"))
        }
        Invalid::Length(name) => {
            ApiError::bad(50541, format!("ContentVariables: {name} is longer than {VALUE} characters"))
        }
    }
}
