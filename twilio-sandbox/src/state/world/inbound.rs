//! Messages that phones send.

use super::World;
use crate::carrier::price::Way;
use crate::clock::iso_millis;
use crate::state::address_configuration::AddressConfiguration;
use crate::state::handset::ScreenEntry;
use crate::state::message::Media;
use crate::state::number::Number;
use crate::state::outbox::Job;
use crate::state::sender::SenderType;
use crate::state::terms::Terms;
use crate::state::text::{Fate, Status, Text};

/// Where a phone's message goes.
#[derive(Clone, Debug)]
pub(crate) enum Route {
    /// Into the conversation that holds the pair; its SID.
    Conversation(String),
    /// Into a new conversation.
    AutoCreate(Box<AddressConfiguration>),
    /// To the number's own webhook.
    Number(Box<Number>),
    /// Its Messaging Service takes no messages; nothing is kept of it.
    Unlogged,
    /// The number is gone.
    Nowhere,
}

impl World {
    /// The carrier takes a phone's message: the phone shows it as sent, keywords act, and the message is queued
    /// for its route. Gives its SID, or `None` when nobody has that number.
    pub(crate) fn accept(&mut self, from: &str, to: &str, body: &str, media: &[String]) -> Option<String> {
        let sender = self.number(to)?;
        if sender.kind() == SenderType::Landline {
            return None;
        }
        let (now, seq) = (self.now(), self.next_seq());
        let sid = self.sids.sid(if media.is_empty() { "SM" } else { "MM" });
        let files: Vec<Media> = media.iter().map(|url| Media::new(self.sids.sid("ME"), url)).collect();
        self.handsets.entry(from.to_owned()).or_default().screen.push(ScreenEntry {
            sid: sid.clone(),
            direction: "sent".into(),
            peer: to.to_owned(),
            members: Vec::new(),
            author: from.to_owned(),
            body: body.to_owned(),
            media: media.to_vec(),
            actions: Vec::new(),
            location: None,
            status: "sent".into(),
            at: iso_millis(now),
        });
        let way = Way::of(from, !media.is_empty());
        let messaging_service_sid = self.service_of(to).map(|service| service.sid.clone());
        self.keep_text(Text {
            seq,
            sid: sid.clone(),
            from: from.to_owned(),
            to: to.to_owned(),
            body: body.to_owned(),
            media: files,
            shown: None,
            press: None,
            direction: "inbound".into(),
            status: Status::Received,
            error_code: None,
            messaging_service_sid,
            status_callback: None,
            receipt: None,
            fate: Fate::Arrive,
            terms: Terms::default(),
            segments: way.segments(body),
            way,
            created: now,
            updated: now,
            sent: Some(now),
        });
        self.last_inbound.insert((to.to_owned(), from.to_owned()), now);
        if self.heed_keyword(from, to, body) {
            self.forget_text(&sid);
            return Some(sid);
        }
        self.outbox.push(Job::Route { lane: format!("{from}>{to}"), text: sid.clone() });
        Some(sid)
    }

    /// Where a phone's message goes: its open conversation, a new one, or the number's webhook.
    pub(crate) fn route(&self, from: &str, to: &str) -> Route {
        if let Some(sid) = self.bindings.get(&(from.to_owned(), to.to_owned())) {
            return Route::Conversation(sid.clone());
        }
        let configured = self.address_configurations.values().find(|one| one.address == to);
        if let Some(configuration) = configured.filter(|one| one.auto_creation.enabled) {
            return Route::AutoCreate(Box::new(configuration.clone()));
        }
        match self.number(to) {
            Some(number) => self.route_to_number(number),
            None => Route::Nowhere,
        }
    }

    /// The webhook of a number: its own, or its service's.
    fn route_to_number(&self, number: &Number) -> Route {
        let settings = self.service_of(&number.address).map(|service| &service.settings);
        match settings.filter(|settings| !settings.use_inbound_webhook_on_number) {
            None => Route::Number(Box::new(number.clone())),
            Some(settings) if settings.inbound.url.is_empty() => Route::Unlogged,
            Some(settings) => {
                let (sms, sms_fallback) = (settings.inbound.clone(), settings.fallback.clone());
                Route::Number(Box::new(Number { sms, sms_fallback, ..number.clone() }))
            }
        }
    }

    /// Removes a text as if it had never come.
    pub(crate) fn forget_text(&mut self, sid: &str) {
        if let Some(text) = self.texts.remove(sid) {
            self.text_order.remove(&text.seq);
            self.forget(&text.media);
        }
    }
}
