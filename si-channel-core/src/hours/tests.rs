use std::collections::BTreeMap;

use jiff::civil::Weekday;
use proptest::prelude::*;

use super::*;
use crate::place::Evidence;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A moment by the clock of a place: `2026-11-21T20:59:59[America/New_York]`.
fn local(text: &str) -> Timestamp {
    text.parse::<jiff::Zoned>().unwrap().timestamp()
}

fn who(places: &[&str], zones: &[&str]) -> Located {
    Located {
        places: places.iter().map(|text| text.parse().unwrap()).collect(),
        places_by: Evidence::Prefix,
        zones: zones.iter().map(|text| text.parse().unwrap()).collect(),
        zones_by: Evidence::Prefix,
        told_at: None,
    }
}

fn number(address: &str) -> Located {
    located(&address.parse().unwrap(), &Whereabouts::default(), &Policy::default())
}

fn verdict(now: Timestamp, who: Located) -> Verdict {
    decide(now, &[who], HoursProfile::ByPlace, &Rules::default())
}

/// The rule that closes, and when it opens, by the clock of a zone.
fn closed(now: Timestamp, who: Located, zone: &str) -> (String, String) {
    match verdict(now, who) {
        Verdict::Closed(closed) => {
            let until = closed.until.map(|until| until.in_tz(zone).unwrap().datetime().to_string());
            (closed.rule.rule.trim_start_matches("quiet_hours/").to_owned(), until.unwrap_or_default())
        }
        Verdict::Open => panic!("expected closed, found open"),
    }
}

/// A set of rules for one zone, without anything else.
fn rules(hours: &str) -> Rules {
    let rule = |id: &str, place: &str| {
        format!(
            "[[rule]]\nid = \"{id}\"\nplaces = [\"{place}\"]\nhours = \"{hours}\"\nsource = \"test\"\nmark = \"primary\"\n"
        )
    };
    let text = format!(
        "version = \"1\"\nexpires = \"2100-01-01\"\n{}{}",
        rule("any", "*"),
        rule("strict", "strict")
    );
    let file = crate::rules::SetFile { name: "quiet_hours".to_owned(), file: "test".to_owned(), text };
    Rules::load(&[file], jiff::civil::date(2020, 1, 1)).unwrap()
}

#[test]
fn f48_marketing_stops_with_the_second_at_which_the_hours_end() {
    let ann = || who(&["US-NY"], &["America/New_York"]);
    assert_eq!(verdict(local("2026-11-20T20:59:59[America/New_York]"), ann()), Verdict::Open);
    assert_eq!(
        closed(local("2026-11-20T21:00:00[America/New_York]"), ann(), "America/New_York"),
        ("us-federal".to_owned(), "2026-11-21T08:00:00".to_owned())
    );
    assert_eq!(
        closed(local("2026-11-21T07:59:59.999[America/New_York]"), ann(), "America/New_York").1,
        "2026-11-21T08:00:00"
    );
    assert_eq!(verdict(local("2026-11-21T08:00:00[America/New_York]"), ann()), Verdict::Open);
}

