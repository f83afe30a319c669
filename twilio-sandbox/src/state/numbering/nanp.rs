//! The North American Numbering Plan, +1: which area codes are whose.

use super::LineType;

/// Canada's area codes, as of 2025.
const CANADA: [u16; 59] = [
    204, 226, 236, 249, 250, 257, 263, 289, 306, 343, 354, 365, 367, 368, 382, 387, 403, 416, 418, 428, 431,
    437, 438, 450, 460, 468, 474, 506, 514, 519, 537, 548, 568, 579, 581, 584, 587, 604, 613, 639, 647, 672,
    683, 705, 709, 742, 753, 778, 780, 782, 807, 819, 825, 867, 873, 879, 902, 905, 942,
];

/// The other members' area codes.
#[rustfmt::skip]
const OTHERS: [(u16, &str); 27] = [
    (242, "BS"), (246, "BB"), (264, "AI"), (268, "AG"), (284, "VG"), (340, "VI"), (345, "KY"), (441, "BM"),
    (473, "GD"), (649, "TC"), (658, "JM"), (876, "JM"), (664, "MS"), (670, "MP"), (671, "GU"), (684, "AS"),
    (721, "SX"), (758, "LC"), (767, "DM"), (784, "VC"), (787, "PR"), (939, "PR"), (809, "DO"), (829, "DO"),
    (849, "DO"), (868, "TT"), (869, "KN"),
];

/// The country of ten digits; what is not elsewhere is the United States'.
pub(super) fn country(national: &str) -> &'static str {
    let area = national.get(..3).and_then(|area| area.parse::<u16>().ok()).unwrap_or(0);
    match OTHERS.iter().find(|(code, _)| *code == area) {
        Some((_, country)) => country,
        None if CANADA.contains(&area) => "CA",
        None => "US",
    }
}

/// Whether a country (ISO 3166-1) is numbered by this plan.
pub(super) fn is_member(country: &str) -> bool {
    matches!(country, "US" | "CA") || OTHERS.iter().any(|(_, member)| *member == country)
}

/// Whether ten digits can be a subscriber's: area and exchange begin with 2 to 9 and are no service codes.
/// All of area 555, which is nobody's, passes: simulated phones live there.
pub(super) fn is_valid(national: &str) -> bool {
    let starts = |at: usize| national.as_bytes().get(at).is_some_and(|byte| (b'2'..=b'9').contains(byte));
    let service = |at: usize| national.get(at + 1..at + 3) == Some("11");
    if national.starts_with("555") {
        return true;
    }
    starts(0) && starts(3) && !service(0) && !service(3) && national.as_bytes().get(1) != Some(&b'9')
}

/// The kind of line an area code promises. Fixed and mobile lines share the others.
pub(super) fn line_type(national: &str) -> LineType {
    match national.get(..3) {
        Some("800" | "822" | "833" | "844" | "855" | "866" | "877" | "888") => LineType::TollFree,
        Some("900") => LineType::Premium,
        Some("521" | "522" | "523" | "524" | "525" | "526" | "527" | "528" | "529" | "533" | "544") => {
            LineType::Personal
        }
        _ => LineType::Mobile,
    }
}
