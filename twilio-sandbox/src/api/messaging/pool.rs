//! `/Services/{Sid}/PhoneNumbers`, `/ShortCodes` and `/ChannelSenders`: senders of the account in a pool.

use serde_json::{Value, json};

use super::{PAGE, address, find};
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::address::Channel;
use crate::state::messaging_service::{PoolSender, SenderKind};
use crate::state::number::Number;
use crate::state::numbering::{NumberKind, country, is_short_code};
use crate::state::validate::required;
use crate::state::world::World;

/// Phone numbers of a pool, at most, unless Twilio raises it.
const LIMIT: usize = 400;

/// One of the three lists.
pub(super) struct Pool {
    kind: SenderKind,
    /// The list's name in the path.
    list: &'static str,
    /// The list's name in an answer.
    key: &'static str,
    /// The parameter that names the sender to add.
    parameter: &'static str,
}

impl Pool {
    pub(super) fn of(kind: SenderKind) -> Self {
        let (list, key, parameter) = match kind {
            SenderKind::ShortCode => ("ShortCodes", "short_codes", "ShortCodeSid"),
            SenderKind::Channel => ("ChannelSenders", "senders", "Sid"),
            _ => ("PhoneNumbers", "phone_numbers", "PhoneNumberSid"),
        };
        Self { kind, list, key, parameter }
    }

    fn render(&self, world: &World, service: &str, one: &PoolSender) -> Value {
        let country = if self.kind == SenderKind::ShortCode { Some("US") } else { country(&one.address) };
        let mut value = json!({
            "sid": one.sid,
            "account_sid": world.account.sid,
            "country_code": country,
            "date_created": iso(one.created),
            "date_updated": iso(one.updated),
            "url": format!("{}/{}/{}", address(world, service), self.list, one.sid),
        });
        if self.kind == SenderKind::Channel {
            value["messaging_service_sid"] = json!(service);
            value["sender"] = json!(one.address);
            value["sender_type"] = json!("WhatsApp");
            return value;
        }
        let name = if self.kind == SenderKind::ShortCode { "short_code" } else { "phone_number" };
        value["service_sid"] = json!(service);
        value[name] = json!(one.address);
        value["capabilities"] = json!(capabilities(&one.address));
        value
    }

    pub(super) fn list(&self, hub: &Hub, call: &Call, service: &str) -> Answer {
        let paging = Paging::of(call, PAGE)?;
        let world = hub.world();
        let senders = &find(&world, service)?.senders;
        let page = paging.take(false, |range| {
            senders.range(range).filter(|(_, one)| one.kind == self.kind).map(|(seq, one)| (*seq, one))
        });
        let url = format!("{}/{}", address(&world, service), self.list);
        Reply::ok(page.v1(call, &url, self.key, |one| self.render(&world, service, one)))
    }

    fn find<'a>(&self, world: &'a World, service: &str, sid: &str) -> Result<&'a PoolSender, ApiError> {
        let sender = find(world, service)?.sender(sid).filter(|one| one.kind == self.kind);
        sender.ok_or_else(|| ApiError::not_found(&format!("/Services/{service}/{}/{sid}", self.list)))
    }

    pub(super) fn fetch(&self, hub: &Hub, service: &str, sid: &str) -> Answer {
        let world = hub.world();
        Reply::ok(self.render(&world, service, self.find(&world, service, sid)?))
    }

    pub(super) fn create(&self, hub: &Hub, call: &Call, service: &str) -> Answer {
        let sid = required(self.parameter, call.form.filled(self.parameter))?;
        let mut world = hub.world();
        let same = find(&world, service)?.senders.values().filter(|one| one.kind == self.kind).count();
        if same >= LIMIT && self.kind == SenderKind::PhoneNumber {
            let message = format!("A Messaging Service holds at most {LIMIT} phone numbers");
            return Err(ApiError::bad(21714, message));
        }
        let number = world.numbers.values().find(|one| one.sid == sid && self.takes(one));
        let Some(address) = number.map(|one| one.address.clone()) else {
            let message = format!("{} {sid:?} is not one of this account", self.parameter);
            return Err(ApiError::bad(21421, message));
        };
        let sender = world.join_service(service, &address)?;
        Reply::created(self.render(&world, service, &sender))
    }

    fn takes(&self, number: &Number) -> bool {
        match self.kind {
            SenderKind::Channel => number.channel == Channel::WhatsApp,
            SenderKind::ShortCode => is_short_code(&number.address),
            _ => number.channel == Channel::Sms && !is_short_code(&number.address),
        }
    }

    pub(super) fn delete(&self, hub: &Hub, service: &str, sid: &str) -> Answer {
        let mut world = hub.world();
        self.find(&world, service, sid)?;
        world.leave_service(service, sid);
        Reply::deleted()
    }
}

/// What a number of the sandbox can do.
fn capabilities(address: &str) -> Vec<&'static str> {
    match NumberKind::of(address) {
        NumberKind::ShortCode => vec!["SMS", "MMS"],
        _ if matches!(country(address), Some("US" | "CA" | "PR" | "AU")) => vec!["MMS", "SMS", "Voice"],
        _ => vec!["SMS", "Voice"],
    }
}
