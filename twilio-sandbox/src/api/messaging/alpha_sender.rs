//! `/Services/{Sid}/AlphaSenders` and `/DestinationAlphaSenders`: names as senders, for every country or one.
//!
//! A default alpha sender is one without a country; both lists show it.

use http::Method;
use serde_json::{Value, json};

use super::{PAGE, address, find};
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::messaging_service::{PoolSender, SenderKind};
use crate::state::numbering::is_alpha_sender;
use crate::state::validate::required;
use crate::state::world::World;

/// One of the two lists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AlphaList {
    Default,
    Destination,
}

impl AlphaList {
    pub(super) fn answer(self, hub: &Hub, call: &Call, service: &str, sid: Option<&str>) -> Answer {
        match (&call.method, sid) {
            (&Method::GET, None) => self.list(hub, call, service),
            (&Method::POST, None) => self.create(hub, call, service),
            (&Method::GET, Some(sid)) => {
                let world = hub.world();
                Reply::ok(self.render(&world, service, self.find(&world, service, sid)?))
            }
            (&Method::DELETE, Some(sid)) => {
                let mut world = hub.world();
                self.find(&world, service, sid)?;
                world.leave_service(service, sid);
                Reply::deleted()
            }
            _ => Err(ApiError::method_not_allowed()),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Default => "AlphaSenders",
            Self::Destination => "DestinationAlphaSenders",
        }
    }

    /// Whether a sender stands in this list.
    fn shows(self, one: &PoolSender) -> bool {
        match &one.kind {
            SenderKind::Alpha { country } => self == Self::Destination || country.is_none(),
            _ => false,
        }
    }

    fn render(self, world: &World, service: &str, one: &PoolSender) -> Value {
        let mut value = json!({
            "sid": one.sid,
            "account_sid": world.account.sid,
            "service_sid": service,
            "date_created": iso(one.created),
            "date_updated": iso(one.updated),
            "alpha_sender": one.address,
            "capabilities": ["SMS"],
            "url": format!("{}/{}/{}", address(world, service), self.name(), one.sid),
        });
        if self == Self::Destination {
            let SenderKind::Alpha { country } = &one.kind else { return value };
            value["iso_country_code"] = json!(country);
        }
        value
    }

    fn find<'a>(self, world: &'a World, service: &str, sid: &str) -> Result<&'a PoolSender, ApiError> {
        let sender = find(world, service)?.sender(sid).filter(|one| self.shows(one));
        sender.ok_or_else(|| ApiError::not_found(&format!("/Services/{service}/{}/{sid}", self.name())))
    }

    fn list(self, hub: &Hub, call: &Call, service: &str) -> Answer {
        let paging = Paging::of(call, PAGE)?;
        let wanted = if self == Self::Destination { call.query.filled("IsoCountryCode") } else { None };
        let world = hub.world();
        let senders = &find(&world, service)?.senders;
        let in_country = |one: &PoolSender| {
            let SenderKind::Alpha { country } = &one.kind else { return false };
            wanted.is_none_or(|wanted| country.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(wanted)))
        };
        let page = paging.take(false, |range| {
            senders
                .range(range)
                .filter(|(_, one)| self.shows(one) && in_country(one))
                .map(|(seq, one)| (*seq, one))
        });
        let url = format!("{}/{}", address(&world, service), self.name());
        Reply::ok(page.v1(call, &url, "alpha_senders", |one| self.render(&world, service, one)))
    }

    fn create(self, hub: &Hub, call: &Call, service: &str) -> Answer {
        let name = required("AlphaSender", call.form.filled("AlphaSender"))?;
        if !is_alpha_sender(name) {
            let message = "Alpha Sender ID is Invalid or Not Authorized for this Messaging Service";
            return Err(ApiError::bad(21709, message));
        }
        let country = match self {
            Self::Default => None,
            Self::Destination => country(call)?,
        };
        let kind = SenderKind::Alpha { country };
        let mut world = hub.world();
        let same = |one: &PoolSender| one.address == name && one.kind == kind;
        if find(&world, service)?.senders.values().any(same) {
            let message = "Phone Number, Shortcode, or AlphaSender is already in the Messaging Service.";
            return Err(ApiError::conflict(21710, message));
        }
        let (seq, sid, now) = (world.next_seq(), world.sids.sid("AI"), world.now());
        let one =
            PoolSender { seq, sid, kind, address: name.to_owned(), used: 0, created: now, updated: now };
        if let Some(service) = world.messaging_service_mut(service) {
            service.senders.insert(seq, one.clone());
        }
        Reply::created(self.render(&world, service, &one))
    }
}

fn country(call: &Call) -> Result<Option<String>, ApiError> {
    let Some(code) = call.form.filled("IsoCountryCode") else { return Ok(None) };
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(Some(code.to_ascii_uppercase()));
    }
    Err(ApiError::bad(20001, format!("IsoCountryCode {code:?} is not two letters, such as FR")))
}
