//! The hours of the states of the United States for offers: §3. People are where their numbers were issued.

use jiff::SignedDuration;
use si_channel_core::hours::HoursProfile;

use super::script::{Fate, Stage, Step, moment, offers};

use Fate::{Arrives, Queued, Waits};
use Step::{Clock, Hears, Known};

const EAST: &str = "America/New_York";
const CENTRAL: &str = "America/Chicago";
const MOUNTAIN: &str = "America/Denver";
const WEST: &str = "America/Los_Angeles";

/// State, a number of it, its zone, a day, when it opens and closes, the rule.
///
/// 2026-11-25 is a Wednesday without a holiday.
const HOURS: [(&str, &str, &str, &str, &str, &str, &str); 28] = [
    ("federal default: New York", "+12125550101", EAST, "2026-11-25", "08:00", "21:00", "us-federal"),
    ("Alabama", "+12055550101", CENTRAL, "2026-11-25", "08:00", "20:00", "us-8-20"),
    ("Louisiana", "+15045550101", CENTRAL, "2026-11-25", "08:00", "20:00", "us-8-20"),
    ("Massachusetts", "+16175550101", EAST, "2026-11-25", "08:00", "20:00", "us-8-20"),
    ("California", "+12135550101", WEST, "2026-11-25", "09:00", "21:00", "us-9-21"),
    ("Illinois", "+13125550101", CENTRAL, "2026-11-25", "09:00", "21:00", "us-9-21"),
    ("Michigan", "+13135550101", EAST, "2026-11-25", "09:00", "21:00", "us-9-21"),
    ("Minnesota", "+16125550101", CENTRAL, "2026-11-25", "09:00", "21:00", "us-9-21"),
    ("Connecticut", "+12035550101", EAST, "2026-11-25", "09:00", "20:00", "us-ct"),
    ("Florida", "+13055550101", EAST, "2026-11-25", "08:00", "20:00", "us-fl"),
    ("Kentucky", "+18595550101", EAST, "2026-11-25", "10:00", "21:00", "us-ky"),
    ("Maine", "+12075550101", EAST, "2026-11-25", "09:00", "17:00", "us-me"),
    ("Maryland", "+13015550101", EAST, "2026-11-25", "08:00", "20:00", "us-8-20"),
    ("Mississippi", "+16015550101", CENTRAL, "2026-11-25", "08:00", "20:00", "us-8-20"),
    ("New Jersey", "+12015550101", EAST, "2026-11-25", "08:00", "20:00", "us-8-20"),
    ("Oklahoma", "+14055550101", CENTRAL, "2026-11-25", "08:00", "20:00", "us-ok"),
    ("Pennsylvania on a weekday", "+12155550101", EAST, "2026-11-25", "08:00", "21:00", "us-federal"),
    ("Rhode Island on a weekday", "+14015550101", EAST, "2026-11-25", "09:00", "18:00", "us-ri"),
    ("Rhode Island on a Saturday", "+14015550101", EAST, "2026-11-28", "10:00", "17:00", "us-ri"),
    ("Rhode Island on a Sunday", "+14015550101", EAST, "2026-11-29", "10:00", "17:00", "us-ri"),
    ("Texas on a weekday", "+12145550101", CENTRAL, "2026-11-25", "09:00", "21:00", "us-tx"),
    ("Texas on a Saturday", "+12145550101", CENTRAL, "2026-11-28", "09:00", "21:00", "us-tx"),
    ("Texas on a Sunday", "+12145550101", CENTRAL, "2026-11-29", "12:00", "21:00", "us-tx"),
    ("Virginia", "+17035550101", EAST, "2026-11-25", "08:00", "21:00", "us-federal"),
    ("Washington", "+12065550101", WEST, "2026-11-25", "08:00", "20:00", "us-wa"),
    ("Wyoming", "+13075550101", MOUNTAIN, "2026-11-25", "08:00", "20:00", "us-wy"),
    ("a state that no list names: Ohio", "+12165550101", EAST, "2026-11-25", "08:00", "21:00", "us-federal"),
    (
        "a city that keeps another zone than its state: Pensacola",
        "+18502005555",
        CENTRAL,
        "2026-11-25",
        "08:00",
        "20:00",
        "us-fl",
    ),
];

