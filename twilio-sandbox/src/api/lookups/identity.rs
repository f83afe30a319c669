//! Compares what a caller believes of a person with whose line it is.

use serde_json::{Map, Value, json};

use crate::state::line::Owner;

/// The `identity_match` package. A claim that was not made has no match; without an owner there is no data.
pub(super) fn compare(claim: &Owner, owner: Option<&Owner>) -> Value {
    let mut package = Map::new();
    let (mut points, mut claims) = (0, 0);
    for (name, read) in PARTS {
        let matched = read(claim).map(|claimed| match owner.and_then(read) {
            None => ("no_data_available", 0),
            Some(known) => degree(claimed, known),
        });
        if let Some((_, part)) = matched {
            points += part;
            claims += 1;
        }
        package.insert(name.to_owned(), json!(matched.map(|(word, _)| word)));
    }
    let score: Option<u32> = points.checked_div(claims);
    package.insert("summary_score".to_owned(), json!(score));
    package.insert("error_code".to_owned(), Value::Null);
    package.insert("error_message".to_owned(), Value::Null);
    Value::Object(package)
}

/// Reads one part of a person.
type Part = fn(&Owner) -> Option<&str>;

const PARTS: [(&str, Part); 9] = [
    ("first_name_match", |it| it.first_name.as_deref()),
    ("last_name_match", |it| it.last_name.as_deref()),
    ("address_lines_match", |it| it.address_line.as_deref()),
    ("city_match", |it| it.city.as_deref()),
    ("state_match", |it| it.state.as_deref()),
    ("postal_code_match", |it| it.postal_code.as_deref()),
    ("address_country_match", |it| it.country_code.as_deref()),
    ("national_id_match", |it| it.national_id.as_deref()),
    ("date_of_birth_match", |it| it.date_of_birth.as_deref()),
];

/// How far two texts agree, in Twilio's words and in points of 100.
fn degree(claimed: &str, known: &str) -> (&'static str, u32) {
    let (claimed, known) = (claimed.to_lowercase(), known.to_lowercase());
    if claimed == known {
        ("exact_match", 100)
    } else if known.starts_with(&claimed) || claimed.starts_with(&known) {
        ("high_partial_match", 80)
    } else if known.split(' ').any(|word| claimed.split(' ').any(|other| word == other)) {
        ("partial_match", 50)
    } else {
        ("no_match", 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_claim_is_compared_and_the_score_is_their_mean() {
        let person = |first: &str, last: &str| Owner {
            first_name: Some(first.to_owned()),
            last_name: Some(last.to_owned()),
            ..Owner::default()
        };
        for (claim, first, last, score) in [
            (person("ann", "Doe"), "exact_match", "exact_match", 100),
            (person("An", "Smith"), "high_partial_match", "no_match", 40),
            (person("Ann", "Mary Doe"), "exact_match", "partial_match", 75),
        ] {
            let package = compare(&claim, Some(&person("Ann", "Doe")));
            assert_eq!(
                (&package["first_name_match"], &package["last_name_match"]),
                (&json!(first), &json!(last))
            );
            assert_eq!((&package["summary_score"], &package["city_match"]), (&json!(score), &Value::Null));
        }
        assert_eq!(compare(&person("Ann", "Doe"), None)["first_name_match"], "no_data_available");
    }
}
