//! Phones that text, and the gate that keeps them beside the kills.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use fastrand::Rng;
use serde_json::{Value, json};

use super::books::Account;
use super::fleet::{Fleet, Server, Speaker, encoded, get, items, post};
use super::lock;

/// What the built-in cognition puts before the text it repeats.
pub(crate) const ANSWER: &str = "You said: ";
/// The longest pause between two texts of one phone: ten phones then send some 80 texts a second.
const PAUSE: Duration = Duration::from_millis(250);

/// After so many texts, at most, a phone says STOP.
const UNTIL_STOP: usize = 60;
/// About how many texts it sends while the database is away.
const OUTAGE_TEXTS: u32 = 20;
/// How many texts it sends, and messages it is sent, before it says START.
const IN_SILENCE: usize = 3;
/// Twilio does not send a webhook again that met no server: a person who hears nothing for this long says it again.
const REPEATS: Duration = Duration::from_secs(5);
/// How long what is expected next may take with a server that dies all the time.
const PATIENCE: Duration = Duration::from_mins(3);
/// How long a STOP waits for the answers that it would cut off.
const COURTESY: Duration = Duration::from_secs(30);

/// One simulated phone.
pub(crate) struct Phone {
    address: String,
    number: String,
    /// The sandbox's URL of the phone's messages.
    messages: String,
    said: Mutex<Said>,
}

