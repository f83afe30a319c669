//! What channels tell of a message beside its text: parameters, one by one, where they can be understood.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::event::{Choice, Details, Forwarded, Location, Profile, Reaction, Referral, ReplyTo};

/// Parameters by Twilio's names; what is understood is taken out, everything else stays.
type Parameters = BTreeMap<String, String>;

/// Takes what can be understood. A parameter that does not hold what its name promises stays where it is.
pub(super) fn take(parameters: &mut Parameters, text: &str) -> Details {
    let message_type = filled(parameters, "MessageType");
    let reply_to = filled(parameters, "OriginalRepliedMessageSid").map(|message_sid| ReplyTo {
        message_sid,
        author: filled(parameters, "OriginalRepliedMessageSender"),
    });
    // Which message a reaction is about comes in the parameters of a reply.
    let is_reaction = message_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("reaction"));
    let reaction = is_reaction.then(|| Reaction {
        emoji: Some(text.trim().to_owned()).filter(|emoji| !emoji.is_empty()),
        message_sid: reply_to.as_ref().map(|reply| reply.message_sid.clone()),
    });
    Details {
        location: location(parameters),
        choice: choice(parameters),
        reply_to: reply_to.filter(|_| !is_reaction),
        reaction,
        referral: referral(parameters),
        forwarded: forwarded(parameters),
        profile: profile(parameters),
        message_type,
        metadata: json(parameters, "ChannelMetadata"),
    }
}

fn filled(parameters: &mut Parameters, name: &str) -> Option<String> {
    let blank = parameters.get(name)?.trim().is_empty();
    parameters.remove(name).filter(|_| !blank)
}

/// A value that is JSON; nothing deeper than a few levels is made into a tree.
fn json(parameters: &mut Parameters, name: &str) -> Option<Value> {
    let value = serde_json::from_str(parameters.get(name)?).ok()?;
    parameters.remove(name);
    Some(value)
}

fn flag(parameters: &mut Parameters, name: &str) -> Option<bool> {
    let value = match parameters.get(name)?.to_ascii_lowercase().as_str() {
        "true" => true,
        "false" | "" => false,
        _ => return None,
    };
    parameters.remove(name);
    Some(value)
}

/// Both degrees or none, and on Earth.
fn location(parameters: &mut Parameters) -> Option<Location> {
    let degrees = |name: &str, most: f64| {
        let value: f64 = parameters.get(name)?.trim().parse().ok()?;
        (value.abs() <= most).then_some(value)
    };
    let (latitude, longitude) = (degrees("Latitude", 90.0)?, degrees("Longitude", 180.0)?);
    parameters.remove("Latitude");
    parameters.remove("Longitude");
    let (label, address) = (filled(parameters, "Label"), filled(parameters, "Address"));
    Some(Location { latitude, longitude, label, address })
}

fn choice(parameters: &mut Parameters) -> Option<Choice> {
    let (title, payload) = (filled(parameters, "ButtonText"), filled(parameters, "ButtonPayload"));
    if title.is_some() || payload.is_some() {
        return Some(Choice::Button { title, payload });
    }
    let (title, id) = (filled(parameters, "ListTitle"), filled(parameters, "ListId"));
    if title.is_some() || id.is_some() {
        return Some(Choice::List { title, id });
    }
    json(parameters, "InteractiveData").map(|data| Choice::Form { data })
}

fn referral(parameters: &mut Parameters) -> Option<Referral> {
    let mut field = |name: &str| filled(parameters, name);
    let referral = Referral {
        source_type: field("ReferralSourceType"),
        source_id: field("ReferralSourceId"),
        source_url: field("ReferralSourceUrl"),
        headline: field("ReferralHeadline"),
        body: field("ReferralBody"),
        click_id: field("ReferralCtwaClid"),
        media_url: field("ReferralMediaUrl"),
        media_content_type: field("ReferralMediaContentType"),
    };
    (referral != Referral::default()).then_some(referral)
}

