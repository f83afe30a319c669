//! Carrying out what is due.

use super::World;
use crate::state::text::Status;
use crate::state::timers::Due;

impl World {
    /// Carries out what became due by a move of the clock.
    pub(crate) fn catch_up(&mut self) {
        self.run_due();
        // The next thing due has come nearer in real time.
        self.wake.notify_one();
    }

    /// Carries out everything due by now, in order, each at its own time.
    pub(crate) fn run_due(&mut self) {
        let now = self.clock.now_ms();
        while let Some((at, due)) = self.timers.pop(now) {
            self.acting_at = Some(at);
            match due {
                Due::TextStep(sid) => self.step(&sid),
                Due::TextExpire(sid) => self.expire(&sid),
                Due::TextTurn(sid) => self.depart(&sid, None),
                Due::TextSend(sid) => {
                    if self.texts.get(&sid).is_some_and(|text| text.status == Status::Scheduled) {
                        self.launch(&sid);
                    }
                }
                Due::Approval(sid) => self.review(&sid),
                Due::Conversation(sid) => self.conversation_due(&sid),
                Due::Initialize(sid) => self.initialize(&sid),
            }
        }
        self.acting_at = None;
    }
}
