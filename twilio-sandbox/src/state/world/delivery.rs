//! Texts on their way to a phone: queued, sent, delivered, read, or failed.

use super::World;
use crate::carrier::limits::{self, Flaw};
use crate::carrier::price::Way;
use crate::state::address::Channel;
use crate::state::content::render::Shown;
use crate::state::media::Owner;
use crate::state::message::Media;
use crate::state::numbering::mms_reaches;
use crate::state::origin::Origin;
use crate::state::outbox::Job;
use crate::state::terms::Terms;
use crate::state::text::{Fate, ReceiptRef, Status, Text};
use crate::state::timers::Due;
use crate::webhook::deliver::{Delivery, Kind};
use crate::webhook::{conversations, messaging};

/// How long WhatsApp lets a business write freely after the person's last message.
const WHATSAPP_WINDOW: i64 = 24 * 60 * 60 * 1000;

/// A text to be sent to a phone.
#[derive(Clone, Debug)]
pub(crate) struct Send {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) body: String,
    pub(crate) media: Vec<Media>,
    pub(crate) shown: Option<Shown>,
    pub(crate) direction: &'static str,
    pub(crate) messaging_service_sid: Option<String>,
    pub(crate) status_callback: Option<String>,
    /// When it leaves; at once when `None`.
    pub(crate) leaves_at: Option<i64>,
    pub(crate) receipt: Option<ReceiptRef>,
    pub(crate) terms: Terms,
}

impl World {
    /// Accepts a text for sending; a phone that can get it shows it at once. Gives its SID.
    pub(crate) fn send(&mut self, send: Send) -> String {
        let (now, seq) = (self.now(), self.next_seq());
        let is_mms = !send.media.is_empty() || send.terms.as_mms;
        let sid = self.sids.sid(if is_mms { "MM" } else { "SM" });
        // A text's files are its own, wherever they come from.
        let media = send.media.iter().map(|media| self.copy(media, Owner::Text(sid.clone()))).collect();
        let way = Way::of(&send.to, is_mms && mms_reaches(&send.to));
        let body = self.encode(&send, way);
        let text = Text {
            seq,
            sid: sid.clone(),
            from: send.from,
            to: send.to,
            segments: way.segments(&body),
            way,
            body,
            media,
            shown: send.shown,
            press: None,
            direction: send.direction.into(),
            status: if send.leaves_at.is_some() { Status::Scheduled } else { Status::Queued },
            error_code: None,
            messaging_service_sid: send.messaging_service_sid,
            status_callback: send.status_callback,
            receipt: send.receipt,
            fate: Fate::Waiting,
            terms: send.terms,
            created: now,
            updated: now,
            sent: None,
        };
        self.keep_text(text);
        match send.leaves_at {
            Some(at) => {
                self.schedule(at, Due::TextSend(sid.clone()));
            }
            None => self.launch(&sid),
        }
        sid
    }

    pub(super) fn keep_text(&mut self, text: Text) {
        self.text_order.insert(text.seq, text.sid.clone());
        self.texts.insert(text.sid.clone(), text);
    }

    /// The files of a text that are still only addresses.
    pub(crate) fn missing_media<'a>(&'a self, text: &'a Text) -> impl Iterator<Item = &'a Media> {
        text.media.iter().filter(|media| !self.media.contains_key(&media.sid))
    }

    /// The other members of the thread that a text belongs to; none outside of a group text.
    pub(super) fn thread(&self, text: &Text) -> Vec<String> {
        let conversation = text.receipt.as_ref().map(|receipt| receipt.conversation.as_str());
        conversation.map_or_else(Vec::new, |sid| self.thread_between(sid, &text.from, &text.to))
    }

    /// The other members of a phone's thread in a conversation, when a sender's text to it belongs there.
    pub(super) fn thread_between(&self, conversation: &str, from: &str, to: &str) -> Vec<String> {
        let Some(conversation) = self.conversations.get(conversation) else { return Vec::new() };
        // Whoever is behind a proxy gets a relayed copy, in a thread of two.
        let is_relayed = self.bindings.contains_key(&(to.to_owned(), from.to_owned()));
        conversation.thread_of(to).filter(|_| !is_relayed).unwrap_or_default()
    }

    pub(super) fn fate(&self, text: &Text, flaw: Option<Flaw>) -> Fate {
        let (from, to) = (text.from.as_str(), text.to.as_str());
        if !self.account.is_active() {
            return Fate::Fail(30002);
        }
        if self.is_blocked(from, to) {
            return Fate::Fail(21610);
        }
        if let Some(refusal) = self.refusal(from, to, text.terms.forced) {
            return Fate::Fail(refusal.code);
        }
        if Channel::of(to) == Some(Channel::WhatsApp) {
            let in_session = self.in_session(from, to);
            let flaw = match text.shown {
                Some(_) => self.template_flaw(text, in_session),
                None => (!in_session).then_some(63016),
            };
            if let Some(code) = flaw {
                return Fate::Fail(code);
            }
        }
        let channel = Channel::of(to).unwrap_or(Channel::Sms);
        let files = text.media.iter().map(|media| (&*media.content_type, media.size));
        if let Some(flaw) = flaw.or_else(|| limits::flaw(channel, files)) {
            return Fate::Fail(flaw.code(channel));
        }
        let line = self.line(to);
        if line.is_some_and(|line| line.pumping_blocked) && !text.terms.skips_risk_check {
            return Fate::Fail(30450);
        }
        self.reception(text)
    }

