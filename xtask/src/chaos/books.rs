//! The books: what was acknowledged, what the transcript says, and what the phone received.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::phones::{ANSWER, Said};
use super::proxy::Counters;
use crate::report::{self, Tally};

/// What is known about one phone's messages. Every text sent is different.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) phone: String,
    pub(crate) said: Said,
    /// Those of its texts whose webhook the server answered with 2xx, in any order, once for each 2xx.
    pub(crate) acknowledged: Vec<String>,
    /// The phone's texts in its transcripts.
    pub(crate) transcript: Vec<String>,
    /// The channel's texts in them.
    pub(crate) written: Vec<String>,
    /// What the phone received.
    pub(crate) received: Vec<String>,
}

/// Checks every account and prints the sums; a case is a message or an order.
pub(crate) fn balance(accounts: &[Account], kills: usize, counters: &Counters) -> Tally {
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
    let sent = sum(|account| account.said.sent.len());
    let acknowledged = sum(|account| times(&account.acknowledged).len());
    println!(
        "chaos: {kills} kills; {} webhooks = {} acknowledged + {} answered otherwise + {} that met no server + {} refused on \
         the way; {} answers lost on the way",
        counters.webhooks(),
        counters.acknowledged,
        counters.other,
        counters.unreached,
        counters.refused,
        counters.unanswered,
    );
    println!(
        "chaos: {sent} texts = {acknowledged} acknowledged + {} not; {} in transcripts, {} of them in {} silences; {} answers; \
         {} messages asked for, {} more in silence",
        sent - acknowledged,
        sum(|account| account.transcript.len()),
        sum(|account| account.said.in_silence.len()),
        sum(|account| account.said.stops),
        sum(|account| account.received.iter().filter(|text| text.starts_with(ANSWER)).count()),
        sum(|account| account.said.pushed.len()),
        sum(|account| account.said.pushed_in_silence.len()),
    );
    // A server that was never there to answer would pass all of the above, and so would one that is always cut off.
    for (enough, why) in [
        (acknowledged * 4 >= sent, "fewer than a quarter of the texts were acknowledged"),
        (sum(|account| account.said.cut_off.len()) * 10 <= sent, "more than a tenth was cut off by a STOP"),
    ] {
        if !enough {
            report::failed(&format!("{why}: the run proves too little"));
        }
        tally += Tally::one(enough);
    }
    tally
}

