//! Who of the sessions is served next.

use std::collections::{BTreeMap, VecDeque};

use crate::push::post::Letter;

/// Events that wait, in the order of each session, of which one is sent at a time.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    /// What waits in each session that has something waiting or under way.
    queues: BTreeMap<String, VecDeque<Letter>>,
    /// Those of which nothing is under way, the longest waiting first.
    ready: VecDeque<String>,
}

impl Lanes {
    pub(super) fn add(&mut self, session: &str, letter: Letter) {
        if let Some(queue) = self.queues.get_mut(session) {
            return queue.push_back(letter);
        }
        self.queues.insert(session.to_owned(), VecDeque::from([letter]));
        self.ready.push_back(session.to_owned());
    }

    /// An event to send, and its session, which then waits for [`Lanes::done`].
    pub(super) fn next(&mut self) -> Option<(String, Letter)> {
        let session = self.ready.pop_front()?;
        let letter = self.queues.get_mut(&session)?.pop_front()?;
        Some((session, letter))
    }

    /// What was under way of a session is done.
    pub(super) fn done(&mut self, session: String) {
        if self.queues.get(&session).is_some_and(VecDeque::is_empty) {
            self.queues.remove(&session);
        } else {
            self.ready.push_back(session);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(position: i64) -> Letter {
        let text = position.to_string();
        Letter { id: text.clone(), kind: text.clone(), position, body: text }
    }

    #[test]
    fn sessions_take_turns_and_one_event_of_each_is_under_way() {
        let mut lanes = Lanes::default();
        for (session, position) in [("a", 1), ("a", 2), ("b", 3), ("a", 4)] {
            lanes.add(session, letter(position));
        }
        let next = |lanes: &mut Lanes| lanes.next().map(|(_, letter)| letter.position);
        assert_eq!((next(&mut lanes), next(&mut lanes), next(&mut lanes)), (Some(1), Some(3), None));
        lanes.done("b".to_owned());
        lanes.add("a", letter(5));
        assert_eq!(next(&mut lanes), None, "a waits, and b has nothing");
        lanes.done("a".to_owned());
        lanes.add("b", letter(6));
        assert_eq!((next(&mut lanes), next(&mut lanes), next(&mut lanes)), (Some(2), Some(6), None));
        for position in [4, 5] {
            lanes.done("a".to_owned());
            assert_eq!(next(&mut lanes), Some(position));
        }
    }
}
