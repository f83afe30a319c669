//! What phones show beside their texts: how far their own came, and that somebody is typing.

use super::World;
use crate::state::address::Channel;
use crate::state::handset::Typing;

/// How long WhatsApp shows that somebody types, unless the answer comes first.
const TYPING: i64 = 25_000;

impl World {
    /// A phone's own text has arrived at the other end. SMS does not tell the phone, WhatsApp shows two ticks.
    pub(crate) fn show_arrived(&mut self, sid: &str) {
        let Some(text) = self.texts.get(sid) else { return };
        if Channel::of(&text.from) == Some(Channel::WhatsApp)
            && let Some(handset) = self.handsets.get_mut(&text.from)
            && let Some(entry) = handset.screen.iter_mut().rev().find(|entry| entry.sid == sid)
            && entry.status == "sent"
        {
            entry.status = "delivered".into();
        }
    }

    /// Shows a phone that its WhatsApp text is being answered: the text and those before it are read, and the
    /// other side types. False when no WhatsApp phone sent that text.
    pub(crate) fn show_typing(&mut self, sid: &str) -> bool {
        let now = self.now();
        let Some(text) = self.texts.get(sid).filter(|text| text.direction == "inbound") else { return false };
        let (phone, peer) = (text.from.clone(), text.to.clone());
        if Channel::of(&phone) != Some(Channel::WhatsApp) {
            return false;
        }
        let Some(handset) = self.handsets.get_mut(&phone) else { return false };
        let until_it = handset.screen.iter().position(|entry| entry.sid == sid).map_or(0, |at| at + 1);
        for entry in &mut handset.screen[..until_it] {
            if entry.direction == "sent" && entry.peer == peer {
                entry.status = "read".into();
            }
        }
        handset.typing.retain(|typing| typing.peer != peer);
        handset.typing.push(Typing { peer, since: now, until: now + TYPING });
        true
    }
}
