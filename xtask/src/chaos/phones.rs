//! Phones that text, and the gate that keeps them beside the kills.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use fastrand::Rng;
use serde_json::{Value, json};

use super::books::Account;
use super::fleet::{Fleet, encoded, get, items, post};

/// What the built-in cognition puts before the text it repeats.
const ANSWER: &str = "You said: ";
/// The longest pause between two texts of one phone: ten phones then send some 80 texts a second.
const PAUSE: Duration = Duration::from_millis(250);
/// How long an enrolment may take.
const ENROLMENT: Duration = Duration::from_secs(20);

/// One simulated phone.
pub(crate) struct Phone {
    address: String,
    number: String,
    /// The sandbox's URL of the phone's messages.
    messages: String,
    sent: Mutex<Vec<String>>,
}

impl Phone {
    /// So many phones, SMS and WhatsApp in turn.
    pub(crate) fn all(count: usize, fleet: &Fleet) -> Vec<Self> {
        (0..count)
            .map(|index| {
                let (prefix, number) =
                    if index % 2 == 0 { ("", fleet.sms()) } else { ("whatsapp:", fleet.whatsapp()) };
                let address = format!("{prefix}+1500555{:04}", 1000 + index);
                let messages =
                    fleet.sandbox_url(&format!("/sandbox/handsets/{}/messages", encoded(&address)));
                Self { number: number.to_owned(), address, messages, sent: Mutex::default() }
            })
            .collect()
    }

    /// Texts until the phone is answered as an enrolled one is.
    pub(crate) fn enrol(&self) -> Result<()> {
        let deadline = Instant::now() + ENROLMENT;
        for round in 0.. {
            // A double opt-in asks back; the second text says yes to it.
            for text in ["Hello".to_owned(), "YES".to_owned(), format!("ready {round}?")] {
                self.text(&text)?;
                let wanted = format!("{ANSWER}{text}");
                for _ in 0..20 {
                    if text.starts_with("ready") && self.received()?.contains(&wanted) {
                        return Ok(());
                    }
                    thread::sleep(Duration::from_millis(50));
                }
            }
            if Instant::now() > deadline {
                break;
            }
        }
        bail!("{} was not answered within {ENROLMENT:?}; it received {:?}", self.address, self.received()?)
    }

    /// Sends `count` different texts, each when the gate lets it.
    pub(crate) fn send_all(&self, count: usize, gate: &Gate, mut rng: Rng) -> Result<()> {
        for number in 0..count {
            gate.pass();
            let text = format!("message {number} of {}", self.address);
            // Recorded first: a text may be acknowledged before the sandbox answers.
            lock(&self.sent).push(text.clone());
            self.text(&text)?;
            thread::sleep(PAUSE.mul_f64(rng.f64()));
        }
        Ok(())
    }

    /// What is known about this phone's messages now.
    pub(crate) fn account(
        &self,
        fleet: &Fleet,
        acknowledged: &HashMap<String, Vec<String>>,
    ) -> Result<Account> {
        let received = self.received()?;
        let sent = lock(&self.sent).clone();
        let mine =
            |texts: Vec<String>| texts.into_iter().filter(|text| text.starts_with("message ")).collect();
        Ok(Account {
            phone: self.address.clone(),
            sent,
            acknowledged: mine(acknowledged.get(&self.address).cloned().unwrap_or_default()),
            transcript: mine(fleet.transcript(&self.address)?),
            answered: mine(
                received.iter().filter_map(|text| text.strip_prefix(ANSWER)).map(str::to_owned).collect(),
            ),
        })
    }

    fn text(&self, body: &str) -> Result<()> {
        post(&self.messages, &json!({ "to": self.number, "body": body })).map(drop)
    }

    /// The texts this phone received, in order.
    fn received(&self) -> Result<Vec<String>> {
        let answer: Value = get(&self.messages)?;
        let received =
            items(&answer, "messages")?.iter().filter(|message| message["direction"] == "received");
        received
            .map(|message| {
                Ok(message["body"].as_str().context("a received message without a body")?.to_owned())
            })
            .collect()
    }
}

/// Lets messages through until a kill is due, and a few beyond it.
pub(crate) struct Gate {
    /// After how many messages each kill is due.
    turns: Vec<usize>,
    ahead: usize,
    state: Mutex<Progress>,
    changed: Condvar,
}

#[derive(Default)]
struct Progress {
    messages: usize,
    kills: usize,
    open: bool,
}

impl Gate {
    pub(crate) fn new(turns: Vec<usize>, ahead: usize) -> Self {
        Self { turns, ahead, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Waits until the next message may be sent, and counts it.
    fn pass(&self) {
        let mut state = lock(&self.state);
        while !state.open
            && self.turns.get(state.kills).is_some_and(|turn| state.messages >= turn + self.ahead)
        {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.messages += 1;
        self.changed.notify_all();
    }

    /// Kills at each turn until all have had theirs, or a phone failed.
    pub(crate) fn kill_in_turn(
        &self,
        failed: &AtomicBool,
        mut kill: impl FnMut() -> Result<()>,
    ) -> Result<()> {
        for turn in &self.turns {
            let mut state = lock(&self.state);
            while state.messages < *turn {
                if failed.load(Ordering::Relaxed) {
                    return Ok(());
                }
                let waited = self.changed.wait_timeout(state, Duration::from_millis(200));
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
            drop(state);
            kill()?;
            lock(&self.state).kills += 1;
            self.changed.notify_all();
        }
        Ok(())
    }

    /// Lets everything through from now on.
    pub(crate) fn open(&self) {
        lock(&self.state).open = true;
        self.changed.notify_all();
    }
}

/// What the lock protects stays whole when a thread panics: it is only pushed to or counted.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kill_has_its_turn_and_messages_keep_close_to_it() {
        let gate = Gate::new(vec![0, 5, 5, 19], 2);
        let mut seen = Vec::new();
        thread::scope(|scope| {
            scope.spawn(|| (0..20).for_each(|_| gate.pass()));
            gate.kill_in_turn(&AtomicBool::new(false), || {
                seen.push(lock(&gate.state).messages);
                Ok(())
            })
            .unwrap();
        });
        assert_eq!(seen.len(), 4);
        for (turn, messages) in gate.turns.iter().zip(seen) {
            assert!((*turn..=turn + 2).contains(&messages), "killed after {messages}, due after {turn}");
        }
        assert_eq!(lock(&gate.state).messages, 20);
    }
}
