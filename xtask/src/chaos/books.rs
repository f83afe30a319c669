//! The books: what was acknowledged, what the transcript says, and what the phone received.

use std::collections::HashMap;

use crate::report::{self, Tally};

/// What is known about one phone's messages. Every text sent is different.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) phone: String,
    /// In the order the phone sent them.
    pub(crate) sent: Vec<String>,
    /// Those whose webhook the server answered with 2xx, in any order.
    pub(crate) acknowledged: Vec<String>,
    /// The phone's texts in its transcripts.
    pub(crate) transcript: Vec<String>,
    /// The texts that the answers on the phone repeat, as received.
    pub(crate) answered: Vec<String>,
}

/// Checks every account and prints the sums; a case is a message or an order.
pub(crate) fn balance(accounts: &[Account], kills: usize) -> Tally {
    let mut tally = Tally::default();
    for account in accounts {
        for (holds, fault) in account.verdicts() {
            if !holds {
                report::failed(&format!("{}: {fault}", account.phone));
            }
            tally += Tally::one(holds);
        }
    }
    let sum = |of: fn(&Account) -> usize| accounts.iter().map(of).sum::<usize>();
    println!(
        "chaos: {kills} kills; {} sent = {} acknowledged + {} not; {} in transcripts; {} answers",
        sum(|account| account.sent.len()),
        sum(|account| account.acknowledged.len()),
        sum(|account| account.sent.len() - account.acknowledged.len()),
        sum(|account| account.transcript.len()),
        sum(|account| account.answered.len()),
    );
    // A server that was never there to answer would pass all of the above.
    let enough = sum(|account| account.acknowledged.len()) * 4 >= sum(|account| account.sent.len());
    if !enough {
        report::failed("fewer than a quarter of the messages were acknowledged: the run proves too little");
    }
    tally += Tally::one(enough);
    tally
}

impl Account {
    /// Each thing that must hold, and what to say when it does not.
    fn verdicts(&self) -> Vec<(bool, String)> {
        let transcript = times(&self.transcript);
        let answered = times(&self.answered);
        let acknowledged = times(&self.acknowledged);
        let count = |of: &HashMap<&str, usize>, text: &str| of.get(text).copied().unwrap_or_default();
        let mut verdicts: Vec<_> = self
            .sent
            .iter()
            .map(|text| {
                let (known, kept, answers) =
                    (count(&acknowledged, text) > 0, count(&transcript, text), count(&answered, text));
                // Without a 2xx a message may be kept or lost, but what is kept is answered, and never twice.
                let holds = kept <= 1 && answers == kept && (!known || kept == 1);
                (holds, format!("{text:?} acknowledged {known}, in the transcript {kept} times, answered {answers} times"))
            })
            .collect();
        for (name, list) in [("transcript", &self.transcript), ("answers", &self.answered)] {
            let wanted: Vec<_> = self.sent.iter().filter(|text| list.contains(text)).collect();
            let found: Vec<_> = list.iter().filter(|text| self.sent.contains(text)).collect();
            let at = wanted.iter().zip(&found).position(|(wanted, found)| wanted != found);
            let fault = format!("the {name} are out of order from {:?} on", at.map(|at| found[at]));
            verdicts.push((at.is_none() && wanted.len() == found.len(), fault));
        }
        verdicts
    }
}

fn times(texts: &[String]) -> HashMap<&str, usize> {
    let mut times = HashMap::new();
    for text in texts {
        *times.entry(text.as_str()).or_default() += 1;
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &str) -> Vec<String> {
        texts.split_whitespace().map(str::to_owned).collect()
    }

    fn failures(sent: &str, acknowledged: &str, transcript: &str, answered: &str) -> u64 {
        let account = Account {
            phone: "+1".into(),
            sent: texts(sent),
            acknowledged: texts(acknowledged),
            transcript: texts(transcript),
            answered: texts(answered),
        };
        balance(&[account], 0).failed
    }

    #[test]
    fn what_was_acknowledged_is_kept_once_and_answered_once_in_order() {
        assert_eq!(failures("a b c", "a c", "a c", "a c"), 0, "b met a dead server");
        assert_eq!(failures("a b c d e", "a", "a", "a"), 1, "nearly all met a dead server");
        assert_eq!(failures("a b c", "a c", "a b c", "a b c"), 0, "b was kept, and died before its 2xx");
        assert_eq!(failures("a b", "a b", "a", "a"), 1, "b was acknowledged and lost");
        assert_eq!(failures("a b", "a b", "a b", "a"), 1, "b has no answer");
        assert_eq!(failures("a b", "a", "a b", "a"), 1, "b was kept and has no answer");
        assert_eq!(failures("a", "a", "a", "a a"), 2, "a was answered twice");
        assert_eq!(failures("a", "a", "a a", "a"), 2, "a was kept twice");
        assert_eq!(failures("a b c", "a b c", "a b c", "b a c"), 1, "answers changed places");
        assert_eq!(failures("a b c", "a b c", "b a c", "a b c"), 1, "the transcript changed places");
    }
}
