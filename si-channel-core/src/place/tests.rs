use std::collections::BTreeSet;

use super::*;
use crate::address::Address;

fn at(text: &str) -> Address {
    text.parse().unwrap()
}

fn zones(address: &str) -> Vec<&'static str> {
    issued(&at(address)).zones.iter().map(|zone| zone.name()).collect()
}

fn places(address: &str) -> Vec<String> {
    issued(&at(address)).places.iter().map(ToString::to_string).collect()
}

#[test]
fn the_longest_prefix_says_where_a_number_was_issued() {
    for (address, place, zone) in [
        ("+12125550100", "US-NY", "America/New_York"),
        ("+18505550100", "US-FL", "America/New_York"),
        ("+18502005555", "US-FL", "America/Chicago"),
        ("whatsapp:+33612345678", "FR", "Europe/Paris"),
        ("rcs:+4915123456789", "DE", "Europe/Berlin"),
        ("+919876543210", "IN", "Asia/Calcutta"),
        ("+14165550100", "CA-ON", "America/Toronto"),
        ("+18765550100", "JM", "America/Jamaica"),
        ("+17875550100", "US-PR", "America/Puerto_Rico"),
    ] {
        assert_eq!((places(address), zones(address)), (vec![place.to_owned()], vec![zone]), "{address}");
    }
}

#[test]
fn an_ambiguous_number_has_every_candidate() {
    assert_eq!(zones("+16055550100"), ["America/Denver", "America/North_Dakota/Center"]);
    assert_eq!(places("+17825550100"), ["CA-NS", "CA-PE"]);
    assert_eq!(places("+447700900123"), ["GB", "GG", "IM", "JE"]);
    assert_eq!(places("+77012345678"), ["KZ"]);
    for (address, count) in [("+18005550100", 42), ("+7", 16), ("+61", 8), ("+52", 8), ("+55", 4), ("+44", 4)]
    {
        let padded = format!("{address:0<12}");
        assert_eq!(zones(&padded).len(), count, "{address}");
    }
    assert_eq!(places("+18005550100"), ["US", "CA"], "toll-free numbers belong to no state");
}

/// facts/compliance.md counts 439 and 432 in an older map.
#[test]
fn of_440_north_american_area_codes_433_have_one_zone() {
    let listed: Vec<_> = (200..1000)
        .map(|area| zones(&format!("+1{area}0000000")))
        .filter(|zones| !zones.is_empty() && zones.len() < 42)
        .collect();
    assert_eq!(listed.len(), 440);
    assert_eq!(listed.iter().filter(|zones| zones.len() == 1).count(), 433);
    assert!(listed.iter().all(|zones| zones.len() <= 2));
}

#[test]
fn every_listed_area_code_belongs_to_a_state_or_a_country_of_its_own() {
    for area in 200..1000 {
        let address = format!("+1{area}0000000");
        if zones(&address).len() < 42 {
            assert!(places(&address).iter().all(|place| !["US", "CA"].contains(&place.as_str())), "{area}");
        }
    }
}

#[test]
fn every_state_of_the_union_has_numbers_and_zones() {
    let read = |place: &str| place.parse::<Place>().unwrap();
    let mut states: BTreeSet<Place> = BTreeSet::new();
    for area in 200..1000 {
        states.extend(issued(&at(&format!("+1{area}0000000"))).places.iter().filter(|p| p.is_part()));
    }
    let of = |country: &str| states.iter().filter(|state| state.country() == read(country)).count();
    assert_eq!(
        (of("US"), of("CA")),
        (50 + 1 + 5, 13),
        "50 states, one district, five territories; provinces"
    );
    for &state in &states {
        assert!((1..=5).contains(&zones_of(state).len()), "{state}: {:?}", zones_of(state));
    }
    let names = |place| zones_of(read(place)).iter().map(|zone| zone.name()).collect::<Vec<_>>();
    assert_eq!(names("US-FL"), ["America/Chicago", "America/New_York"]);
    assert_eq!(names("FR"), ["Europe/Paris"]);
    assert!(names("US").contains(&"Pacific/Honolulu") && !names("US").contains(&"America/Toronto"));
    assert_eq!(names("XX"), [""; 0]);
}

#[test]
fn what_has_no_number_has_no_place() {
    for address in ["72975", "messenger:1234", "chat:ann", "whatsapp:US.1234"] {
        assert_eq!(issued(&at(address)), Issued::default(), "{address}");
    }
}

#[test]
fn what_was_told_goes_before_the_number_in_the_order_of_evidence() {
    let at_time = |text: &str| text.parse().unwrap();
    let told = |place: &str, zone: &str| Told {
        place: place.parse().ok(),
        time_zone: zone.parse().ok(),
        at: at_time("2026-11-21T10:00:00Z"),
    };
    let ann = at("+18505550100");
    let sender = Issued::default();
    let mut known = Whereabouts::default();

    let located = locate(&ann, &known, &sender);
    assert_eq!((located.zones_by, located.places_by), (Evidence::Prefix, Evidence::Prefix));

    known.0.insert(Evidence::Account, told("US-CA", ""));
    let located = locate(&ann, &known, &sender);
    assert_eq!(format!("{:?} {:?}", located.places, located.zones), "[US-CA] [America/Los_Angeles]");
    assert_eq!(located.zones_by, Evidence::Account);

    known.0.insert(Evidence::Person, told("", "Europe/Paris"));
    let located = locate(&ann, &known, &sender);
    assert_eq!(format!("{:?} {:?}", located.places, located.zones), "[US-CA] [Europe/Paris]");
    assert_eq!((located.places_by, located.zones_by), (Evidence::Account, Evidence::Person));
    assert_eq!(located.told_at, Some(at_time("2026-11-21T10:00:00Z")));
}

#[test]
fn the_sender_stands_in_where_nothing_is_known() {
    let sender = issued(&at("+33612345678"));
    let located = locate(&at("messenger:1234"), &Whereabouts::default(), &sender);
    assert_eq!(format!("{:?} {:?}", located.places, located.zones), "[FR] [Europe/Paris]");
    assert_eq!((located.places_by, located.zones_by), (Evidence::Sender, Evidence::Sender));
}

#[test]
fn places_and_zones_are_checked() {
    for wrong in ["", "fr", "FRA", "US-", "US-flor", "US-FLOR", "U1", "US_FL"] {
        assert!(wrong.parse::<Place>().is_err(), "{wrong}");
    }
    assert_eq!(serde_json::to_string(&"US-FL".parse::<Place>().unwrap()).unwrap(), "\"US-FL\"");
    assert!("America/Nowhere".parse::<Zone>().is_err());
    let zone: Zone = serde_json::from_str("\"America/New_York\"").unwrap();
    assert_eq!(zone.time_zone().iana_name(), Some("America/New_York"));
}
