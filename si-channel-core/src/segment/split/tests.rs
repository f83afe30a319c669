use super::*;
use crate::segment::count;

fn units(max_units: usize) -> SplitPolicy {
    SplitPolicy { max_units, max_segments: None }
}

fn segments(max_segments: usize) -> SplitPolicy {
    SplitPolicy { max_segments: Some(max_segments), ..SplitPolicy::default() }
}

#[test]
fn text_that_fits_is_one_message() {
    assert_eq!(split("Hello, world.", &units(13)), ["Hello, world."]);
    assert_eq!(split(&"a".repeat(1600), &SplitPolicy::default()).len(), 1);
    assert_eq!(split(&"a".repeat(1601), &SplitPolicy::default()).len(), 2);
}

#[test]
fn blank_text_is_no_message() {
    for blank in ["", " ", "\r\n\t\u{3000}\u{a0}"] {
        assert!(split(blank, &units(2)).is_empty(), "{blank:?}");
    }
}

#[test]
fn cut_falls_at_the_best_kind_of_place_in_reach() {
    let cases = [
        // A paragraph before a line, a line before a sentence, a sentence before a word.
        (15, "One.\n\nTwo. Three four", vec!["One.", "Two. Three four"]),
        (18, "One two.\nThree four. Five", vec!["One two.", "Three four. Five"]),
        (20, "One two. Three four five six", vec!["One two.", "Three four five six"]),
        (12, "One two three four", vec!["One two", "three four"]),
        (12, "A\r\n\r\nB\r\nC D E F", vec!["A", "B\r\nC D E F"]),
        // The end of a word at the limit itself.
        (7, "One two three", vec!["One two", "three"]),
        // White space at the cut goes, however much there is.
        (5, "  One  \t           two  ", vec!["One", "two"]),
    ];
    for (limit, text, expected) in cases {
        assert_eq!(split(text, &units(limit)), expected, "{text:?}");
    }
}

#[test]
fn sentence_ends_after_its_mark_and_closing_quotes_only() {
    let cases = [
        (24, "He said \"go!\" Then he left it", "He said \"go!\""),
        (24, "Ask e.g. Ann or else anybody", "Ask e.g. Ann or else"),
        (24, "Call J. Smith or Ann today", "Call J. Smith or Ann"),
        (24, "It costs 3.50 or so in all", "It costs 3.50 or so in"),
        (24, "See vers. two of it and go on", "See vers. two of it and"),
        (24, "Really?! Nobody knew about it", "Really?!"),
        (24, "क्या हाल है। सब ठीक है आज यहाँ", "क्या हाल है।"),
    ];
    for (limit, text, first) in cases {
        assert_eq!(split(text, &units(limit))[0], first, "{text:?}");
    }
}

#[test]
fn script_without_spaces_is_cut_at_its_marks_then_between_words() {
    assert_eq!(split("今天下雨。带把伞吧，别忘了。", &units(8)), ["今天下雨。", "带把伞吧，", "别忘了。"]);
    assert_eq!(split("他说「好。」然后走了", &units(7)), ["他说「好。」", "然后走了"]);
    assert_eq!(split("一二三四五六七", &units(4)), ["一二三四", "五六七"]);
}

#[test]
fn guidance_comes_first_and_counts_only_when_a_cut_is_needed() {
    let text = "One two. Three four five";
    assert_eq!(split_at(text, &[14], &units(40)), [text]);
    assert_eq!(split_at(text, &[14], &units(20)), ["One two. Three", "four five"]);
    // Offsets that cannot be used leave the rules as they are.
    let ruled = split(text, &units(20));
    assert_eq!(split_at(text, &[0, 999, text.len()], &units(20)), ruled);
    let accented = "o\u{301}o\u{301}o\u{301} two three";
    assert_eq!(split_at(accented, &[1, 2], &units(10)), split(accented, &units(10)));
}

#[test]
fn marks_are_taken_out_and_become_guidance() {
    let (text, marks) = take_marks("Intro.<break>Part one. More.<break>End", "<break>");
    assert_eq!((text.as_str(), marks.as_slice()), ("Intro.Part one. More.End", [6, 21].as_slice()));
    assert_eq!(split_at(&text, &marks, &units(18)), ["Intro.", "Part one. More.End"]);
    assert_eq!(take_marks("a", ""), ("a".to_owned(), vec![]));
}

#[test]
fn url_stays_whole_while_a_part_can_hold_it() {
    let url = "https://example.com/a/path?with=query&and=more";
    for limit in url.len()..url.len() + 30 {
        for text in [
            format!("Please look at this page: {url} and say"),
            format!("请看这个页面{url}，谢谢"),
            format!("({url}). Then"),
        ] {
            let parts = split(&text, &units(limit));
            let whole = parts.iter().map(|part| part.matches(url).count()).sum::<usize>();
            assert_eq!(whole, text.matches(url).count(), "{limit}: {parts:?}");
        }
    }
    let no_scheme = "看WWW.example.com/a-b/c-d好";
    assert!(split(no_scheme, &units(24)).iter().any(|part| part.contains("WWW.example.com/a-b/c-d")));
}

