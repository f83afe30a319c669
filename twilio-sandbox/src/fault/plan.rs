//! The faults still to come, and what has become of the others.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::pattern::{covers_event, covers_request};
use super::{Effect, Fault, FaultError, Plan, RequestFault, WebhookFault};

/// How many faults that have done their work are remembered.
const SPENT: usize = 100;

/// A fault and how often it has struck.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedFault {
    /// Its number, by which it can be removed.
    pub id: u64,
    /// How often it has struck so far.
    pub struck: u64,
    /// The next step of a script.
    #[serde(default)]
    step: usize,
    /// As it was planned, its count lessened by what is done.
    pub fault: Fault,
}

/// The faults still to come, in the order they were planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Faults {
    planned: Vec<PlannedFault>,
    spent: VecDeque<PlannedFault>,
    last: u64,
    /// Where the next roll of the dice comes from.
    dice: u64,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self { planned: Vec::new(), spent: VecDeque::new(), last: 0, dice: seed }
    }

    /// Plans a fault; gives its number.
    pub(crate) fn plan(&mut self, fault: Fault) -> Result<u64, FaultError> {
        fault.check()?;
        self.last += 1;
        self.planned.push(PlannedFault { id: self.last, struck: 0, step: 0, fault });
        Ok(self.last)
    }

    pub(crate) fn clear(&mut self) {
        self.planned.clear();
    }

    /// Gives whether there was such a fault.
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.planned.len();
        self.planned.retain(|one| one.id != id);
        self.planned.len() < before
    }

    pub(crate) fn planned(&self) -> &[PlannedFault] {
        &self.planned
    }

    /// Those that have done their work, oldest first.
    pub(crate) fn spent(&self) -> impl Iterator<Item = &PlannedFault> {
        self.spent.iter()
    }

    /// Takes what strikes a request, and the number of the fault.
    pub(crate) fn take_request(&mut self, method: &str, path: &str) -> Option<(u64, RequestFault)> {
        match self.take(|one| !one.strikes_webhooks() && covers_request(&one.pattern, method, path))? {
            (id, Effect::Request(fault)) => Some((id, fault)),
            (_, Effect::Webhook(_)) => None,
        }
    }

    /// Takes what strikes a webhook, and the number of the fault.
    pub(crate) fn take_webhook(&mut self, event: &str) -> Option<(u64, WebhookFault)> {
        match self.take(|one| one.strikes_webhooks() && covers_event(&one.pattern, event))? {
            (id, Effect::Webhook(fault)) => Some((id, fault)),
            (_, Effect::Request(_)) => None,
        }
    }

    fn take(&mut self, fits: impl Fn(&Fault) -> bool) -> Option<(u64, Effect)> {
        let dice = &mut self.dice;
        let strikes = |one: &PlannedFault| {
            fits(&one.fault) && one.fault.probability.is_none_or(|chance| roll(dice) < chance)
        };
        let position = self.planned.iter().position(strikes)?;
        let one = &mut self.planned[position];
        let effect = one.strike();
        let id = one.id;
        if one.fault.count == Some(0) {
            if self.spent.len() == SPENT {
                self.spent.pop_front();
            }
            self.spent.push_back(self.planned.remove(position));
        }
        Some((id, effect?))
    }
}

impl PlannedFault {
    /// One strike, or one step of the script.
    fn strike(&mut self) -> Option<Effect> {
        let (effect, done) = match &self.fault.plan {
            Plan::Each(effect) => (Some(effect.clone()), true),
            Plan::Script(steps) => {
                let effect = steps.get(self.step).cloned().flatten();
                self.step = (self.step + 1) % steps.len();
                (effect, self.step == 0)
            }
        };
        self.struck += u64::from(effect.is_some());
        if done {
            self.fault.count = self.fault.count.map(|count| count.saturating_sub(1));
        }
        effect
    }
}

