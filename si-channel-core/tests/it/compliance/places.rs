//! The local time of a number: §10.

use si_channel_core::event::Event;
use si_channel_core::place::{Evidence, issued};

use super::script::{Fate, Row, Stage, Step, offers, play, row};
use crate::support::at;

use Evidence::{Account, Address, Person};
use Fate::{Arrives, Waits};
use Step::{Clock, Known, Lives, Policy};

const NEW_YORKER: &str = "+12125550101";
const DAKOTAN: &str = "+16055550101";
const TOLL_FREE: &str = "+18005550101";
/// Four in the morning of the next day in Sydney.
const NOON: &str = "2026-11-24T12:00:00[America/New_York]";

const ROWS: &[Row] = &[
    row(
        "the zone that the person stated comes first",
        NEW_YORKER,
        &[
            Known,
            Lives(Account, "US-CA", ""),
            Lives(Address, "US-TX", ""),
            Lives(Person, "US-NY", "Australia/Sydney"),
            Clock(NOON),
            offers("an offer", Waits("quiet_hours/us-federal", "2026-11-25T08:00:00[Australia/Sydney]")),
        ],
    ),
    row(
        "then a confirmed address",
        NEW_YORKER,
        &[
            Known,
            Lives(Account, "US-CA", ""),
            Lives(Address, "US-TX", "America/Chicago"),
            Clock("2026-11-24T08:30:00[America/Chicago]"),
            offers("an offer", Waits("quiet_hours/us-tx", "2026-11-24T09:00:00[America/Chicago]")),
        ],
    ),
    row(
        "then what an account says",
        NEW_YORKER,
        &[
            Known,
            Lives(Account, "US-CA", ""),
            Clock(NOON),
            offers("an offer", Arrives),
            Clock("2026-11-25T11:30:00[America/New_York]"),
            offers("another", Waits("quiet_hours/us-9-21", "2026-11-25T09:00:00[America/Los_Angeles]")),
        ],
    ),
    row(
        "then the number's prefix, to the exchange: Pensacola is an hour behind Miami",
        "+18502005555",
        &[
            Known,
            Clock("2026-11-24T08:30:00[America/New_York]"),
            offers("an offer", Waits("quiet_hours/us-federal", "2026-11-24T08:00:00[America/Chicago]")),
        ],
    ),
    row(
        "… and Tallahassee is not",
        "+18505550101",
        &[Known, Clock("2026-11-24T08:30:00[America/New_York]"), offers("an offer", Arrives)],
    ),
    row(
        "then the place of the sender, or what the operator says of it",
        "whatsapp:US.1234",
        &[
            Policy(r#"{"quiet_hours":{"place":"FR"}}"#),
            Known,
            Clock("2026-11-24T21:00:00[Europe/Paris]"),
            offers("une offre", Waits("quiet_hours/france", "2026-11-25T08:30:00[Europe/Paris]")),
        ],
    ),
    row(
        "a number that may be in two zones is written to when it is time in both",
        DAKOTAN,
        &[
            Known,
            Clock("2026-11-24T08:30:00[America/Chicago]"),
            offers("an offer", Waits("quiet_hours/us-federal", "2026-11-24T08:00:00[America/Denver]")),
            Clock("2026-11-24T20:30:00[America/Denver]"),
            offers("late", Waits("quiet_hours/us-federal", "2026-11-25T08:00:00[America/Denver]")),
        ],
    ),
    row(
        "one that may be anywhere in a country waits for the first hour that all zones share",
        TOLL_FREE,
        &[
            Known,
            Clock("2026-11-24T14:30:00[America/New_York]"),
            offers("an offer", Waits("quiet_hours/strict", "2026-11-24T15:00:00[America/New_York]")),
        ],
    ),
];

#[test]
fn section_10_the_local_time_of_a_number() {
    play(ROWS);
}

#[test]
fn section_10_shared_codes_have_as_many_candidates_as_upstream_lists() {
    for (number, zones) in [
        ("+18005550100", 42),
        ("+70000000000", 16),
        ("+610000000000", 8),
        ("+520000000000", 8),
        ("+550000000000", 4),
        ("+440000000000", 4),
    ] {
        assert_eq!(issued(&at(number)).zones.len(), zones, "{number}");
    }
    for split in ["605", "701", "709", "775", "879", "907", "986"] {
        assert_eq!(issued(&at(&format!("+1{split}5550100"))).zones.len(), 2, "{split}");
    }
}

#[test]
fn section_10_value_evidence_and_date_are_kept() {
    let mut stage = Stage::new(NEW_YORKER);
    let now = stage.sim.now;
    stage.play(&Lives(Account, "US-CA", "America/Los_Angeles"), "kept");
    let told = stage.sim.store.ledgers[&at(NEW_YORKER)].whereabouts.0[&Account];
    assert_eq!(told.place.unwrap().as_str(), "US-CA");
    assert_eq!(told.time_zone.unwrap().name(), "America/Los_Angeles");
    assert!(told.at > now);
    let stream = format!("consent/{NEW_YORKER}");
    let located = stage.sim.events(&stream).any(|event| matches!(event, Event::PersonLocated { .. }));
    assert!(located);
}