/// The table of facts/compliance.md §3, and what the set says beyond it: the last open and the first closed minute of a
/// day, and the next opening after it.
#[test]
fn each_state_and_country_keeps_its_own_hours() {
    let cases = [
        ("US-AL", "America/Chicago", "2026-11-20", "08:00", "20:00"),
        ("US-LA", "America/Chicago", "2026-11-20", "08:00", "20:00"),
        ("US-MA", "America/New_York", "2026-11-20", "08:00", "20:00"),
        ("US-CA", "America/Los_Angeles", "2026-11-20", "09:00", "21:00"),
        ("US-IL", "America/Chicago", "2026-11-20", "09:00", "21:00"),
        ("US-MI", "America/Detroit", "2026-11-20", "09:00", "21:00"),
        ("US-MN", "America/Chicago", "2026-11-20", "09:00", "21:00"),
        ("US-CT", "America/New_York", "2026-11-20", "09:00", "20:00"),
        ("US-FL", "America/New_York", "2026-11-20", "08:00", "20:00"),
        ("US-KY", "America/New_York", "2026-11-20", "10:00", "21:00"),
        ("US-ME", "America/New_York", "2026-11-20", "09:00", "17:00"),
        ("US-MD", "America/New_York", "2026-11-20", "08:00", "20:00"),
        ("US-MS", "America/Chicago", "2026-11-20", "08:00", "20:00"),
        ("US-NJ", "America/New_York", "2026-11-20", "08:00", "20:00"),
        ("US-OK", "America/Chicago", "2026-11-20", "08:00", "20:00"),
        ("US-RI", "America/New_York", "2026-11-20", "09:00", "18:00"),
        ("US-RI", "America/New_York", "2026-11-21", "10:00", "17:00"),
        ("US-TX", "America/Chicago", "2026-11-21", "09:00", "21:00"),
        ("US-TX", "America/Chicago", "2026-11-22", "12:00", "21:00"),
        ("US-VA", "America/New_York", "2026-11-20", "08:00", "21:00"),
        ("US-WA", "America/Los_Angeles", "2026-11-20", "08:00", "20:00"),
        ("US-WY", "America/Denver", "2026-11-20", "08:00", "20:00"),
        ("US-GA", "America/New_York", "2026-11-20", "08:00", "21:00"),
        ("US-PA", "America/New_York", "2026-10-11", "08:00", "21:00"), // the last Sunday before the ban
        ("FR", "Europe/Paris", "2026-11-20", "08:30", "20:00"),
        ("DE", "Europe/Berlin", "2026-11-20", "08:00", "20:00"),
        ("IN", "Asia/Kolkata", "2026-11-22", "09:00", "21:00"),
        ("GB", "Europe/London", "2026-11-22", "08:00", "21:00"),
        ("CA-ON", "America/Toronto", "2026-11-20", "09:00", "21:30"),
    ];
    for (place, zone, day, opens, closes) in cases {
        let person = || who(&[place], &[zone]);
        let moment = |time: &str| local(&format!("{day}T{time}:00[{zone}]"));
        let second = SignedDuration::from_secs(1);
        assert_eq!(verdict(moment(opens), person()), Verdict::Open, "{place} {day} {opens}");
        assert_eq!(
            verdict(moment(closes) - second, person()),
            Verdict::Open,
            "{place} {day} before {closes}"
        );
        assert!(matches!(verdict(moment(closes), person()), Verdict::Closed(_)), "{place} {day} {closes}");
        let (_, until) = closed(moment(opens) - second, person(), zone);
        assert_eq!(until, format!("{day}T{opens}:00"), "{place} {day}");
    }
}

#[test]
fn sundays_and_holidays_are_skipped_where_they_are_free() {
    let cases = [
        // A Sunday in Pennsylvania, after the ban began.
        ("US-PA", "America/New_York", "2026-10-18T12:00:00", "us-pa", "2026-10-19T08:00:00"),
        ("US-ME", "America/New_York", "2026-11-20T17:00:00", "us-me", "2026-11-23T09:00:00"),
        // All Saints of 2026 is a Sunday; Armistice Day a Wednesday; Saturday night leads to Monday.
        ("FR", "Europe/Paris", "2026-11-11T12:00:00", "france", "2026-11-12T08:30:00"),
        ("FR", "Europe/Paris", "2026-05-23T20:00:00", "france", "2026-05-26T08:30:00"), // Whit Monday is free
        ("FR", "Europe/Paris", "2026-11-20T07:59:59", "france", "2026-11-20T08:30:00"),
        ("DE", "Europe/Berlin", "2026-11-22T12:00:00", "eu", "2026-11-23T08:00:00"),
    ];
    for (place, zone, moment, rule, until) in cases {
        let found = closed(local(&format!("{moment}[{zone}]")), who(&[place], &[zone]), zone);
        assert_eq!(found, (rule.to_owned(), until.to_owned()), "{place} {moment}");
    }
    let strict = |moment: &str| {
        let person = [who(&["US-NY"], &["America/New_York"])];
        decide(
            local(&format!("{moment}[America/New_York]")),
            &person,
            HoursProfile::Strict,
            &Rules::default(),
        )
    };
    let next = |moment: &str| match strict(moment) {
        Verdict::Closed(closed) => {
            closed.until.unwrap().in_tz("America/New_York").unwrap().datetime().to_string()
        }
        Verdict::Open => panic!("open"),
    };
    assert_eq!(next("2026-11-21T17:00:00"), "2026-11-23T10:00:00", "no Sunday");
    assert_eq!(next("2026-11-25T18:00:00"), "2026-11-27T10:00:00", "no Thanksgiving");
    assert_eq!(
        next("2026-07-02T18:00:00"),
        "2026-07-06T10:00:00",
        "no Fourth of July, nor its Friday, nor Sunday"
    );
    assert_eq!(strict("2026-11-21T16:59:59"), Verdict::Open);
}

