use jiff::civil::date;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn place(text: &str) -> Place {
    text.parse().unwrap()
}

fn replaced(name: &str, text: &str) -> Result<Rules, RuleProblems> {
    let file =
        SetFile { name: name.to_owned(), file: format!("/etc/rules/{name}.toml"), text: text.to_owned() };
    Rules::load(&[file], date(2026, 11, 21))
}

fn problems(name: &str, text: &str) -> Vec<String> {
    match replaced(name, text) {
        Ok(_) => Vec::new(),
        Err(RuleProblems(problems)) => problems.iter().map(ToString::to_string).collect(),
    }
}

const HEAD: &str = "version = \"1\"\nexpires = \"2027-06-01\"\n";

#[test]
fn the_rules_built_in_are_whole_and_in_force() {
    let rules = Rules::load(&[], date(2026, 11, 21)).unwrap();
    assert_eq!(rules, Rules::default());
    let counts: Vec<_> = rules.summaries().iter().map(|set| (set.name, set.rules.len() > 1)).collect();
    assert_eq!(counts, Rules::SETS.map(|name| (name, true)));
}

#[test]
fn f50_an_opt_out_of_a_topic_stops_everything_from_31_january_2027() {
    let rules = Rules::default();
    let scope = |profile, now| rules.revocation_scope(profile, at(now)).0;
    let (before, after) = ("2027-01-30T23:59:59Z", "2027-01-31T00:00:00Z");
    assert_eq!(scope(RevocationProfile::Topic, before), Breadth::Purpose);
    assert_eq!(scope(RevocationProfile::Topic, after), Breadth::All);
    assert_eq!(scope(RevocationProfile::Channel, before), Breadth::Channel);
    assert_eq!(scope(RevocationProfile::Channel, after), Breadth::All);
    for now in [before, after] {
        assert_eq!(scope(RevocationProfile::All, now), Breadth::All);
    }
}

#[test]
fn consent_begins_twice_where_practice_asks_for_it() {
    let rules = Rules::default();
    let now = at("2026-11-21T10:00:00Z");
    for (country, kind) in
        [("DE", OptIn::Double), ("AT", OptIn::Double), ("US", OptIn::Single), ("XX", OptIn::Single)]
    {
        assert_eq!(rules.opt_in(Some(place(country)), now), kind, "{country}");
    }
    assert_eq!(rules.opt_in(None, now), OptIn::Single);
}

#[test]
fn whatsapp_bars_general_assistants_but_for_exempt_countries() {
    let rules = Rules::default();
    let policy = |places: &[&str], assistant, now| {
        let places: Vec<Place> = places.iter().map(|text| place(text)).collect();
        rules.whatsapp(&places, assistant, at(now)).0
    };
    let now = "2026-11-21T10:00:00Z";
    for (country, expected) in [
        ("US", WhatsappPolicy::Deny),
        ("GB", WhatsappPolicy::Deny),
        ("IT", WhatsappPolicy::Allow),
        ("BR", WhatsappPolicy::Allow),
        ("DE", WhatsappPolicy::Allow),
    ] {
        assert_eq!(policy(&[country], Assistant::General, now), expected, "{country}");
        assert_eq!(policy(&[country], Assistant::Ancillary, now), WhatsappPolicy::Allow);
    }
    assert_eq!(policy(&["DE"], Assistant::General, "2026-06-08T23:59:59Z"), WhatsappPolicy::Deny);
    assert_eq!(policy(&["DE"], Assistant::General, "2026-06-09T00:00:00Z"), WhatsappPolicy::Allow);
    assert_eq!(policy(&["US"], Assistant::General, "2026-01-14T23:59:59Z"), WhatsappPolicy::Allow);
    assert_eq!(policy(&["IT", "US"], Assistant::General, now), WhatsappPolicy::Deny, "the strictest");
    assert_eq!(policy(&[], Assistant::General, now), WhatsappPolicy::Deny, "an unknown country");
}

#[test]
fn holidays_fall_and_are_observed_on_their_days() {
    let rules = Rules::default();
    for (calendar, day) in [
        ("US", date(2026, 1, 19)),
        ("US", date(2026, 5, 25)),
        ("US", date(2026, 7, 3)), // the 4th is a Saturday
        ("US", date(2026, 7, 4)),
        ("US", date(2026, 11, 26)),
        ("US", date(2021, 12, 31)), // 1 January 2022 is a Saturday
        ("US", date(2023, 1, 2)),   // 1 January 2023 is a Sunday
        ("FR", date(2026, 4, 6)),
        ("FR", date(2026, 5, 14)),
        ("FR", date(2026, 5, 25)),
        ("FR", date(2026, 7, 14)),
    ] {
        assert!(rules.is_holiday(calendar, day), "{calendar} {day}");
    }
    for (calendar, day) in [
        ("US", date(2026, 11, 25)),
        ("US", date(2020, 6, 19)),
        ("US", date(2026, 7, 14)),
        ("FR", date(2026, 7, 4)),
        ("FR", date(2022, 12, 26)), // France observes nothing on another day
        ("XX", date(2026, 12, 25)),
    ] {
        assert!(!rules.is_holiday(calendar, day), "{calendar} {day}");
    }
}

