//! The known name that an unknown one most resembles.

/// The candidate that differs from `name` by few letters; `None` when none is close enough to be meant.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters, at least two: enough for a slip, too few for another word.
    let allowed = (name.chars().count() / 3).max(2);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_its_word_and_another_word_finds_none() {
        let known = ["listen", "public_url", "twilio.base_url", "to"];
        assert_eq!(nearest("lisen", known), Some("listen"));
        assert_eq!(nearest("publicurl", known), Some("public_url"));
        assert_eq!(nearest("twilio.baseurl", known), Some("twilio.base_url"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("xy", known), None);
    }
}
