//! Whose an address is.

use crate::address::Address;
use crate::cloudevent::{CloudEvent, Placement};
use crate::engine::{Desk, Stop};
use crate::event::Event;
use crate::person::{self, Account, Claim};
use crate::world::Want;

impl Desk<'_> {
    /// Merges the visitor that an address is into an account. Sessions and consent stay with the address.
    pub(super) fn merge(
        &mut self,
        address: &Address,
        account_id: &str,
        visitor_id: &str,
        name: Option<&str>,
    ) -> Result<(), Stop> {
        let (wanted, theirs) = (Want::Account(account_id.to_owned()), Want::AccountOf(address.clone()));
        self.world.need([wanted.clone(), theirs.clone()])?;
        let known = self.world.person(&wanted)?.cloned();
        let mut account = known.unwrap_or_else(|| Account::new(account_id, self.context.now));
        let before = self.world.person(&theirs)?.filter(|before| before.account_id != account_id).cloned();
        let claim = Claim { address, visitor_id, name };
        let event = person::decide(&account, before.as_ref(), &claim, self.context)?;
        self.tell(&mut account, &event);
        if let Some(mut before) = before {
            self.tell(&mut before, &event);
        }
        Ok(())
    }

    fn tell(&mut self, account: &mut Account, event: &Event) {
        person::apply(account, event);
        let placement = Placement {
            account: &self.world.account,
            subject: account.stream(),
            sequence: account.sequence,
            correlation_id: self.correlation.as_deref(),
            session: None,
        };
        let published = CloudEvent::new(event, self.context.event_id(), self.context.now, &placement);
        self.outcome.events.push(published);
        self.outcome.accounts.insert(account.account_id.clone(), account.clone());
    }
}