#[test]
fn a_set_given_replaces_the_one_built_in() {
    let text = format!(
        "{HEAD}[[rule]]\nid = \"a\"\nplaces = [\"*\"]\nkind = \"double\"\nsource = \"us\"\nmark = \"primary\"\n"
    );
    let rules = replaced("opt_in", &text).unwrap();
    assert_eq!(rules.opt_in(Some(place("US")), at("2026-11-21T10:00:00Z")), OptIn::Double);
    assert_eq!(rules.summaries()[3].file, "/etc/rules/opt_in.toml");
}

#[test]
fn f50_what_is_wrong_is_told_with_file_line_and_mend() {
    let rule = |id: &str, more: &str| {
        format!(
            "[[rule]]\nid = \"{id}\"\nplaces = [\"*\"]\nkind = \"single\"\nsource = \"us\"\nmark = \"primary\"\n{more}"
        )
    };
    let cases = [
        (String::new(), ":1: missing field `version`"),
        (format!("{HEAD}rule = 1"), ":3: invalid type: integer `1`"),
        (format!("{HEAD}[[rule]\n"), ":3: "),
        (format!("{HEAD}{}kind2 = 1\n", rule("a", "")), ":9: unknown field `kind2`"),
        (format!("{HEAD}{}", rule("a", "").replace("\"*\"", "\"de\"")), ":5: not a place"),
        (format!("{HEAD}{}", rule("a", "").replace("primary", "sure")), ":8: unknown variant `sure`"),
        (format!("{HEAD}{}", rule("a", "from = \"2026-13-01\"\n")), ":9: "),
        (format!("{HEAD}{}", rule("a", "").replace("\"us\"", "\" \"")), ":3: rule \"a\" names no source"),
        (
            format!("{HEAD}{}{}", rule("a", ""), rule("a", "")),
            ":9: the id \"a\" is taken by the rule of line 3",
        ),
        (
            format!("{HEAD}{}{}", rule("a", ""), rule("b", "").replace("single", "double")),
            ":9: rule \"b\" contradicts \"a\" of line 3: both hold for * at once",
        ),
        (
            format!("{HEAD}{}", rule("a", "from = \"2026-01-02\"\nuntil = \"2026-01-02\"\n")),
            ":3: rule \"a\" ends on 2026-01-02, before it begins on 2026-01-02",
        ),
        (
            format!("{HEAD}{}", rule("a", "until = \"2027-01-01\"\n")),
            ":2: no rule is about \"*\" on 2027-01-01",
        ),
        (format!("{HEAD}{}", rule("a", "").replace("\"*\"", "\"DE\"")), ":2: no rule is about \"*\""),
        (
            format!("{}{}", HEAD.replace("2027-06-01", "2026-11-21"), rule("a", "")),
            ":2: the rules have expired on 2026-11-21",
        ),
        (format!("{}{}", HEAD.replace("\"1\"", "\"\""), rule("a", "")), ":1: the version is empty"),
    ];
    for (text, expected) in cases {
        let found = problems("opt_in", &text);
        let expected = format!("/etc/rules/opt_in.toml{expected}");
        assert!(
            found.iter().any(|problem| problem.starts_with(&expected) && problem.contains("; ")),
            "expected {expected}\nfound {found:#?}\n{text}"
        );
    }
}

#[test]
fn a_rule_may_take_over_on_the_day_on_which_another_ends() {
    let rule = |id: &str, kind: &str, dates: &str| {
        format!(
            "[[rule]]\nid = \"{id}\"\nplaces = [\"*\"]\nkind = \"{kind}\"\nsource = \"us\"\nmark = \"primary\"\n{dates}"
        )
    };
    let (a, b) =
        (rule("a", "single", "until = \"2027-01-01\"\n"), rule("b", "double", "from = \"2027-01-01\"\n"));
    let rules = replaced("opt_in", &format!("{HEAD}{a}{b}")).unwrap();
    assert_eq!(rules.opt_in(None, at("2026-12-31T23:59:59Z")), OptIn::Single);
    assert_eq!(rules.opt_in(None, at("2027-01-01T00:00:00Z")), OptIn::Double);
    // Two that say the same may overlap.
    let twice = format!("{HEAD}{}{}", rule("a", "single", ""), rule("b", "single", ""));
    assert!(replaced("opt_in", &twice).is_ok());
}

#[test]
fn an_unknown_set_and_an_unknown_calendar_are_refused() {
    assert!(problems("optin", "")[0].starts_with("/etc/rules/optin.toml:1: there is no rule set \"optin\""));
    let hours = format!(
        "{HEAD}[[rule]]\nid = \"a\"\nplaces = [\"*\", \"strict\"]\nhours = \"08:00-21:00\"\nholidays = \"DE\"\n\
         holiday = \"closed\"\nsource = \"us\"\nmark = \"primary\"\n"
    );
    assert!(
        problems("quiet_hours", &hours)[0].contains(":3: rule \"a\": no holiday is of the calendar \"DE\"")
    );
    for wrong in ["21:00-08:00", "8-21", "08:00-24:01", "08:60-21:00", "always"] {
        let found = problems("quiet_hours", &hours.replace("08:00-21:00", wrong));
        assert!(found[0].contains(":6: expected hours of one day"), "{wrong}: {found:?}");
    }
}
