//! A number's own inbound webhook and the replies it gives.

use std::sync::Arc;

use super::deliver::{Delivery, Kind, Outcome, deliver};
use super::messaging;
use super::twiml::{self, Reply};
use crate::hub::Hub;
use crate::state::message::Media;
use crate::state::number::{Hook, Number};
use crate::state::terms::Terms;
use crate::state::text::Text;
use crate::state::world::Send;

/// Calls the number's webhook, then its fallback if that failed, and sends the replies.
pub(crate) async fn receive(hub: &Arc<Hub>, number: &Number, text: &Text) {
    if number.sms.url.is_empty() {
        return;
    }
    let failure = match call(hub, &number.sms, text, None).await {
        Ok(replies) => return reply(hub, text, replies),
        Err(code) => code,
    };
    if number.sms_fallback.url.is_empty() {
        return;
    }
    let why = (failure, number.sms.url.as_str());
    if let Ok(replies) = call(hub, &number.sms_fallback, text, Some(why)).await {
        reply(hub, text, replies);
    }
}

async fn call(
    hub: &Arc<Hub>,
    hook: &Hook,
    text: &Text,
    failed: Option<(u32, &str)>,
) -> Result<Vec<Reply>, u32> {
    let mut fields = {
        let world = hub.world();
        let opt_out_type = world.opt_out_type(&text.from, &text.to, &text.body);
        messaging::inbound(&world.account, &world.base, text, opt_out_type)
    };
    if let Some((code, url)) = failed {
        fields.put("ErrorCode", code.to_string());
        fields.put("ErrorUrl", url);
    }
    let delivery = Delivery {
        lane: String::new(),
        event: "inboundMessage".to_owned(),
        url: hook.url.clone(),
        method: hook.method.clone(),
        params: fields.into_params(),
        kind: Kind::Messaging,
    };
    let outcome = deliver(hub, &delivery).await;
    if let Some(code) = outcome.error_code() {
        return Err(code);
    }
    match outcome {
        Outcome::Answered { content_type, body, .. } => twiml::replies(&content_type, &body),
        _ => Err(11200),
    }
}

fn reply(hub: &Hub, text: &Text, replies: Vec<Reply>) {
    let mut world = hub.world();
    for reply in replies {
        let from = reply.from.unwrap_or_else(|| text.to.clone());
        let to = reply.to.unwrap_or_else(|| text.from.clone());
        // A reply from a foreign number, or to someone who said STOP, does not leave.
        if world.number(&from).is_none() || world.is_blocked(&from, &to) {
            continue;
        }
        let media = reply.media.iter().map(|url| Media::new(world.sids.sid("ME"), url)).collect();
        world.send(Send {
            from,
            to,
            body: reply.body,
            media,
            shown: None,
            direction: "outbound-reply",
            messaging_service_sid: text.messaging_service_sid.clone(),
            status_callback: reply.status_callback,
            leaves_at: None,
            receipt: None,
            terms: Terms::default(),
        });
    }
}
