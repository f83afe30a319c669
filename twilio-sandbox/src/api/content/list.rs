//! The three lists of templates: plain, with approvals, and those made of older WhatsApp templates.

use serde_json::{Value, json};

use super::{approval, template};
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::content::Content;
use crate::state::world::World;

/// Templates of a page.
const PAGE: usize = 1000;

pub(super) fn contents(hub: &Hub, call: &Call) -> Answer {
    list(hub, call, |_| true, template::render)
}

pub(super) fn with_approvals(hub: &Hub, call: &Call) -> Answer {
    list(
        hub,
        call,
        |_| true,
        |world, one| {
            let mut value = without_links(world, one);
            value["approval_requests"] = approval::render(one);
            if let Value::Object(fields) = &mut value {
                fields.remove("url");
            }
            value
        },
    )
}

pub(super) fn legacy(hub: &Hub, call: &Call) -> Answer {
    list(
        hub,
        call,
        |one| one.legacy.is_some(),
        |world, one| {
            let mut value = without_links(world, one);
            if let Some(legacy) = &one.legacy {
                value["legacy_template_name"] = json!(legacy.name);
                value["legacy_body"] = json!(legacy.body);
            }
            value
        },
    )
}

fn without_links(world: &World, one: &Content) -> Value {
    let mut value = template::render(world, one);
    if let Value::Object(fields) = &mut value {
        fields.remove("links");
    }
    value
}

fn list(
    hub: &Hub,
    call: &Call,
    wanted: impl Fn(&Content) -> bool,
    render: impl Fn(&World, &Content) -> Value,
) -> Answer {
    let paging = Paging::of(call, PAGE)?;
    let world = hub.world();
    let page = paging.take(false, |range| world.contents.range(range).filter(|(_, one)| wanted(one)));
    let url = format!("{}/content/{}", world.base, call.segments.join("/"));
    Reply::ok(page.v1(call, &url, "contents", |one| render(&world, one)))
}