#[test]
fn section_3_each_state_keeps_its_hours_to_the_second() {
    for (state, number, zone, day, opens, closes, rule) in HOURS {
        let at = |time: &str| format!("{day}T{time}:00[{zone}]");
        let beside = |time: &str, seconds: i64| {
            let other = moment(&at(time)) + SignedDuration::from_secs(seconds);
            other.in_tz(zone).unwrap().to_string()
        };
        let before_opening = beside(opens, -1);
        let open = beside(opens, 1);
        let before_closing = beside(closes, -1);
        let closed = at(closes);
        let mut stage = Stage::new(number);
        for step in [
            Known,
            Clock(&before_opening),
            // Which of two rules closes is the narrower one's name; both are closed here.
            offers("early", Queued),
            Hears(&[]),
            Clock(&open),
            Hears(&["early"]),
            Clock(&before_closing),
            offers("in time", Arrives),
            Hears(&["in time"]),
            Clock(&closed),
            offers("late", Queued),
            Hears(&[]),
        ] {
            stage.play(&step, &format!("{state}: {step:?}"));
        }
        let held = stage.sim.outbound("late").postponed.clone().expect(state);
        let names = [format!("quiet_hours/{rule}"), "quiet_hours/us-federal".to_owned()];
        assert!(names.contains(&held.rule.rule), "{state}: {held:?}");
        assert!(closes == "21:00" || held.rule.rule == names[0], "{state}: {held:?}");
    }
}

/// Number, zone, a closed moment, when it opens, by which rule.
const CLOSED: [(&str, &str, &str, &str, &str, &str); 7] = [
    ("Maine on a Saturday", "+12075550101", EAST, "2026-11-28T12:00:00", "2026-11-30T09:00:00", "us-me"),
    ("Maine on a Sunday", "+12075550101", EAST, "2026-11-29T12:00:00", "2026-11-30T09:00:00", "us-me"),
    (
        "Pennsylvania on a Sunday since October 2026",
        "+12155550101",
        EAST,
        "2026-11-29T12:00:00",
        "2026-11-30T08:00:00",
        "us-pa",
    ),
    ("strict: an hour late", "+18005550101", EAST, "2026-11-25T20:00:00", "2026-11-27T15:00:00", "strict"),
    (
        "strict: on a Saturday evening",
        "+18005550101",
        EAST,
        "2026-11-28T19:00:00",
        "2026-11-30T15:00:00",
        "strict",
    ),
    ("strict: on a Sunday", "+18005550101", EAST, "2026-11-29T16:00:00", "2026-11-30T15:00:00", "strict"),
    (
        "strict: on a federal holiday",
        "+18005550101",
        EAST,
        "2026-11-26T16:00:00",
        "2026-11-27T15:00:00",
        "strict",
    ),
];

#[test]
fn section_3_days_without_hours_are_skipped_and_the_strict_profile_is_narrower_than_all() {
    for (says, number, zone, closed, opens, rule) in CLOSED {
        let clock = format!("{closed}[{zone}]");
        let opens = format!("{opens}[{zone}]");
        let rule = format!("quiet_hours/{rule}");
        let mut stage = Stage::new(number);
        for step in [Known, Clock(&clock), offers("an offer", Waits(&rule, &opens))] {
            stage.play(&step, says);
        }
    }
}

#[test]
fn section_3_strict_hours_may_be_wanted_everywhere() {
    let mut stage = Stage::new("+12125550101");
    stage.sim.policy.quiet_hours.profile = HoursProfile::Strict;
    for step in [
        Known,
        Clock("2026-11-25T09:59:59[America/New_York]"),
        offers("an offer", Waits("quiet_hours/strict", "2026-11-25T10:00:00[America/New_York]")),
    ] {
        stage.play(&step, "strict in New York");
    }
}
