//! Carriers' filters: words that do not get through.

/// Whether a text contains one of the words or phrases, as whole words in any case.
pub(crate) fn is_filtered(words: &[String], text: &str) -> bool {
    let text = normal(text);
    words.iter().map(|word| normal(word)).any(|word| word.trim() != "" && text.contains(&word))
}

/// Letters and digits in lower case, everything else a single space, with one at either end.
fn normal(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(" ".to_owned(), |line, word| line + &word.to_lowercase() + " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_and_phrases_are_found_in_any_case_and_punctuation() {
        let words = ["Lottery".to_owned(), "free money".to_owned(), " ".to_owned()];
        for (text, hit) in [
            ("You won the LOTTERY!", true),
            ("Get FREE,\nmoney", true),
            ("lotteries", false),
            ("free the money", false),
            ("", false),
        ] {
            assert_eq!(is_filtered(&words, text), hit, "{text:?}");
        }
    }
}