/// 850 is Florida, on both sides of the line between Eastern and Central time.
#[test]
fn f48_it_must_be_time_in_every_candidate_zone() {
    let (eastern, central) = ("America/New_York", "America/Chicago");
    let unsure = || who(&["US-FL"], &[eastern, central]);
    assert_eq!(
        closed(local("2026-11-20T08:30:00[America/New_York]"), unsure(), eastern).1,
        "2026-11-20T09:00:00"
    );
    assert_eq!(verdict(local("2026-11-20T09:00:00[America/New_York]"), unsure()), Verdict::Open);
    assert_eq!(verdict(local("2026-11-20T19:59:59[America/New_York]"), unsure()), Verdict::Open);
    match verdict(local("2026-11-20T20:00:00[America/New_York]"), unsure()) {
        Verdict::Closed(closed) => {
            assert_eq!(closed.zones.iter().map(|zone| zone.name()).collect::<Vec<_>>(), [eastern]);
            assert_eq!(closed.until, Some(local("2026-11-21T09:00:00[America/New_York]")));
        }
        Verdict::Open => panic!("open"),
    }
    // By its exchange, 850-200 is Central alone.
    assert_eq!(
        verdict(local("2026-11-20T08:30:00[America/New_York]"), number("+18502005555")),
        closed_at(8, 30)
    );
    assert_eq!(
        verdict(local("2026-11-20T20:30:00[America/New_York]"), number("+18502005555")),
        Verdict::Open
    );
}

fn closed_at(hour: i8, minute: i8) -> Verdict {
    let zone = "America/Chicago".parse().unwrap();
    assert!((hour, minute) < (9, 0));
    let rule = RuleRef { rule: "quiet_hours/us-federal".to_owned(), version: "2026-11-21".to_owned() };
    let until = Some(local("2026-11-20T08:00:00[America/Chicago]"));
    Verdict::Closed(Closed { until, rule, zones: vec![zone] })
}

#[test]
fn f48_without_a_zone_it_is_never_time_and_without_common_hours_neither() {
    let nowhere = who(&["US-NY"], &[]);
    for hour in [3, 15, 22] {
        let now = at(&format!("2026-11-20T{hour:02}:00:00Z"));
        match verdict(now, nowhere.clone()) {
            Verdict::Closed(closed) => {
                assert_eq!((closed.until, closed.rule.rule.as_str()), (None, "quiet_hours/unknown-zone"));
            }
            Verdict::Open => panic!("open"),
        }
        // Guam and St. John's are never at 10 to 18 together.
        assert!(
            matches!(
                verdict(now, who(&["US", "CA"], &["America/St_Johns", "Pacific/Guam"])),
                Verdict::Closed(Closed { until: None, .. })
            ),
            "{now}"
        );
    }
}

#[test]
fn where_the_state_is_not_known_the_strict_hours_hold() {
    let zone = "America/New_York";
    let found = closed(local("2026-11-20T18:00:00[America/New_York]"), who(&["US"], &[zone]), zone);
    assert_eq!(found, ("strict".to_owned(), "2026-11-21T10:00:00".to_owned()));
    let federal = |moment: &str| {
        decide(local(moment), &[who(&["US-FL"], &[zone])], HoursProfile::Federal, &Rules::default())
    };
    assert_eq!(
        federal("2026-11-20T20:30:00[America/New_York]"),
        Verdict::Open,
        "the state's rules are left out"
    );
}

#[test]
fn f50_rules_that_have_expired_give_way_to_the_strict_ones() {
    let paris = || who(&["FR"], &["Europe/Paris"]);
    assert_eq!(verdict(local("2027-12-31T09:00:00[Europe/Paris]"), paris()), Verdict::Open);
    let found = closed(local("2028-01-03T09:00:00[Europe/Paris]"), paris(), "Europe/Paris");
    assert_eq!(found, ("strict".to_owned(), "2028-01-03T10:00:00".to_owned()));
}

