//! Queueing what is to be said: the channel's own texts and what Si or the API says.

use jiff::Timestamp;

use crate::address::Address;
use crate::content::{Content, Utterance};
use crate::context::Context;
use crate::disclosure;
use crate::event::{Event, Exemption, MessageClass, Queued, Target};
use crate::guidance;
use crate::language::{Language, LanguagePolicy};
use crate::policy::Policy;
use crate::segment::split;
use crate::session::{Say, Session};
use crate::text::{self, Args, Medium, TextId};

/// Who is to get a message.
#[derive(Debug, Clone)]
pub(crate) struct Recipients {
    target: Target,
    only: Option<Address>,
    /// Whose language it is in.
    listener: Option<Address>,
    spoken: Option<Language>,
    medium: Medium,
}

impl Recipients {
    /// Everybody in the session, in the language of who began it.
    pub(crate) fn all(session: &Session) -> Self {
        let owner = session.owner().map(|member| &member.person.address);
        let by_sms = session.present().any(|m| Medium::of(m.person.address.channel()) == Medium::Sms);
        Self {
            target: Target::Session,
            only: None,
            listener: owner.cloned(),
            spoken: owner.and_then(|owner| session.spoken(owner)).map(|spoken| spoken.language.clone()),
            medium: if by_sms { Medium::Sms } else { Medium::Unicode },
        }
    }

    /// One person: by the session's conversation when nobody else is in it, past it otherwise.
    pub(crate) fn one(session: &Session, address: &Address, sender: &Address) -> Self {
        let theirs = session.is_open() && !session.is_group() && session.member(address).is_some();
        let target = if theirs { Target::Session } else { Target::alone(address, sender) };
        Self {
            target,
            only: Some(address.clone()),
            listener: Some(address.clone()),
            spoken: session.spoken(address).map(|spoken| spoken.language.clone()),
            medium: Medium::of(address.channel()),
        }
    }

    fn language(&self, policy: &LanguagePolicy) -> Language {
        let unknown = || self.listener.as_ref().map_or_else(|| policy.default.clone(), |who| policy.of(who));
        self.spoken.clone().unwrap_or_else(unknown)
    }

    /// The way there.
    pub(crate) fn target(self) -> Target {
        self.target
    }
}

/// Makes messages that fit of what is to be said, and queues each.
pub(crate) fn queue(
    say: &Say,
    to: &Recipients,
    exemption: Option<Exemption>,
    context: &Context<'_>,
) -> Vec<Event> {
    queue_all(say, shape(&say.utterance, to, usize::MAX, context.policy).contents, to, exemption, context)
}

/// Queues messages that are made already.
pub(crate) fn queue_all(
    say: &Say,
    contents: Vec<Content>,
    to: &Recipients,
    exemption: Option<Exemption>,
    context: &Context<'_>,
) -> Vec<Event> {
    let parts = u32::try_from(contents.len()).unwrap_or(u32::MAX);
    let expires_at = say.expires_at.unwrap_or_else(|| default_expiry(say, context));
    contents
        .into_iter()
        .zip(1..)
        .map(|(content, part)| {
            Event::MessageQueued(Queued {
                outbound_id: context.outbound_id(),
                target: to.target.clone(),
                only: to.only.clone(),
                content,
                class: say.class,
                purpose: say.purpose.clone(),
                turn_id: say.turn_id.clone(),
                correlation_id: say.correlation_id.clone(),
                part,
                parts,
                not_before: say.not_before.filter(|at| *at > context.now),
                expires_at,
                exemption,
                text_id: None,
                language: say.language.clone(),
                instead_of: None,
                at: context.now,
            })
        })
        .collect()
}

/// What is to be said as messages.
pub(crate) struct Shaped {
    /// One content for each message.
    pub(crate) contents: Vec<Content>,
    /// Words that are left out.
    pub(crate) omitted: Option<String>,
}

/// Makes messages of what is to be said, of at most `room` UTF-16 units of words.
pub(crate) fn shape(utterance: &Utterance, to: &Recipients, room: usize, policy: &Policy) -> Shaped {
    match utterance {
        Utterance::Text { text, breaks, guidance } => {
            let style = match to.medium {
                Medium::Sms => policy.formatting.sms,
                Medium::Unicode => policy.formatting.whatsapp,
            };
            let made = guidance::messages(text, breaks, guidance, style, room, &policy.split);
            Shaped { contents: made.texts.into_iter().map(Content::text).collect(), omitted: made.omitted }
        }
        Utterance::Template { template } => {
            Shaped { contents: vec![Content::Template { template: template.clone() }], omitted: None }
        }
        Utterance::Media { media, text } => {
            let (kept, omitted) = split::cut(text, room);
            let mut texts = split::split_at(kept, &[], &policy.split);
            let mut caption = if texts.len() == 1 { texts.pop() } else { None };
            let files = media.iter().map(|file| Content::File {
                file: Box::new(file.clone()),
                text: caption.take().unwrap_or_default(),
            });
            let files: Vec<Content> = files.collect();
            Shaped {
                contents: texts.into_iter().map(Content::text).chain(files).collect(),
                omitted: (!omitted.trim().is_empty()).then(|| omitted.to_owned()),
            }
        }
    }
}

fn default_expiry(say: &Say, context: &Context<'_>) -> Timestamp {
    let life = match say.class {
        MessageClass::Reply => context.policy.expiry.reply,
        _ => context.policy.expiry.other,
    };
    let from = say.not_before.map_or(context.now, |at| at.max(context.now));
    from.checked_add(life).unwrap_or(Timestamp::MAX)
}

/// Queues one of the channel's own texts.
pub(crate) fn queue_own(
    id: TextId,
    args: &Args,
    to: &Recipients,
    exemption: Option<Exemption>,
    context: &Context<'_>,
) -> Vec<Event> {
    let class = if id.is_compliance() { MessageClass::Compliance } else { MessageClass::Reply };
    let wanted = to.language(&context.policy.language);
    let said = text::render(id, args, context.policy, &wanted, to.medium);
    let say = Say {
        utterance: Utterance::text(said.text.clone()),
        class,
        purpose: Some(id.as_str().to_owned()),
        not_before: None,
        expires_at: None,
        language: Some(said.language.clone()),
        turn_id: None,
        correlation_id: None,
    };
    let mut events = queue(&say, to, exemption, context);
    for event in &mut events {
        if let Event::MessageQueued(queued) = event {
            queued.text_id = Some(id);
        }
    }
    events.extend(disclosure::noted(id, &said, &events, context));
    // Where the country of a number was all there was to go by, nothing is missing.
    if class == MessageClass::Compliance && !said.as_wanted && to.spoken.is_some() {
        events.push(Event::TextFellBack { text_id: id, wanted, used: said.language });
    }
    events
}
