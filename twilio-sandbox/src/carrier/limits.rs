//! What files each channel carries.

use crate::state::address::Channel;

const MB: u64 = 1024 * 1024;

/// What is wrong with a message's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    Unreachable,
    Kind,
    Size,
}

impl Flaw {
    /// Twilio's code on a message of that channel.
    pub(crate) fn code(self, channel: Channel) -> u32 {
        match (self, channel) {
            (Self::Unreachable, Channel::Sms) => 11200,
            (Self::Unreachable, Channel::WhatsApp) => 63019,
            (Self::Kind, Channel::Sms) => 12300,
            (Self::Kind, Channel::WhatsApp) => 63021,
            (Self::Size, Channel::Sms) => 11751,
            (Self::Size, Channel::WhatsApp) => 63034,
        }
    }
}

/// The bytes that a message's files may have together.
pub(crate) fn most(channel: Channel) -> u64 {
    match channel {
        Channel::Sms => 5 * MB,
        Channel::WhatsApp => 16 * MB,
    }
}

/// Looks at a message's files: type and bytes of each.
pub(crate) fn flaw<'a>(channel: Channel, files: impl Iterator<Item = (&'a str, u64)>) -> Option<Flaw> {
    let mut total = 0;
    for (kind, size) in files {
        let limit = match channel {
            Channel::WhatsApp if kind.starts_with("image/") => 5 * MB,
            _ => most(channel),
        };
        total += size;
        if !carries(channel, kind) {
            return Some(Flaw::Kind);
        }
        if size > limit || total > most(channel) {
            return Some(Flaw::Size);
        }
    }
    None
}

fn carries(channel: Channel, kind: &str) -> bool {
    let (family, form) = kind.split_once('/').unwrap_or((kind, ""));
    match channel {
        Channel::Sms => {
            matches!(family, "image" | "audio" | "video")
                || matches!(
                    kind,
                    "application/pdf"
                        | "application/vcard"
                        | "application/vnd.apple.pkpass"
                        | "text/vcard"
                        | "text/x-vcard"
                        | "text/csv"
                        | "text/rtf"
                        | "text/richtext"
                        | "text/calendar"
                        | "text/directory"
                )
        }
        Channel::WhatsApp => match family {
            "image" => matches!(form, "jpeg" | "jpg" | "png" | "webp"),
            "audio" => matches!(form, "ogg" | "opus" | "amr" | "3gpp" | "aac" | "mpeg" | "mp3" | "mp4"),
            "video" => matches!(form, "mp4" | "3gpp"),
            _ => matches!(family, "application" | "text"),
        },
    }
}

/// Whether a conversation relays a file to a phone of that channel: 50511, 50512 if not.
pub(crate) fn relay(channel: Channel, kind: &str, size: u64) -> Option<u32> {
    let relayed = match channel {
        Channel::Sms => matches!(
            kind,
            "image/jpeg"
                | "image/jpg"
                | "image/png"
                | "audio/mpeg"
                | "audio/mp3"
                | "audio/amr"
                | "video/mp4"
                | "application/pdf"
        ),
        Channel::WhatsApp => carries(channel, kind),
    };
    if !relayed {
        return Some(50511);
    }
    (size > most(channel)).then_some(50512)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_has_its_types_and_sizes() {
        use Channel::{Sms, WhatsApp};
        for (channel, files, expected) in [
            (Sms, vec![("image/gif", MB), ("image/png", 4 * MB)], None),
            (Sms, vec![("image/gif", MB), ("image/png", 4 * MB), ("image/png", 1)], Some(Flaw::Size)),
            (Sms, vec![("text/vcard", 1)], None),
            (Sms, vec![("text/html", 1)], Some(Flaw::Kind)),
            (Sms, vec![("application/octet-stream", 1)], Some(Flaw::Kind)),
            (WhatsApp, vec![("image/png", 5 * MB)], None),
            (WhatsApp, vec![("image/png", 5 * MB + 1)], Some(Flaw::Size)),
            (WhatsApp, vec![("image/gif", 1)], Some(Flaw::Kind)),
            (WhatsApp, vec![("application/pdf", 16 * MB)], None),
            (WhatsApp, vec![("video/mp4", 16 * MB + 1)], Some(Flaw::Size)),
            (WhatsApp, vec![("font/woff", 1)], Some(Flaw::Kind)),
        ] {
            assert_eq!(flaw(channel, files.clone().into_iter()), expected, "{channel:?} {files:?}");
        }
    }

    #[test]
    fn a_conversation_relays_fewer_types_to_sms() {
        assert_eq!(relay(Channel::Sms, "image/png", 5 * MB), None);
        assert_eq!(relay(Channel::Sms, "image/png", 5 * MB + 1), Some(50512));
        assert_eq!(relay(Channel::Sms, "image/gif", 1), Some(50511));
        assert_eq!(relay(Channel::WhatsApp, "text/csv", 1), None);
    }
}
