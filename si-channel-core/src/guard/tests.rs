use super::*;
use crate::guidance::Guidance;

fn policy(guard: &str) -> Policy {
    Policy { guard: serde_json::from_str(guard).unwrap(), ..Policy::default() }
}

type Noted = (GuardRule, GuardAction, Option<String>);

fn said(text: &str, guard: &str) -> (String, Vec<Noted>, bool) {
    let examined = examine(&Utterance::text(text), &policy(guard));
    let notes = examined.notes.into_iter().map(|note| (note.rule, note.action, note.what)).collect();
    (examined.utterance.words().to_owned(), notes, examined.blocked)
}

const HOSTS: &str = r#"{"link_hosts":["example.com"]}"#;

#[test]
fn f59_what_breaks_a_rule_is_left_out_by_default_and_noted() {
    use GuardAction::{Blocked, Rewritten};
    use GuardRule::{CardNumber, Link, ReservedWord};
    for (text, left, notes, blocked) in [
        ("See you at five.", "See you at five.", vec![], false),
        (
            "Your table is at 5. Reply YES to confirm.",
            "Your table is at 5.",
            vec![(ReservedWord, Rewritten, Some("YES"))],
            false,
        ),
        ("👍\r\n", "👍\n", vec![], false),
        ("Reply YES to confirm.", "", vec![(ReservedWord, Blocked, Some("YES"))], true),
        (
            "Your card 4111 1111 1111 1111 works.",
            "Your card **** 1111 works.",
            vec![(CardNumber, Rewritten, None)],
            false,
        ),
        (
            "See https://evil.test/x or https://www.example.com/y.",
            "See [...] or https://www.example.com/y.",
            vec![(Link, Rewritten, Some("evil.test"))],
            false,
        ),
        (
            "Text STOP to 4111 1111 1111 1111. Fine?",
            " Fine?",
            vec![(ReservedWord, Rewritten, Some("STOP")), (CardNumber, Rewritten, None)],
            false,
        ),
    ] {
        let notes: Vec<_> = notes.into_iter().map(|(r, a, w)| (r, a, w.map(str::to_owned))).collect();
        assert_eq!(said(text, HOSTS), (left.to_owned(), notes, blocked), "{text}");
    }
}

#[test]
fn each_rule_does_what_the_policy_says() {
    let text = "Pay with 4111111111111111 and reply YES";
    let (left, notes, blocked) = said(text, r#"{"reserved_words":"flag","card_numbers":"flag"}"#);
    assert_eq!((left.as_str(), notes.len(), blocked), (text, 2, false));
    assert!(notes.iter().all(|(_, action, _)| *action == GuardAction::Flagged));

    let (left, notes, blocked) = said(text, r#"{"reserved_words":"off","card_numbers":"off"}"#);
    assert_eq!((left.as_str(), notes.len(), blocked), (text, 0, false));

    let (left, notes, blocked) = said(text, r#"{"reserved_words":"off","card_numbers":"block"}"#);
    assert_eq!(
        (left.as_str(), blocked),
        ("Pay with **** 1111 and reply YES", true),
        "what is kept holds no card"
    );
    assert_eq!(notes[0].1, GuardAction::Blocked);

    assert_eq!(said("see evil.com", "{}").1.len(), 0, "any link goes unless hosts are named");
    assert!(serde_json::from_str::<GuardPolicy>(r#"{"cards":"off"}"#).is_err());
}

#[test]
fn places_to_split_at_move_with_the_text() {
    let text = "Hi. Reply YES now. Card 4111111111111111. Bye.".to_owned();
    let breaks = vec![3, 10, 18, 41];
    let summary = Some("Pay by 4111111111111111".to_owned());
    let guidance = Guidance { keep: vec![0..3, 24..40, 41..46], summary, ..Guidance::default() };
    let examined =
        examine(&Utterance::Text { text, breaks, guidance: Box::new(guidance) }, &Policy::default());
    let Utterance::Text { text, breaks, guidance } = examined.utterance else { panic!("a text") };
    assert_eq!(text, "Hi. Card **** 1111. Bye.");
    assert_eq!(breaks, [3, 3, 19]);
    assert_eq!(guidance.keep, [0..3, 9..18, 19..24]);
    assert_eq!(guidance.summary.as_deref(), Some("Pay by **** 1111"));
    assert!(breaks.iter().all(|at| text.is_char_boundary(*at)));
}

#[test]
fn values_of_templates_and_captions_are_looked_at_too() {
    let json = r#"{"template":{"content_sid":"HX0123456789abcdef0123456789abcdef","variables":{"1":"4111111111111111"}}}"#;
    let template: Utterance = serde_json::from_str(json).unwrap();
    let Utterance::Template { template } = examine(&template, &Policy::default()).utterance else {
        panic!("a template");
    };
    assert_eq!(template.variables["1"], "**** 1111");
    let json = r#"{"media":[{"url":"https://example.com/a.png"}],"text":"Nice. Reply STOP to end."}"#;
    let media: Utterance = serde_json::from_str(json).unwrap();
    assert_eq!(examine(&media, &Policy::default()).utterance.words(), "Nice.");
}

#[test]
fn a_caller_is_told_which_word_or_host() {
    for (text, says) in
        [("Reply YES to confirm", "answer with YES"), ("Hello", ""), ("Card 4111111111111111", "")]
    {
        let refusal = examine(&Utterance::text(text), &Policy::default())
            .refusal()
            .map_or_else(String::new, |refusal| refusal.to_string());
        assert!(refusal.contains(says) && refusal.is_empty() == says.is_empty(), "{text}: {refusal}");
    }
    let strict = policy(r#"{"links":"block","card_numbers":"block","link_hosts":[]}"#);
    let refusal = |text| {
        examine(&Utterance::text(text), &strict)
            .refusal()
            .map_or_else(String::new, |refusal| refusal.to_string())
    };
    assert!(refusal("see evil.com").contains("links to evil.com"));
    assert!(refusal("4111111111111111").contains("payment card"));
}