/// In New York the hour from 2 to 3 of 8 March 2026 does not exist, and that from 1 to 2 of 1 November is there twice.
#[test]
fn f48_the_clock_on_the_wall_decides_in_a_gap_and_in_a_fold() {
    let ann = [who(&[], &["America/New_York"])];
    let hours = |hours: &str, now: &str| decide(at(now), &ann, HoursProfile::ByPlace, &rules(hours));
    let until = |verdict: Verdict| match verdict {
        Verdict::Closed(closed) => closed.until.unwrap().to_string(),
        Verdict::Open => panic!("open"),
    };
    // The gap: 01:59:59 EST is followed by 03:00:00 EDT, which is 07:00 UTC.
    assert_eq!(until(hours("02:30-05:00", "2026-03-08T06:59:59Z")), "2026-03-08T07:00:00Z");
    assert_eq!(hours("02:30-05:00", "2026-03-08T07:00:00Z"), Verdict::Open);
    assert_eq!(
        until(hours("02:15-02:45", "2026-03-08T05:00:00Z")),
        "2026-03-09T06:15:00Z",
        "skipped that day"
    );
    assert_eq!(hours("08:00-21:00", "2026-03-08T12:00:00Z"), Verdict::Open, "8:00 EDT comes an hour earlier");
    assert_eq!(until(hours("08:00-21:00", "2026-03-08T11:59:59Z")), "2026-03-08T12:00:00Z");
    // The fold: 01:30 is at 05:30 UTC and again at 06:30 UTC.
    assert_eq!(until(hours("01:30-05:00", "2026-11-01T05:29:59Z")), "2026-11-01T05:30:00Z");
    assert_eq!(hours("01:30-05:00", "2026-11-01T05:59:59Z"), Verdict::Open);
    assert_eq!(until(hours("01:30-05:00", "2026-11-01T06:00:00Z")), "2026-11-01T06:30:00Z", "1:00 once more");
    assert_eq!(hours("00:00-01:30", "2026-11-01T05:29:59Z"), Verdict::Open);
    assert_eq!(until(hours("00:00-01:30", "2026-11-01T05:30:00Z")), "2026-11-01T06:00:00Z", "1:00 once more");
    assert_eq!(until(hours("08:00-21:00", "2026-11-01T12:59:59Z")), "2026-11-01T13:00:00Z", "8:00 EST");
}

#[test]
fn only_what_solicits_is_bound_unless_the_operator_says_so() {
    let now = at("2026-11-21T10:00:00Z");
    let policy = HoursPolicy::default();
    let cautious = HoursPolicy { informational: true, ..policy };
    let off = HoursPolicy { profile: HoursProfile::Off, ..cautious };
    let lately = Some(at("2026-11-20T10:00:00Z"));
    let before = Some(at("2026-11-20T09:59:59Z"));
    for (class, wrote, bound, bound_by_choice) in [
        (MessageClass::Marketing, lately, true, true),
        (MessageClass::Informational, lately, false, true),
        (MessageClass::Transactional, None, false, false),
        (MessageClass::Compliance, None, false, false),
        (MessageClass::Reply, lately, false, false),
        (MessageClass::Reply, before, false, true),
        (MessageClass::Reply, None, false, true),
    ] {
        assert_eq!(bind(class, wrote, now, &policy), bound, "{class:?} {wrote:?}");
        assert_eq!(bind(class, wrote, now, &cautious), bound_by_choice, "{class:?} {wrote:?}");
        assert!(!bind(class, wrote, now, &off));
    }
}

#[test]
fn who_has_no_number_is_where_the_operator_or_the_sender_is() {
    let somebody = "messenger:1234".parse().unwrap();
    let mut policy = Policy::default();
    let zones = |policy: &Policy| located(&somebody, &Whereabouts::default(), policy).zones;
    assert_eq!(zones(&policy), []);
    policy.senders.sms = "+33612345678".parse().ok();
    assert_eq!(format!("{:?}", zones(&policy)), "[Europe/Paris]");
    policy.quiet_hours.place = "DE".parse().ok();
    assert_eq!(format!("{:?}", zones(&policy)), "[Europe/Berlin]");
    policy.quiet_hours.time_zone = "Asia/Tokyo".parse().ok();
    let found = located(&somebody, &Whereabouts::default(), &policy);
    assert_eq!(format!("{:?} {:?}", found.places, found.zones), "[DE] [Asia/Tokyo]");
}