fn forwarded(parameters: &mut Parameters) -> Option<Forwarded> {
    let (once, often) = (flag(parameters, "Forwarded"), flag(parameters, "FrequentlyForwarded"));
    match (once, often) {
        (_, Some(true)) => Some(Forwarded::Often),
        (Some(true), _) => Some(Forwarded::Once),
        _ => None,
    }
}

fn profile(parameters: &mut Parameters) -> Option<Profile> {
    let profile = Profile { name: filled(parameters, "ProfileName"), wa_id: filled(parameters, "WaId") };
    (profile != Profile::default()).then_some(profile)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parameters(given: &[(&str, &str)]) -> Parameters {
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_parameter_has_its_place() {
        let reply = [("OriginalRepliedMessageSid", "SM1"), ("OriginalRepliedMessageSender", "+15550001111")];
        let reaction = [("MessageType", "reaction"), ("OriginalRepliedMessageSid", "SM1")];
        for (given, expected) in [
            (
                &[("Latitude", "59.91"), ("Longitude", " -10.75 "), ("Label", "Home"), ("Address", "Oslo")][..],
                json!({ "location": { "latitude": 59.91, "longitude": -10.75, "label": "Home", "address": "Oslo" } }),
            ),
            (
                &[("ButtonText", "Yes"), ("ButtonPayload", "y")],
                json!({ "choice": { "kind": "button", "title": "Yes", "payload": "y" } }),
            ),
            (
                &[("ListId", "7"), ("ListTitle", "Oslo")],
                json!({ "choice": { "kind": "list", "title": "Oslo", "id": "7" } }),
            ),
            (
                &[("InteractiveData", r#"{"a":[1]}"#)],
                json!({ "choice": { "kind": "form", "data": { "a": [1] } } }),
            ),
            (&reply, json!({ "reply_to": { "message_sid": "SM1", "author": "+15550001111" } })),
            (
                &reaction,
                json!({ "message_type": "reaction", "reaction": { "emoji": "👍", "message_sid": "SM1" } }),
            ),
            (
                &[("ReferralSourceType", "ad"), ("ReferralCtwaClid", "c"), ("ReferralHeadline", "New")],
                json!({ "referral": { "source_type": "ad", "headline": "New", "click_id": "c" } }),
            ),
            (&[("Forwarded", "true"), ("FrequentlyForwarded", "false")], json!({ "forwarded": "once" })),
            (&[("Forwarded", "true"), ("FrequentlyForwarded", "TRUE")], json!({ "forwarded": "often" })),
            (&[("Forwarded", "false")], json!({})),
            (
                &[("ProfileName", "Ann"), ("WaId", "15551110001")],
                json!({ "profile": { "name": "Ann", "wa_id": "15551110001" } }),
            ),
            (&[("MessageType", "sticker")], json!({ "message_type": "sticker" })),
            (&[("ChannelMetadata", r#"{"type":"whatsapp"}"#)], json!({ "metadata": { "type": "whatsapp" } })),
        ] {
            let mut left = parameters(given);
            let details = take(&mut left, " 👍");
            assert_eq!(serde_json::to_value(&details).unwrap(), expected, "{given:?}");
            assert!(left.is_empty(), "{left:?}");
            assert_eq!(details.is_empty(), expected == json!({}));
        }
    }

    #[test]
    fn what_is_malformed_or_unknown_stays_whole() {
        for given in [
            &[("Latitude", "59.91")][..],
            &[("Latitude", "north"), ("Longitude", "10")],
            &[("Latitude", "91"), ("Longitude", "10")],
            &[("Latitude", "NaN"), ("Longitude", "10"), ("Label", "Home")],
            &[("ChannelMetadata", "{broken")],
            &[("InteractiveData", "")],
            &[("Forwarded", "perhaps")],
            &[("Newer", "x"), ("FromCountry", "US")],
        ] {
            let mut left = parameters(given);
            assert!(take(&mut left, "").is_empty(), "{given:?}");
            assert_eq!(left, parameters(given));
        }
    }

    #[test]
    fn a_reaction_that_is_taken_back_has_no_emoji() {
        let details = take(&mut parameters(&[("MessageType", "Reaction")]), "");
        assert_eq!(details.reaction, Some(Reaction { emoji: None, message_sid: None }));
    }
}