/// A number from 0 to 1, 1 excluded: splitmix64.
fn roll(dice: &mut u64) -> f64 {
    *dice = dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *dice;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    // 32 bits are held exactly.
    f64::from(u32::try_from(mixed >> 32).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(faults: &mut Faults, requests: usize) -> Vec<Option<u16>> {
        let strike = |_| match faults.take_request("POST", "/api/x")? {
            (_, RequestFault::Status(refusal)) => Some(refusal.status),
            _ => None,
        };
        (0..requests).map(strike).collect()
    }

    #[test]
    fn a_fault_strikes_as_often_as_planned_and_is_remembered() {
        let mut faults = Faults::new(1);
        let id = faults.plan(Fault::request(RequestFault::status(503)).on("/api").times(2)).unwrap();
        assert_eq!(faults.take_request("GET", "/conversations"), None);
        assert_eq!(statuses(&mut faults, 3), [Some(503), Some(503), None]);
        assert_eq!(faults.take_webhook("onMessageAdded"), None);
        let spent: Vec<_> = faults.spent().map(|one| (one.id, one.struck)).collect();
        assert_eq!(spent, [(id, 2)]);
    }

    #[test]
    fn a_script_decides_one_request_after_the_other() {
        let mut faults = Faults::new(1);
        let steps = [Some(RequestFault::status(503)), None, Some(RequestFault::status(500))];
        faults.plan(Fault::script(steps.clone()).on("POST /api")).unwrap();
        // Behind the script, so that it strikes only what the script no longer decides.
        faults.plan(Fault::request(RequestFault::status(429))).unwrap();
        assert_eq!(statuses(&mut faults, 5), [Some(503), None, Some(500), Some(429), None]);
        faults.plan(Fault::script(steps).times(2)).unwrap();
        let twice = [Some(503), None, Some(500), Some(503), None, Some(500), None];
        assert_eq!(statuses(&mut faults, 7), twice);
    }

    #[test]
    fn probability_follows_the_seed_and_has_no_end() {
        let strikes = |seed: u64| {
            let mut faults = Faults::new(seed);
            faults.plan(Fault::request(RequestFault::status(500)).with_probability(0.25)).unwrap();
            let struck = statuses(&mut faults, 1000);
            (struck.iter().flatten().count(), struck)
        };
        let (count, struck) = strikes(7);
        assert!((200..300).contains(&count), "{count}");
        assert_eq!(struck, strikes(7).1);
        assert_ne!(struck, strikes(8).1);
        let mut faults = Faults::new(1);
        let rare = Fault::request(RequestFault::status(500)).with_probability(1.0).times(2);
        faults.plan(rare).unwrap();
        assert_eq!(statuses(&mut faults, 3).iter().flatten().count(), 2);
    }

    #[test]
    fn a_fault_is_removed_by_its_number() {
        let mut faults = Faults::new(1);
        let lost = || Fault::webhook(WebhookFault::Lost);
        let (a, b) = (faults.plan(lost()).unwrap(), faults.plan(lost()).unwrap());
        assert!(faults.remove(a) && !faults.remove(a));
        assert_eq!(faults.planned().iter().map(|one| one.id).collect::<Vec<_>>(), [b]);
    }

    #[test]
    fn what_makes_no_sense_is_not_planned() {
        let mixed = Plan::Script(vec![
            Some(Effect::Request(RequestFault::Truncate)),
            Some(Effect::Webhook(WebhookFault::Lost)),
        ]);
        for wrong in [
            Fault::request(RequestFault::status(200)),
            Fault::request(RequestFault::status(600)),
            Fault::request(RequestFault::status(302)),
            Fault::request(RequestFault::Truncate).times(0),
            Fault::request(RequestFault::Truncate).with_probability(1.5),
            Fault::request(RequestFault::Truncate).with_probability(f64::NAN),
            Fault::script([None, None]),
            Fault::script([]),
            Fault::of(mixed),
        ] {
            assert!(Faults::new(1).plan(wrong.clone()).is_err(), "{wrong:?}");
        }
    }
}
