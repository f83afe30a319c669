//! How a text gets from the account to the carrier: the sender's queue, and what waiting in it means.

use super::World;
use super::delivery::Send;
use crate::carrier::limits::Flaw;
use crate::carrier::price::Way;
use crate::carrier::smart_encoding::smart_encode;
use crate::clock::iso_millis;
use crate::config::InitialCallback;
use crate::state::handset::ScreenEntry;
use crate::state::messaging_service::{MessagingService, VALIDITY};
use crate::state::numbering::mms_reaches;
use crate::state::outbox::Job;
use crate::state::text::{Fate, Status, Text};
use crate::state::timers::Due;

impl World {
    /// Starts a text's way; files that are elsewhere are fetched before it leaves.
    pub(super) fn launch(&mut self, sid: &str) {
        let Some(text) = self.texts.get(sid) else { return };
        let pooled = text.terms.pooled;
        let was_scheduled = text.status == Status::Scheduled;
        if pooled && was_scheduled {
            // The pool may have changed since it was scheduled.
            self.choose_again(sid);
        }
        if let Some(text) = self.texts.get_mut(sid) {
            text.status = if pooled { Status::Accepted } else { Status::Queued };
        }
        if pooled {
            let step = self.now() + self.carrier_step;
            self.schedule(step, Due::TextStep(sid.to_owned()));
        } else if was_scheduled || self.behaviour.initial_callback == InitialCallback::Sent {
            self.call_back(sid);
        }
        let Some(text) = self.texts.get(sid) else { return };
        if self.is_held(text) {
            let until = self.now() + self.validity(text);
            self.schedule(until, Due::TextExpire(sid.to_owned()));
        }
        let Some(text) = self.texts.get(sid) else { return };
        if self.missing_media(text).next().is_some() {
            self.outbox.push(Job::Fetch { lane: format!("{sid}/media"), text: sid.to_owned() });
        } else {
            self.depart(sid, None);
        }
    }

    fn is_held(&self, text: &Text) -> bool {
        self.number(&text.from).is_some_and(|number| number.held)
    }

    /// Milliseconds a text may wait.
    pub(super) fn validity(&self, text: &Text) -> i64 {
        let of_service = || self.service_of_text(text).map(|service| service.settings.validity_period);
        text.terms.validity.or_else(of_service).unwrap_or(VALIDITY) * 1000
    }

    fn service_of_text(&self, text: &Text) -> Option<&MessagingService> {
        self.messaging_service(text.messaging_service_sid.as_deref()?)
    }

    fn choose_again(&mut self, sid: &str) {
        let Some(text) = self.texts.get(sid) else { return };
        let (Some(service), to) = (text.messaging_service_sid.clone(), text.to.clone()) else { return };
        let chosen = self.choose_sender(&service, &to);
        let Some(text) = self.texts.get_mut(sid) else { return };
        match chosen {
            Ok(from) => text.from = from,
            Err(error) => text.fate = Fate::Fail(error.code),
        }
    }

    /// Hands a text to the carrier unless its sender's queue is held: its fate is settled, and a phone that can get
    /// it shows it at once.
    pub(crate) fn depart(&mut self, sid: &str, flaw: Option<Flaw>) {
        let Some(text) = self.texts.get(sid).filter(|text| is_queued(text)) else { return };
        if flaw.is_none() && self.is_held(text) {
            return;
        }
        if flaw.is_none() && !self.has_turn(sid) {
            return;
        }
        self.queues.forget(sid);
        let Some(text) = self.texts.get(sid) else { return };
        let fate = if text.fate == Fate::Waiting { self.fate(text, flaw) } else { text.fate };
        if matches!(fate, Fate::Arrive | Fate::ArriveUnconfirmed) {
            self.show_text(sid);
        }
        self.account_for(sid, fate);
        let Some(text) = self.texts.get_mut(sid) else { return };
        text.fate = fate;
        // An accepted text has its next step before it already.
        if text.status == Status::Queued {
            let at = self.now() + self.carrier_step;
            self.schedule(at, Due::TextStep(sid.to_owned()));
        }
    }

