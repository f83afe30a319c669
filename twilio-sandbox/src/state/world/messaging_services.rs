//! Messaging Services and who is in their pools.

use std::collections::BTreeMap;

use super::World;
use crate::error::ApiError;
use crate::state::address::Channel;
use crate::state::messaging_service::{MessagingService, PoolSender, SenderKind, ServiceSettings};
use crate::state::number::Number;
use crate::state::numbering::NumberKind;

impl World {
    /// A service by SID.
    pub(crate) fn messaging_service(&self, sid: &str) -> Option<&MessagingService> {
        self.messaging_service_index.get(sid).and_then(|seq| self.messaging_services.get(seq))
    }

    pub(crate) fn messaging_service_mut(&mut self, sid: &str) -> Option<&mut MessagingService> {
        let seq = self.messaging_service_index.get(sid)?;
        self.messaging_services.get_mut(seq)
    }

    /// The service that every sender of the account is in until another takes it, as Twilio makes one for
    /// Conversations. It leaves inbound messages to the numbers' own webhooks, and texts as
    /// they are.
    pub(crate) fn open_default_messaging_service(&mut self) {
        let mut settings = ServiceSettings::named("Default Messaging Service for Conversations");
        settings.use_inbound_webhook_on_number = true;
        settings.smart_encoding = false;
        self.home_service.clone_from(&self.account.messaging_service_sid);
        self.open_messaging_service(self.home_service.clone(), settings);
    }

    /// Refuses a service that does not exist.
    pub(crate) fn check_messaging_service(&self, sid: Option<&str>) -> Result<(), ApiError> {
        match sid.filter(|sid| self.messaging_service(sid).is_none()) {
            Some(sid) => {
                let message = format!("MessagingServiceSid {sid:?} is not a service of this account");
                Err(ApiError::bad(20001, message))
            }
            None => Ok(()),
        }
    }

    /// Adds a service under a SID that is new.
    pub(crate) fn open_messaging_service(&mut self, sid: String, settings: ServiceSettings) {
        let (seq, now) = (self.next_seq(), self.now());
        self.messaging_service_index.insert(sid.clone(), seq);
        let service = MessagingService {
            seq,
            sid,
            settings,
            senders: BTreeMap::new(),
            sticky: BTreeMap::new(),
            campaigns: BTreeMap::new(),
            opt_out: None,
            created: now,
            updated: now,
        };
        self.messaging_services.insert(seq, service);
    }

    /// Removes a service; its senders return to the default one.
    pub(crate) fn close_messaging_service(&mut self, sid: &str) {
        let gone = self.messaging_service_index.remove(sid);
        let Some(gone) = gone.and_then(|seq| self.messaging_services.remove(&seq)) else { return };
        for sender in gone.senders.into_values() {
            self.return_to_default(&sender.address);
        }
    }

    /// Puts a sender of the account into a service, out of the default one.
    ///
    /// # Errors
    ///
    /// 409/21710 when it is in that service, 409/21712 when another one has it.
    pub(crate) fn join_service(&mut self, service: &str, address: &str) -> Result<PoolSender, ApiError> {
        let not_ours = || ApiError::not_found(&format!("/Services/{service}"));
        let number = self.number(address).ok_or_else(not_ours)?;
        match number.messaging_service_sid.as_deref() {
            Some(sid) if sid == service => {
                let message = "Phone Number or Short Code is already in the Messaging Service.";
                return Err(ApiError::conflict(21710, message));
            }
            Some(sid) if sid != self.home_service => {
                let message = "Phone Number or Short Code is associated with another Messaging Service.";
                return Err(ApiError::conflict(21712, message));
            }
            Some(sid) => {
                let (sid, sender) = (sid.to_owned(), number.sid.clone());
                if let Some(service) = self.messaging_service_mut(&sid) {
                    service.remove_sender(&sender);
                }
            }
            None => {}
        }
        let (seq, now) = (self.next_seq(), self.now());
        let number = self.number_mut(address).ok_or_else(not_ours)?;
        number.messaging_service_sid = Some(service.to_owned());
        let sender = PoolSender {
            seq,
            sid: number.sid.clone(),
            kind: kind(number),
            address: address.to_owned(),
            used: 0,
            created: now,
            updated: now,
        };
        let service = self.messaging_service_mut(service).ok_or_else(not_ours)?;
        service.senders.insert(seq, sender.clone());
        Ok(sender)
    }

    /// Takes a sender out of a service; one of the account's numbers returns to the default service.
    pub(crate) fn leave_service(&mut self, service: &str, sid: &str) {
        let gone = self.messaging_service_mut(service).and_then(|service| service.remove_sender(sid));
        if let Some(gone) = gone {
            self.return_to_default(&gone.address);
        }
    }

    fn return_to_default(&mut self, address: &str) {
        let Some(number) = self.number_mut(address) else { return };
        number.messaging_service_sid = None;
        let default = self.home_service.clone();
        // Without a service the number could not have been taken from one: nothing can refuse.
        drop(self.join_service(&default, address));
    }

    /// The service whose rules a sender follows: the one it was put into, not the default one.
    pub(crate) fn service_of(&self, sender: &str) -> Option<&MessagingService> {
        let sid = self.number(sender)?.messaging_service_sid.as_deref()?;
        self.messaging_service(sid).filter(|_| sid != self.home_service)
    }
}

fn kind(number: &Number) -> SenderKind {
    match (number.channel, NumberKind::of(&number.address)) {
        (Channel::WhatsApp, _) => SenderKind::Channel,
        (Channel::Sms, NumberKind::ShortCode) => SenderKind::ShortCode,
        (Channel::Sms, _) => SenderKind::PhoneNumber,
    }
}