#[test]
fn url_longer_than_a_part_is_cut_and_nothing_lost() {
    let url = format!("https://example.com/{}", "a".repeat(50));
    let parts = split(&format!("Go: {url} now"), &units(30));
    assert_eq!(parts[0], "Go:");
    assert_eq!(parts.concat(), format!("Go:{url} now"));
}

#[test]
fn guidance_inside_a_url_is_not_used() {
    let text = "Go to https://example.com/ab now or never";
    assert_eq!(split_at(text, &[20], &units(33)), split(text, &units(33)));
}

#[test]
fn long_word_is_cut_between_clusters() {
    let family = "👨‍👩‍👧‍👦";
    let parts = split(&family.repeat(5), &units(25));
    assert_eq!(parts, [family.repeat(2), family.repeat(2), family.to_owned()]);
}

#[test]
fn cluster_longer_than_a_part_is_cut_between_characters() {
    let text = "o".to_owned() + &"\u{301}".repeat(9);
    assert_eq!(
        split(&text, &units(4)).iter().map(|part| part.chars().count()).collect::<Vec<_>>(),
        [4, 4, 2]
    );
    assert_eq!(split("😀😀", &units(0)), ["😀", "😀"]);
}

#[test]
fn no_break_space_holds_words_together() {
    assert_eq!(split("It is 10\u{a0}km away", &units(9)), ["It is", "10\u{a0}km", "away"]);
}

#[test]
fn segments_of_a_message_are_limited_in_either_encoding() {
    let gsm = "word ".repeat(100);
    let ucs2 = "слово ".repeat(100);
    let late = format!("{} слово", "word ".repeat(60));
    for text in [gsm, ucs2, late, "[]".repeat(400), "😀".repeat(400)] {
        for limit in 1..=3 {
            let parts = split(&text, &segments(limit));
            assert!(parts.iter().all(|part| count(part).segments <= limit), "{limit}: {parts:?}");
        }
    }
    assert_eq!(
        split(&"a".repeat(480), &segments(1)).iter().map(String::len).collect::<Vec<_>>(),
        [160, 160, 160]
    );
    assert_eq!(split(&"a".repeat(480), &segments(2)).iter().map(String::len).collect::<Vec<_>>(), [306, 174]);
}

#[test]
fn character_outside_gsm_does_not_shorten_the_part_before_it() {
    let parts = split(&format!("{}я", "word ".repeat(30)), &segments(1));
    assert_eq!(parts, ["word ".repeat(30).trim_end(), "я"]);
}

#[test]
fn cut_keeps_most_of_what_it_may_and_loses_nothing_of_the_rest() {
    let cases = [
        ("Short.", 6, "Short."),
        ("Intro.\n\nOne two three. Four five six", 28, "Intro.\n\nOne two three."),
        ("Intro.\n\nOne two three four five six", 28, "Intro.\n\nOne two three four"),
        ("One two", 0, ""),
        ("😀😀", 1, ""),
        ("ab", 1, ""),
        ("a", 1, "a"),
        ("", 0, ""),
    ];
    for (text, limit, kept) in cases {
        let rest = &text[kept.len()..];
        assert_eq!(cut(text, limit), (kept, rest), "{text:?}");
    }
}

#[test]
fn policy_reads_from_nothing() {
    assert_eq!(serde_json::from_str::<SplitPolicy>("{}").unwrap(), SplitPolicy::default());
    assert!(serde_json::from_str::<SplitPolicy>(r#"{"max_unit":1}"#).is_err());
}

#[test]
fn f54_a_text_of_1600_characters_is_one_message_and_of_1601_two() {
    for piece in ["a", "é", "я", "界"] {
        assert_eq!(split(&piece.repeat(1600), &SplitPolicy::default()).len(), 1, "{piece}");
        let parts = split(&piece.repeat(1601), &SplitPolicy::default());
        assert_eq!(parts.iter().map(|part| part.chars().count()).collect::<Vec<_>>(), [1600, 1], "{piece}");
    }
    // An emoji is two UTF-16 units, so that one fits across the limit under no reading of "character".
    let parts = split(&("a".repeat(1599) + "😀"), &SplitPolicy::default());
    assert_eq!(parts, ["a".repeat(1599).as_str(), "😀"]);
}

#[test]
fn f54_families_stay_together_across_messages() {
    let family = "👨‍👩‍👧‍👦";
    let text = "a".repeat(1590) + &family.repeat(3);
    assert_eq!(split(&text, &SplitPolicy::default()), ["a".repeat(1590), family.repeat(3)]);
    let parts = split(&family.repeat(200), &SplitPolicy::default());
    assert!(parts.iter().all(|part| part.replace(family, "").is_empty()), "{parts:?}");
}