    /// The phone shows a text that reaches it.
    fn show_text(&mut self, sid: &str) {
        let Some(text) = self.texts.get(sid) else { return };
        let (phone, media, way) = (text.to.clone(), text.media.clone(), text.way);
        let members = self.thread(text);
        let mut entry = ScreenEntry {
            sid: sid.to_owned(),
            direction: "received".into(),
            peer: if members.is_empty() { text.from.clone() } else { members.join(", ") },
            members,
            author: text.from.clone(),
            body: text.body.clone(),
            media: Vec::new(),
            actions: text.shown.as_ref().map(|shown| shown.actions.clone()).unwrap_or_default(),
            location: text.terms.location.clone(),
            status: "received".into(),
            at: iso_millis(self.now()),
        };
        // The phone keeps what it got, even if the message is deleted.
        let shown: Vec<String> = media.iter().map(|one| self.show(one, &phone)).collect();
        if way == Way::Sms {
            // Where MMS does not reach, links take the place of files.
            for url in shown {
                entry.body = if entry.body.is_empty() { url } else { format!("{}\n{url}", entry.body) };
            }
        } else {
            entry.media = shown;
        }
        self.handsets.entry(phone).or_default().screen.push(entry);
    }

    /// The phone is on again: what WhatsApp has kept for it arrives, in order.
    pub(crate) fn reach(&mut self, phone: &str) {
        let kept = |text: &Text| text.to == phone && text.fate == Fate::Delayed;
        let order = self.text_order.values();
        let kept: Vec<String> = order.filter(|sid| self.texts.get(*sid).is_some_and(kept)).cloned().collect();
        for sid in kept {
            self.show_text(&sid);
            let Some(text) = self.texts.get_mut(&sid) else { continue };
            text.fate = Fate::Arrive;
            // What has not been sent yet has its next step before it.
            if text.status == Status::Sent {
                let at = self.now() + self.carrier_step;
                self.schedule(at, Due::TextStep(sid));
            }
        }
    }

    /// Lets a sender's queue go on: what waited departs, in order.
    pub(crate) fn release(&mut self, sender: &str) {
        let Some(number) = self.number_mut(sender) else { return };
        if !std::mem::take(&mut number.held) {
            return;
        }
        let waits = |text: &Text| {
            // What is being fetched departs by itself.
            text.from == sender
                && text.fate == Fate::Waiting
                && is_queued(text)
                && self.missing_media(text).next().is_none()
        };
        let order = self.text_order.values();
        let waiting: Vec<String> =
            order.filter(|sid| self.texts.get(*sid).is_some_and(waits)).cloned().collect();
        for sid in waiting {
            self.depart(&sid, None);
        }
    }

    /// A text has waited as long as it may: it fails unless it has left.
    pub(super) fn expire(&mut self, sid: &str) {
        let now = self.now();
        let Some(text) = self.texts.get_mut(sid) else { return };
        if text.fate != Fate::Waiting || !is_queued(text) {
            return;
        }
        self.queues.forget(sid);
        text.fate = Fate::Fail(30036);
        text.status = Status::Failed;
        text.error_code = Some(30036);
        text.updated = now;
        self.report(sid);
    }

    /// A body as it goes on the air: an SMS with its look-alikes replaced, if the sender or the service wants that.
    pub(super) fn encode(&self, send: &Send, way: Way) -> String {
        let service = send.messaging_service_sid.as_deref().and_then(|sid| self.messaging_service(sid));
        let habit = service.is_some_and(|service| service.settings.smart_encoding);
        let smart = send.terms.smart_encoded.unwrap_or(habit);
        if smart && way == Way::Sms { smart_encode(&send.body) } else { send.body.clone() }
    }

    /// Whether files to a phone can only travel as links, and the service forbids that.
    pub(crate) fn refuses_files(&self, service: Option<&str>, to: &str) -> bool {
        let service = service.and_then(|sid| self.messaging_service(sid));
        let converts = service.is_none_or(|service| service.settings.mms_converter);
        !to.contains(':') && !mms_reaches(to) && !converts
    }
}

/// Whether a text is in its sender's queue.
fn is_queued(text: &Text) -> bool {
    matches!(text.status, Status::Accepted | Status::Queued)
}
