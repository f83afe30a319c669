//! Files and places that come with messages.

use si_channel_core::effect::Effect;
use si_channel_core::event::Event;
use si_channel_core::id::{MediaId, SessionId};
use si_channel_core::input::Input;
use si_channel_core::media::{Fetched, Kept, MediaState};
use si_channel_core::normalize;
use si_channel_core::rejection::Rejection;
use si_channel_core::transcript::Entry;

use crate::support::{ANN, Cognition, SMS, Sim, account, pair};

const MEDIA: &str = r#"[{"Sid":"ME00000000000000000000000000000001","ContentType":"image/jpeg","Size":5000,"Filename":"a.jpg"}]"#;

fn kept(content_type: &str, label: Option<&str>) -> Kept {
    Kept {
        sha256: "ab".repeat(32),
        bytes: 240_000,
        content_type: content_type.to_owned(),
        label: label.map(str::to_owned),
    }
}

/// Ann sends a text with files.
fn sent(body: &str, media: &str, files: Fetched) -> (Sim, SessionId) {
    let mut sim = Sim::with(&[ANN]);
    sim.cognition = Cognition::Later;
    sim.files = files;
    let id = sim.session(ANN).id;
    sim.deaf = true;
    sim.text(ANN, body);
    let mut pairs = sim.twilio.webhooks.pop_front().unwrap();
    pairs.push(pair("Media", media));
    sim.deaf = false;
    sim.paused = true;
    sim.deliver(&pairs);
    (sim, id)
}

/// The entry of the newest message.
fn entry(sim: &Sim, id: &SessionId) -> Entry {
    sim.entries(id).into_iter().rfind(|entry| !entry.media.is_empty()).unwrap()
}

#[test]
fn media_alone_is_asked_about_at_once_and_told_in_words() {
    let (mut sim, id) = sent("", MEDIA, Fetched::Stored(kept("image/png", None)));
    let asked = sim.events(id.as_str()).find_map(|event| match event {
        Event::TurnRequested { media, text, .. } if text.is_empty() => Some(media),
        _ => None,
    });
    assert_eq!(asked.unwrap()[0].content_type, "image/jpeg");
    let before = entry(&sim, &id);
    assert_eq!((&*before.text, before.media[0].state), ("[image, 5 KB]", Some(MediaState::Pending)));
    assert!(sim.pending().iter().any(|effect| matches!(effect, Effect::FetchMedia { .. })));

    sim.paused = false;
    sim.settle();
    let after = entry(&sim, &id);
    let file = &after.media[0];
    assert_eq!((&*after.text, file.state), ("[image, 240 KB]", Some(MediaState::Stored)));
    assert_eq!((&*file.content_type, file.bytes), ("image/png", Some(240_000)));
    assert_eq!(
        (file.url.clone(), file.filename.as_deref()),
        (format!("/v1/media/{}", file.id.as_ref().unwrap()), Some("a.jpg"))
    );
    assert_eq!(sim.count("media.stored"), 1);
}

#[test]
fn a_file_that_cannot_be_had_is_said_to_be_missing() {
    let reason = "too large".to_owned();
    let (mut sim, id) = sent("Look!", MEDIA, Fetched::Failed { reason });
    sim.paused = false;
    sim.settle();
    let entry = entry(&sim, &id);
    assert_eq!((&*entry.text, entry.media[0].state), ("Look!", Some(MediaState::Failed)));
    assert_eq!(entry.readable(), "Look!\n[image, 5 KB, not available]");
    assert_eq!(sim.asked.last().unwrap().2, "Look!", "it is asked about all the same");
}

#[test]
fn a_contact_is_told_by_its_name() {
    let card = MEDIA.replace("image/jpeg", "text/vcard");
    let (mut sim, id) = sent("", &card, Fetched::Stored(kept("text/vcard", Some("Ada Lovelace"))));
    sim.paused = false;
    sim.settle();
    assert_eq!(entry(&sim, &id).text, "[contact Ada Lovelace, 240 KB]");
}

#[test]
fn what_became_of_a_file_is_settled_once() {
    let (mut sim, id) = sent("", MEDIA, Fetched::Stored(kept("image/png", None)));
    sim.paused = false;
    sim.settle();
    let media_id = entry(&sim, &id).media[0].id.clone().unwrap();
    let again = Input::MediaFetched {
        media_id: media_id.clone(),
        outcome: Fetched::Failed { reason: "late".to_owned() },
    };
    assert_eq!(sim.decide(&again).unwrap_err(), Rejection::AlreadySo);
    let drop = Input::MediaDropped { media_id };
    sim.decide(&drop).unwrap();
    assert_eq!(sim.decide(&drop).unwrap_err(), Rejection::AlreadySo);
    let entry = entry(&sim, &id);
    assert_eq!(
        (&*entry.text, entry.media[0].state),
        ("[image, 240 KB, no longer kept]", Some(MediaState::Removed))
    );
    let unknown = Input::MediaDropped { media_id: MediaId::from_text("med_none") };
    assert!(matches!(sim.decide(&unknown), Err(Rejection::NotFound(_))));
}

#[test]
fn a_shared_place_is_told_in_words_and_kept_whole() {
    for (shared, expected) in [
        (
            &[("Latitude", "59.91"), ("Longitude", "10.75"), ("Label", "Oslo")][..],
            "[location 59.91, 10.75: Oslo]",
        ),
        (&[("Latitude", "-1"), ("Longitude", "2")], "[location -1, 2]"),
        (
            &[("Latitude", "1"), ("Longitude", "2"), ("Label", "Home"), ("Address", "1 High St")],
            "[location 1, 2: Home, 1 High St]",
        ),
        (&[("Body", "Here"), ("Latitude", "1"), ("Longitude", "2")], "Here\n[location 1, 2]"),
        (&[("Body", "Half"), ("Latitude", "1")], "Half"),
        (&[("Body", "Far off"), ("Latitude", "91"), ("Longitude", "nowhere")], "Far off"),
    ] {
        let mut sim = Sim::new();
        sim.cognition = Cognition::Later;
        let mut pairs = vec![
            pair("MessageSid", "SM00000000000000000000000000000001"),
            pair("AccountSid", account().as_str()),
            pair("From", ANN),
            pair("To", SMS),
            pair("NumMedia", "0"),
        ];
        pairs.extend(shared.iter().map(|(name, value)| pair(name, value)));
        if !shared.iter().any(|(name, _)| *name == "Body") {
            pairs.push(pair("Body", ""));
        }
        sim.policy.transport = si_channel_core::event::Transport::Messaging;
        let fact = normalize::inbound(&pairs, &account(), sim.now).unwrap();
        sim.take_in(fact);
        sim.settle();
        assert_eq!(sim.asked.last().unwrap().2, expected);
        let id = sim.store.sessions.keys().next().unwrap().clone();
        assert!(sim.transcript(&id).contains(&format!("{ANN}: {expected}")));
        let received = sim.events(id.as_str()).find_map(|event| match event {
            Event::MessageReceived(received) => Some(received),
            _ => None,
        });
        let received = received.unwrap();
        let told = shared.iter().find(|(name, _)| *name == "Latitude").unwrap().1;
        // Either it is understood, or it stays as it came.
        match received.details.location {
            Some(place) => assert_eq!(place.latitude.to_string(), told),
            None => assert_eq!(received.extra.get("Latitude").map(String::as_str), Some(told)),
        }
    }
}
