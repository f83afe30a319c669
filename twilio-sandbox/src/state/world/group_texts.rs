//! What a phone writes into the thread of a group text.

use std::collections::BTreeSet;

use super::World;
use crate::carrier::price::Way;
use crate::clock::iso_millis;
use crate::config::GroupKeywords;
use crate::state::handset::ScreenEntry;
use crate::state::message::Media;
use crate::state::outbox::Job;
use crate::state::terms::Terms;
use crate::state::text::{Fate, Status, Text};

impl World {
    /// The carrier gives a phone's message to every other member of its group text, Twilio's numbers among them.
    /// Gives its SID, or `None` if no open conversation is a group text of exactly these numbers.
    pub(crate) fn accept_group(
        &mut self,
        from: &str,
        others: &[String],
        body: &str,
        media: &[String],
    ) -> Option<String> {
        let members: BTreeSet<&str> = others.iter().map(String::as_str).chain([from]).collect();
        let conversation = self.group_of(&members)?.sid.clone();
        let to = others.iter().find(|number| self.number(number).is_some())?.clone();
        let (now, seq, sid) = (self.now(), self.next_seq(), self.sids.sid("MM"));
        for phone in &members {
            if self.number(phone).is_some() {
                continue;
            }
            let thread: Vec<String> =
                members.iter().filter(|member| *member != phone).map(ToString::to_string).collect();
            let done = if *phone == from { "sent" } else { "received" };
            self.handsets.entry((*phone).to_owned()).or_default().screen.push(ScreenEntry {
                sid: sid.clone(),
                direction: done.into(),
                peer: thread.join(", "),
                members: thread,
                author: from.to_owned(),
                body: body.to_owned(),
                media: media.to_vec(),
                actions: Vec::new(),
                location: None,
                status: done.into(),
                at: iso_millis(now),
            });
        }
        let files: Vec<Media> = media.iter().map(|url| Media::new(self.sids.sid("ME"), url)).collect();
        self.keep_text(Text {
            seq,
            sid: sid.clone(),
            from: from.to_owned(),
            to,
            body: body.to_owned(),
            media: files,
            shown: None,
            press: None,
            direction: "inbound".into(),
            status: Status::Received,
            error_code: None,
            messaging_service_sid: None,
            status_callback: None,
            receipt: None,
            fate: Fate::Arrive,
            terms: Terms::default(),
            way: Way::Mms,
            segments: 1,
            created: now,
            updated: now,
            sent: Some(now),
        });
        if self.behaviour.group_keywords == GroupKeywords::Heeded {
            for number in others {
                if self.number(number).is_some() {
                    // What the network keeps of a thread of two has no counterpart here.
                    self.heed_keyword(from, number, body);
                }
            }
        }
        self.outbox.push(Job::Group { lane: conversation.clone(), text: sid.clone(), conversation });
        Some(sid)
    }
}