    /// Whether the person wrote to a WhatsApp sender within the last 24 hours.
    pub(super) fn in_session(&self, sender: &str, phone: &str) -> bool {
        let last = self.last_inbound.get(&(sender.to_owned(), phone.to_owned()));
        last.is_some_and(|last| self.now() - last < WHATSAPP_WINDOW)
    }

    /// One step further on a text's way.
    pub(super) fn step(&mut self, sid: &str) {
        let (now, active) = (self.now(), self.account.is_active());
        let is_paced = self.is_paced();
        let Some(text) = self.texts.get_mut(sid) else { return };
        let reads = Channel::of(&text.to) == Some(Channel::WhatsApp)
            && self.handsets.get(&text.to).is_none_or(|handset| handset.reads);
        let next = match (text.status, text.fate) {
            (Status::Accepted, _) => Some((Status::Queued, None)),
            (_, Fate::Waiting) | (Status::Sent, Fate::ArriveUnconfirmed | Fate::Vanish | Fate::Delayed) => {
                None
            }
            (Status::Queued, Fate::Fail(code)) => Some((Status::Failed, Some(code))),
            // Suspended while it was queued.
            (Status::Queued, _) if !active => Some((Status::Failed, Some(30002))),
            (Status::Queued, _) if is_paced => Some((Status::Sending, None)),
            (Status::Queued | Status::Sending, _) => Some((Status::Sent, None)),
            (Status::Sent, Fate::Bounce(code)) => Some((Status::Undelivered, Some(code))),
            (Status::Sent, _) => Some((Status::Delivered, None)),
            (Status::Delivered, _) if reads => Some((Status::Read, None)),
            _ => None,
        };
        let Some((status, error_code)) = next else { return };
        text.status = status;
        text.error_code = error_code;
        text.updated = now;
        if status == Status::Sent {
            text.sent = Some(now);
        }
        let mut discarded = Vec::new();
        if text.terms.discards_content && matches!(status, Status::Sent | Status::Failed) {
            text.body.clear();
            discarded = std::mem::take(&mut text.media);
        }
        let goes_on = match status {
            Status::Queued => text.fate != Fate::Waiting,
            status => matches!(status, Status::Sending | Status::Sent | Status::Delivered),
        };
        self.forget(&discarded);
        if status == Status::Read {
            self.show_read(sid);
        }
        // That a text is being sent is shown, and told to nobody.
        let mut at = now + self.carrier_step;
        if status == Status::Sending {
            at += self.texts.get(sid).map(|text| self.spread(text)).unwrap_or_default();
        } else {
            self.report(sid);
        }
        if goes_on {
            self.schedule(at, Due::TextStep(sid.to_owned()));
        }
    }

    /// The person reads what a WhatsApp sender wrote; gives how many texts that were.
    pub(crate) fn read_all(&mut self, phone: &str) -> usize {
        let Some(handset) = self.handsets.get(phone) else { return 0 };
        let unread: Vec<String> = handset
            .screen
            .iter()
            .filter(|entry| entry.status == "received")
            .map(|entry| entry.sid.clone())
            .collect();
        let now = self.now();
        for sid in &unread {
            self.show_read(sid);
            let Some(text) = self.texts.get_mut(sid) else { continue };
            if Channel::of(&text.to) == Some(Channel::WhatsApp) {
                text.status = Status::Read;
                text.updated = now;
                self.report(sid);
            }
        }
        unread.len()
    }

    fn show_read(&mut self, sid: &str) {
        let phone = self.texts.get(sid).map(|text| text.to.clone()).unwrap_or_default();
        if let Some(handset) = self.handsets.get_mut(&phone)
            && let Some(entry) = handset.screen.iter_mut().rev().find(|entry| entry.sid == sid)
        {
            entry.status = "read".into();
        }
    }

    /// Tells whoever waits for a text's status: its receipt, its status callback.
    pub(super) fn report(&mut self, sid: &str) {
        self.call_back(sid);
        let now = self.now();
        let Some(text) = self.texts.get(sid) else { return };
        let (status, error_code) = (text.status, text.error_code);
        let Some(at) = text.receipt.clone() else { return };
        let Some(conversation) = self.conversations.get_mut(&at.conversation) else { return };
        let Some(message) = conversation.message_mut(&at.message) else { return };
        let Some(receipt) = message.receipts.iter_mut().find(|receipt| receipt.sid == at.receipt) else {
            return;
        };
        if receipt.status.is_none() {
            receipt.created = now;
        }
        receipt.status = Some(status);
        receipt.error_code = error_code;
        receipt.updated = now;
        let receipt = receipt.clone();
        let Some(conversation) = self.conversations.get(&at.conversation) else { return };
        let fields = conversations::delivery_updated(conversation, &at.message, &receipt);
        self.publish("onDeliveryUpdated", conversation, fields, Origin::Platform);
    }

    pub(super) fn call_back(&self, sid: &str) {
        let Some(text) = self.texts.get(sid) else { return };
        let service = text.messaging_service_sid.as_deref().and_then(|sid| self.messaging_service(sid));
        let shared = service.and_then(|service| service.settings.status_callback.as_ref());
        let Some(url) = text.status_callback.as_ref().or(shared) else { return };
        self.outbox.push(Job::Deliver(Delivery {
            lane: sid.to_owned(),
            event: "messageStatus".to_owned(),
            url: url.clone(),
            method: http::Method::POST,
            params: messaging::status(&self.account, text).into_params(),
            kind: Kind::Messaging,
        }));
    }
}
