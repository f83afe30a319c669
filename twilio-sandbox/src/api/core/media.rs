//! `/Messages/{MessageSid}/Media…`: the files of a message.

use serde_json::{Value, json};

use crate::clock::rfc2822;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::message::Media;
use crate::state::text::Text;
use crate::state::validate::moment;
use crate::state::world::World;

const DAY: i64 = 24 * 60 * 60 * 1000;

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
    let date = |name: &str| {
        let moment = call.query.filled(name).map(|text| {
            moment(text).ok_or_else(|| ApiError::bad(20001, format!("{name} {text:?} is not a date")))
        });
        moment.transpose()
    };
    let (on, before, after) = (date("DateCreated")?, date("DateCreated<")?, date("DateCreated>")?);
    let world = hub.world();
    let text = super::message::find(&world, sid)?;
    // The files of a message come with it.
    let wanted = on.is_none_or(|day| (day..day + DAY).contains(&text.created))
        && before.is_none_or(|limit| text.created <= limit)
        && after.is_none_or(|limit| text.created >= limit);
    let media = if wanted { text.media.as_slice() } else { &[] };
    let page = paging.take(false, |range| {
        (0u64..).zip(media).filter(move |(seq, _)| range.contains(seq)).collect::<Vec<_>>().into_iter()
    });
    let account = &world.account.sid;
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{sid}/Media.json");
    Reply::ok(page.v2010(call, &uri, "media_list", |media| render(account, text, media)))
}

fn find<'a>(world: &'a World, sid: &str, file: &str) -> Result<(&'a Text, &'a Media), ApiError> {
    let text = super::message::find(world, sid)?;
    let media = text.media.iter().find(|media| media.sid == file.trim_end_matches(".json"));
    let media = media.ok_or_else(|| ApiError::not_found(&format!("/Messages/{sid}/Media/{file}")))?;
    Ok((text, media))
}

/// With `.json` the description; without it the way to the file itself, as a redirect to its storage.
pub(crate) fn fetch(hub: &Hub, sid: &str, file: &str) -> Answer {
    let world = hub.world();
    let (text, media) = find(&world, sid, file)?;
    if file != media.sid {
        return Reply::ok(render(&world.account.sid, text, media));
    }
    Ok(Reply::Redirect(world.temporary_url(&media.sid)))
}

pub(crate) fn delete(hub: &Hub, sid: &str, file: &str) -> Answer {
    let mut world = hub.world();
    let media = find(&world, sid, file)?.1.clone();
    world.forget(std::slice::from_ref(&media));
    if let Some(text) = world.texts.get_mut(sid) {
        text.media.retain(|one| one.sid != media.sid);
    }
    Reply::deleted()
}