/// Checks the feed: every event once, and each stream without gaps and in order.
pub(crate) fn read_through(events: &[Value]) -> Tally {
    let mut streams: BTreeMap<&str, u64> = BTreeMap::new();
    let mut ids: Vec<&str> = events.iter().filter_map(|event| event["id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut tally = Tally::one(ids.len() == events.len());
    if ids.len() != events.len() {
        report::failed(&format!("{} events have {} ids", events.len(), ids.len()));
    }
    for event in events {
        let stream = event["subject"].as_str().unwrap_or_default();
        let last = streams.entry(stream).or_default();
        let number = event["sequence"].as_u64();
        if number != Some(*last + 1) {
            report::failed(&format!("event {} follows number {last} of its stream", event["id"]));
            tally += Tally::one(false);
        }
        *last = number.unwrap_or(*last);
    }
    tally += Tally { passed: streams.len() as u64, failed: 0 };
    println!("chaos: {} events in {} streams", events.len(), streams.len());
    tally
}

impl Account {
    /// Whether nothing is owed any more.
    pub(crate) fn is_balanced(&self) -> bool {
        self.verdicts().iter().all(|(holds, _)| *holds)
    }

    /// Each thing that must hold, and what to say when it does not.
    fn verdicts(&self) -> Vec<(bool, String)> {
        let answers: Vec<_> =
            self.received.iter().filter_map(|text| text.strip_prefix(ANSWER)).map(str::to_owned).collect();
        let (transcript, answered, acknowledged, received) =
            (times(&self.transcript), times(&answers), times(&self.acknowledged), times(&self.received));
        let excused = [&self.said.cut_off, &self.said.unheard];
        let count = |of: &HashMap<&str, usize>, text: &str| of.get(text).copied().unwrap_or_default();
        let mut verdicts: Vec<_> = self
            .said
            .sent
            .iter()
            .map(|text| {
                let (known, kept, answers) =
                    (count(&acknowledged, text) > 0, count(&transcript, text), count(&answered, text));
                // Without a 2xx a message may be kept or lost, but what is kept is answered, and never twice.
                let wanted = if self.said.in_silence.contains(text) { 0..=0 }
                    else if excused.iter().any(|of| of.contains(text)) || (!known && self.said.stops > 0) { 0..=kept }
                    else { kept..=kept };
                let holds = kept <= 1 && wanted.contains(&answers) && (!known || kept == 1);
                (holds, format!("{text:?} acknowledged {known}, in the transcript {kept} times, answered {answers} times"))
            })
            .collect();
        verdicts.extend(self.said.pushed.iter().map(|text| {
            let came = count(&received, text);
            let holds = came == 1 || (came == 0 && self.said.cut_off.contains(text));
            (holds, format!("{text:?} was taken on and came {came} times"))
        }));
        verdicts.extend(self.said.pushed_in_silence.iter().map(|text| {
            let came = count(&received, text);
            (came == 0, format!("{text:?} came {came} times"))
        }));
        verdicts.push(order("the transcript is", &self.said.sent, &self.transcript));
        // Webhooks change places on their way; what is said of the answers' order is said in the transcript.
        verdicts.push(order("what the phone received is", &self.written, &self.received));
        verdicts
    }
}

/// Whether what two lists share is in the same order.
fn order(what: &str, wanted: &[String], found: &[String]) -> (bool, String) {
    let (of_wanted, of_found) = (times(wanted), times(found));
    let wanted: Vec<_> = wanted.iter().filter(|text| of_found.contains_key(text.as_str())).collect();
    let found: Vec<_> = found.iter().filter(|text| of_wanted.contains_key(text.as_str())).collect();
    let at = wanted.iter().zip(&found).position(|(wanted, found)| wanted != found);
    let fault = format!("{what} out of order from {:?} on", at.map(|at| found[at]));
    (at.is_none() && wanted.len() == found.len(), fault)
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
    use serde_json::json;

    use super::*;

    fn texts(texts: &str) -> Vec<String> {
        texts.split_whitespace().map(str::to_owned).collect()
    }

    fn account(sent: &str, acknowledged: &str, transcript: &str, answered: &str) -> Account {
        let answers: Vec<_> = texts(answered).iter().map(|text| format!("{ANSWER}{text}")).collect();
        Account {
            phone: "+1".into(),
            said: Said { sent: texts(sent), ..Said::default() },
            acknowledged: texts(acknowledged),
            transcript: texts(transcript),
            written: answers.clone(),
            received: answers,
        }
    }

    fn failed(account: Account) -> u64 {
        balance(&[account], 0, &Counters::default()).failed
    }

    #[test]
    fn what_was_acknowledged_is_kept_once_and_answered_once_in_order() {
        for (sent, acknowledged, transcript, answered, faults) in [
            ("a b c", "a a c", "a c", "a c", 0),     // b met a dead server
            ("a b c d e", "a", "a", "a", 1),         // nearly all met a dead server
            ("a b c", "a c", "a b c", "a b c", 0),   // b was kept, and died before its 2xx
            ("a b", "a b", "a", "a", 1),             // b was acknowledged and lost
            ("a b", "a b", "a b", "a", 1),           // b has no answer
            ("a b", "a", "a b", "a", 1),             // b was kept and has no answer
            ("a", "a", "a", "a a", 1),               // a was answered twice
            ("a", "a", "a a", "a", 2),               // a was kept twice
            ("a b c", "a b c", "b a c", "a b c", 1), // the transcript changed places
        ] {
            let account = account(sent, acknowledged, transcript, answered);
            assert_eq!(failed(account), faults, "{sent}, {acknowledged}, {transcript}, {answered}");
        }
        let mut mixed_up = account("a b", "a b", "a b", "a b");
        mixed_up.received.reverse();
        assert_eq!(failed(mixed_up), 1, "answers changed places on their way");
    }

    #[test]
    fn nothing_comes_in_silence_and_what_is_taken_on_comes_once() {
        let silent = |answered: &str| {
            let mut account =
                account("a b c d e f g h i j k", "a b c d e f g h i j k", "a b c d e f g h i j k", answered);
            account.said.in_silence = texts("k");
            account.said.cut_off = texts("j");
            account.said.stops = 1;
            account
        };
        let mut late = silent("a b c d e f g h i");
        late.said.sent.push("l".into());
        late.said.unheard = texts("l");
        late.transcript.push("l".into());
        late.acknowledged.push("l".into());
        assert_eq!(failed(late), 0, "heard after the START, or before it");
        assert_eq!(failed(silent("a b c d e f g h i")), 0);
        assert_eq!(failed(silent("a b c d e f g h i j")), 0, "it came before the STOP");
        assert_eq!(failed(silent("a b c d e f g h i k")), 1, "an answer after the STOP");
        let pushed = |received: &str| {
            let mut account = silent("a b c d e f g h i");
            account.said.pushed = texts("p");
            account.said.pushed_in_silence = texts("q");
            account.received.extend(texts(received));
            failed(account)
        };
        assert_eq!([pushed("p"), pushed(""), pushed("p p"), pushed("p q")], [0, 1, 1, 1]);
    }

    #[test]
    fn a_gap_in_the_feed_is_seen() {
        let event = |id: &str, number: u64| json!({ "id": id, "subject": "s", "sequence": number });
        assert_eq!(read_through(&[event("a", 1), event("b", 2)]).failed, 0);
        assert_eq!(read_through(&[event("a", 1), event("b", 3)]).failed, 1);
        assert_eq!(read_through(&[event("a", 1), event("a", 2)]).failed, 1);
    }
}