#[test]
fn a_message_to_several_people_waits_for_all_of_them() {
    let people = [who(&["US-NY"], &["America/New_York"]), who(&["US-CA"], &["America/Los_Angeles"])];
    let at = |moment: &str| decide(local(moment), &people, HoursProfile::ByPlace, &Rules::default());
    match at("2026-11-20T09:00:00[America/New_York]") {
        Verdict::Closed(closed) => {
            assert_eq!(closed.rule.rule, "quiet_hours/us-federal");
            assert_eq!(closed.until, Some(local("2026-11-20T09:00:00[America/Los_Angeles]")));
        }
        Verdict::Open => panic!("open"),
    }
    assert_eq!(at("2026-11-20T20:59:59[America/New_York]"), Verdict::Open);
}

/// What the rules built in say of a moment, worked out by hand for a few places.
fn naive(now: Timestamp, places: &[&str], zones: &[&str]) -> bool {
    let windows: BTreeMap<&str, (u32, u32)> = [
        ("US-FL", (480, 1200)),
        ("US-KY", (600, 1260)),
        ("US-GA", (480, 1260)),
        ("DE", (480, 1200)),
        ("FR", (510, 1200)),
    ]
    .into();
    zones.iter().all(|zone| {
        let local = now.in_tz(zone).unwrap();
        let minute = u32::from(local.hour().unsigned_abs()) * 60 + u32::from(local.minute().unsigned_abs());
        places.iter().all(|place| match *place {
            "US-TX" => {
                let from = if local.weekday() == Weekday::Sunday { 720 } else { 540 };
                (from..1260).contains(&minute)
            }
            "FR" | "DE" if local.weekday() == Weekday::Sunday => false,
            "FR" if Rules::default().is_holiday("FR", local.date()) => false,
            place => (windows[place].0..windows[place].1).contains(&minute),
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn it_is_open_only_inside_the_hours_of_every_zone_and_opens_at_the_first_such_minute(
        seconds in 1_767_225_600_i64..1_830_297_600, // 2026 and 2027
        places in proptest::sample::subsequence(vec!["US-FL", "US-KY", "US-GA", "US-TX", "DE", "FR"], 1..3),
        zones in proptest::sample::subsequence(
            vec!["America/New_York", "America/Chicago", "Europe/Paris", "Pacific/Chatham", "Australia/Lord_Howe"],
            1..3,
        ),
    ) {
        let now = Timestamp::from_second(seconds).unwrap();
        let found = verdict(now, who(&places, &zones));
        match found {
            Verdict::Open => prop_assert!(naive(now, &places, &zones)),
            Verdict::Closed(Closed { until: Some(until), .. }) => {
                prop_assert!(!naive(now, &places, &zones));
                prop_assert!(until > now && naive(until, &places, &zones));
                // Hours begin and clocks move on whole minutes.
                let minute = SignedDuration::from_mins(1);
                let mut moment = Timestamp::from_second(seconds - seconds.rem_euclid(60)).unwrap() + minute;
                while moment < until {
                    prop_assert!(!naive(moment, &places, &zones), "open at {moment}, before {until}");
                    moment += minute;
                }
                prop_assert_eq!(verdict(until, who(&places, &zones)), Verdict::Open);
                let before = until - SignedDuration::from_nanos(1);
                prop_assert!(matches!(verdict(before, who(&places, &zones)), Verdict::Closed(_)));
            }
            Verdict::Closed(Closed { until: None, .. }) => {
                let step = SignedDuration::from_mins(15);
                let mut moment = Timestamp::from_second(seconds - seconds.rem_euclid(900)).unwrap() + step;
                while moment < now + HORIZON {
                    prop_assert!(!naive(moment, &places, &zones), "open at {moment}, never found");
                    moment += step;
                }
            }
        }
    }
}
