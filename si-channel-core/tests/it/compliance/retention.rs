//! How long records are kept: §8. The server carries it out, and erasure with it.

use si_channel_core::retention::{Class, Schedule};

use crate::support::at;

/// Class, days by default, days that no operator may go below, and whose rule the floor is.
const SCHEDULE: [(Class, u32, u32, &str); 9] = [
    (Class::ConsentProof, 5 * 365, 5 * 365, "TSR: 5 years; claims under the TCPA run 4"),
    (Class::ConsentProofVirginia, 10 * 365, 10 * 365, "Virginia: 10 years"),
    (Class::DecisionLog, 5 * 365, 5 * 365, "TSR: 5 years"),
    (Class::CallDetail, 395, 0, "13 months, 5 years where calls are telemarketing"),
    (Class::Content, 90, 0, "storage limitation"),
    (Class::Media, 90, 0, "as content"),
    (Class::Recordings, 30, 0, "minimisation"),
    (Class::RawWebhooks, 7, 1, "replay and dispute"),
    (Class::TechnicalLogs, 30, 0, "minimisation"),
];

#[test]
fn section_8_each_class_has_its_days_and_its_floor() {
    let shipped = Schedule::shipped().unwrap();
    assert_eq!(shipped.classes.len(), SCHEDULE.len());
    for (class, days, floor, why) in SCHEDULE {
        let period = &shipped.classes[&class];
        assert_eq!((period.days, period.floor_days), (days, floor), "{class:?}: {why}");
    }
}

#[test]
fn section_8_an_operator_lengthens_any_class_and_shortens_none_below_its_floor() {
    for (class, name) in Class::ALL.into_iter().filter(|(class, _)| *class != Class::Media) {
        let floor = SCHEDULE.iter().find(|row| row.0 == class).unwrap().2;
        let longer = format!("[{name}]\ndays = 4000\n");
        assert_eq!(
            Schedule::shipped().unwrap().with("own.toml", &longer).unwrap().days(class),
            4000,
            "{name}"
        );
        let shorter = format!("[{name}]\ndays = {}\n", i64::from(floor) - 1);
        let refused = Schedule::shipped().unwrap().with("own.toml", &shorter).unwrap_err();
        assert_eq!((refused.file.as_str(), refused.line), ("own.toml", 2), "{name}");
    }
    // HIPAA's documentation: 6 years.
    let hipaa = Schedule::shipped().unwrap().with("own.toml", "[decision_log]\ndays = 2190\n").unwrap();
    assert_eq!(hipaa.days(Class::DecisionLog), 2190);
}

#[test]
fn section_8_the_proof_of_a_number_of_virginia_is_kept_ten_years() {
    let shipped = Schedule::shipped().unwrap();
    for (address, years) in [("+17035550101", 10), ("whatsapp:+18045550101", 10), ("+12125550101", 5)] {
        assert_eq!(shipped.days(shipped.proof(&at(address))), years * 365, "{address}");
    }
}
