//! `/Messages/{MessageSid}/Media…`: what files came with a text, and where they are.

use serde_json::{Value, json};

use crate::clock::rfc2822;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::message::Media;
use crate::state::text::Text;

fn render(account: &str, text: &Text, media: &Media) -> Value {
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{}/Media/{}.json", text.sid, media.sid);
    json!({
        "sid": media.sid,
        "account_sid": account,
        "parent_sid": text.sid,
        "content_type": media.content_type,
        "date_created": rfc2822(text.created),
        "date_updated": rfc2822(text.created),
        "uri": uri,
    })
}

pub(crate) fn list(hub: &Hub, call: &Call, sid: &str) -> Answer {
    let paging = Paging::of(call, 1000)?;
    let world = hub.world();
    let text = super::message::find(&world, sid)?;
    let page = paging.take(false, |range| {
        (0u64..).zip(&text.media).filter(move |(seq, _)| range.contains(seq)).collect::<Vec<_>>().into_iter()
    });
    let account = &world.account.sid;
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{sid}/Media.json");
    Reply::ok(page.v2010(call, &uri, "media_list", |media| render(account, text, media)))
}

/// With `.json` the description; without it the way to the file itself, as a redirect to where it came from.
pub(crate) fn fetch(hub: &Hub, sid: &str, file: &str) -> Answer {
    let world = hub.world();
    let text = super::message::find(&world, sid)?;
    let name = file.trim_end_matches(".json");
    let media = text.media.iter().find(|media| media.sid == name);
    let media = media.ok_or_else(|| ApiError::not_found(&format!("/Messages/{sid}/Media/{file}")))?;
    if name.len() < file.len() {
        return Reply::ok(render(&world.account.sid, text, media));
    }
    Ok(Reply::Redirect(media.url.clone()))
}