/// What happened on the phone's side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// Texts in the order the phone sent them, those in silence among them.
    pub(crate) sent: Vec<String>,
    /// Texts sent after the server had acknowledged a STOP and before the START.
    pub(crate) in_silence: Vec<String>,
    /// Texts in that time of which nobody knows whether the server heard them before the START.
    pub(crate) unheard: Vec<String>,
    /// Texts that a STOP may have left without an answer.
    pub(crate) cut_off: Vec<String>,
    /// Messages that the server took on to send, and those that it was asked for after a STOP.
    pub(crate) pushed: Vec<String>,
    pub(crate) pushed_in_silence: Vec<String>,
    pub(crate) stops: usize,
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
                Self { number: number.to_owned(), address, messages, said: Mutex::default() }
            })
            .collect()
    }

    /// Texts until the phone is answered as an enrolled one is.
    pub(crate) fn enrol(&self) -> Result<()> {
        self.text("Hello")?;
        self.until_answered("YES", "ready")
    }

    /// Agrees, and texts until there is an answer.
    fn until_answered(&self, consent: &str, name: &str) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let mut wanted = Vec::new();
        for round in 0.. {
            self.text(consent)?;
            let text = format!("{name} {round}?");
            self.text(&text)?;
            // Whichever round it is of: a slow machine answers late.
            wanted.push(format!("{ANSWER}{text}"));
            if within(REPEATS, || Ok(self.received()?.iter().any(|text| wanted.contains(text))))? {
                return Ok(());
            }
            if Instant::now() > deadline {
                break;
            }
        }
        bail!("{} said {consent} and was not answered within {PATIENCE:?}", self.address)
    }

    /// Sends `count` different texts, each when the gate lets it, and says STOP and START at times.
    pub(crate) fn send_all(&self, count: usize, gate: &Gate, server: &Server, mut rng: Rng) -> Result<()> {
        let mut until_stop = rng.usize(1..UNTIL_STOP);
        for number in 0..count {
            gate.pass();
            let text = format!("message {number} of {}", self.address);
            // Recorded first: a text may be acknowledged before the sandbox answers.
            lock(&self.said).sent.push(text.clone());
            self.text(&text)?;
            if rng.u8(..10) == 0 {
                let text = format!("push {number} to {}", self.address);
                if server.push(&self.address, &text)? {
                    lock(&self.said).pushed.push(text);
                }
            }
            thread::sleep(PAUSE.mul_f64(rng.f64()));
            if number == until_stop {
                self.be_silent(number, server)?;
                until_stop = number + rng.usize(1..UNTIL_STOP);
            }
        }
        Ok(())
    }

    /// Says STOP, sees that it is heeded, and says START.
    fn be_silent(&self, number: usize, server: &Server) -> Result<()> {
        let (deadline, proxy) = (Instant::now() + PATIENCE, &server.proxy);
        let is_acknowledged = |text: &str| proxy.times_acknowledged(&self.address, text) > 0;
        within(COURTESY, || Ok(self.unanswered(is_acknowledged)?.is_empty()))?;
        while !self.is_heard("STOP", server)? {
            if Instant::now() > deadline {
                bail!("nobody acknowledged a STOP of {}", self.address);
            }
        }
        let cut_off = self.unanswered(is_acknowledged)?;
        let mut said = lock(&self.said);
        said.cut_off.extend(cut_off);
        said.stops += 1;
        drop(said);
        let (mut turn, mut heard) = (0, 0);
        while heard < IN_SILENCE {
            let text = format!("message {number}.{turn} of {} in silence", self.address);
            lock(&self.said).sent.push(text.clone());
            let pushed = format!("push {number}.{turn} to {} in silence", self.address);
            lock(&self.said).pushed_in_silence.push(pushed.clone());
            server.push(&self.address, &pushed)?;
            // What is heard after the START was not said in silence.
            if self.is_heard(&text, server)? {
                lock(&self.said).in_silence.push(text);
                heard += 1;
            } else if Instant::now() > deadline {
                bail!("nobody acknowledged what {} wrote after STOP", self.address);
            } else {
                lock(&self.said).unheard.push(text);
            }
            turn += 1;
        }
        self.until_answered("START", &format!("back {number}"))
    }

    /// Waits until what it said is answered; whether it was in time.
    pub(crate) fn is_answered(&self, server: &Server) -> Result<bool> {
        let is_acknowledged = |text: &str| server.proxy.times_acknowledged(&self.address, text) > 0;
        within(PATIENCE, || Ok(self.unanswered(is_acknowledged)?.is_empty()))
    }

    /// Texts for so long while the servers' database is away; one that `stops` says STOP half-way, and hears nothing of what
    /// it said since it was taken away.
    pub(crate) fn text_without_database(
        &self,
        server: &Server,
        lasting: Duration,
        stops: bool,
        mut rng: Rng,
    ) -> Result<()> {
        let start = Instant::now();
        if stops {
            // These may be answered before the STOP comes through, or not.
            let cut_off = self.unanswered(|_| true)?;
            lock(&self.said).cut_off.extend(cut_off);
        }
        let mut has_stopped = false;
        for number in 0.. {
            if start.elapsed() > lasting {
                break;
            }
            if stops && !has_stopped && start.elapsed() > lasting / 2 {
                has_stopped = self.is_heard("STOP", server)?;
                lock(&self.said).stops += usize::from(has_stopped);
            }
            let text = format!("message {number} of {} in the outage", self.address);
            lock(&self.said).sent.push(text.clone());
            let is_heard = self.is_heard(&text, server)?;
            if stops {
                let mut said = lock(&self.said);
                let list = if is_heard { &mut said.in_silence } else { &mut said.unheard };
                list.push(text);
            }
            thread::sleep((lasting / OUTAGE_TEXTS).mul_f64(2.0 * rng.f64()));
        }
        if stops && !has_stopped {
            bail!("nobody acknowledged a STOP of {} while the database was away", self.address);
        }
        Ok(())
    }

    /// Sends a text; whether the server acknowledges it soon.
    fn is_heard(&self, text: &str, server: &Server) -> Result<bool> {
        let before = server.proxy.times_acknowledged(&self.address, text);
        self.text(text)?;
        within(REPEATS, || Ok(server.proxy.times_acknowledged(&self.address, text) > before))
    }

    /// Of the texts that nothing has come of on the phone those that count, and such messages.
    fn unanswered(&self, counts: impl Fn(&str) -> bool) -> Result<Vec<String>> {
        let received = self.received()?;
        let said = lock(&self.said).clone();
        let settled = |text: &String| {
            [&said.in_silence, &said.unheard, &said.cut_off].iter().any(|of| of.contains(text))
        };
        let texts = said
            .sent
            .iter()
            .filter(|text| !settled(text) && counts(text) && !received.contains(&format!("{ANSWER}{text}")));
        let pushed = said.pushed.iter().filter(|text| !settled(text) && !received.contains(text));
        Ok(texts.chain(pushed).cloned().collect())
    }

    /// What is known about this phone's messages now.
    pub(crate) fn account(
        &self,
        server: &Server,
        acknowledged: &HashMap<String, Vec<String>>,
    ) -> Result<Account> {
        let (mine, theirs): (Vec<_>, Vec<_>) =
            server.transcript(&self.address)?.into_iter().partition(|(who, _)| *who == Speaker::Person);
        let texts = |said: Vec<(Speaker, String)>| said.into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        let counted =
            |texts: Vec<String>| texts.into_iter().filter(|text| text.starts_with("message ")).collect();
        Ok(Account {
            phone: self.address.clone(),
            said: lock(&self.said).clone(),
            acknowledged: counted(acknowledged.get(&self.address).cloned().unwrap_or_default()),
            transcript: counted(texts(mine)),
            written: texts(theirs),
            received: self.received()?,
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

/// Whether something holds before the time is over.
fn within(time: Duration, mut holds: impl FnMut() -> Result<bool>) -> Result<bool> {
    let deadline = Instant::now() + time;
    while !holds()? {
        if Instant::now() > deadline {
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(true)
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
