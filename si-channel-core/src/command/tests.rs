use super::*;

fn join(code: &str, name: Option<&str>) -> Command {
    Command::Join { code: code.to_owned(), name: name.map(str::to_owned) }
}

/// Equal, with a message that shows what `Debug` hides.
#[track_caller]
fn assert_read(body: &str, expected: impl Into<Option<Command>>) {
    let (read, expected) = (parse(body), expected.into());
    let shown = serde_json::to_string(&(&read, &expected)).unwrap();
    assert!(read == expected, "{body:?}: read and expected {shown}");
}

#[test]
fn single_words_are_commands_as_whole_messages() {
    for (body, expected) in [
        ("leave", Some(Command::Leave)),
        ("LEAVE!", Some(Command::Leave)),
        ("  Leave .\n", Some(Command::Leave)),
        ("\"leave\"", Some(Command::Leave)),
        ("\u{200e}close\u{200b}", Some(Command::Close)),
        ("Invite…", Some(Command::Invite)),
        ("leave me alone", None),
        ("leave?", None),
        ("close the door", None),
        ("invite Ann", None),
        ("please leave", None),
        ("join", None),
        ("name", None),
        ("", None),
        ("...", None),
    ] {
        assert_read(body, expected);
    }
}

#[test]
fn join_reads_the_code_however_it_was_typed() {
    for body in [
        "join 7KQ2M9XDAB",
        "Join 7kq2m9xdab",
        "JOIN 7kq2m-9xdab.",
        "join\t7kq2m 9xdab",
        "join 7kq2 m9xd ab",
        "join 7kq2m\u{2013}9xdab!",
        "join   \"7KQ2M9XDAB\"",
        "join\n7KQ2M9XDAB",
    ] {
        assert_read(body, join("7KQ2M9XDAB", None));
    }
    assert_read("join oilOIL2345", join("0110112345", None));
}

#[test]
fn join_takes_what_follows_the_code_as_a_name() {
    for (body, name) in [
        ("join 7kq2m9xdab Ann", "Ann"),
        ("join 7kq2m-9xdab, Ann Lee.", "Ann Lee"),
        ("join 7kq2m 9xdab Ann", "Ann"),
        ("join 7kq2m9xdab Jo", "Jo"),
        ("join 7kq2m9xdab  Zoë \u{202e}\u{7}  Müller\n", "Zoë Müller"),
        ("join 7kq2m9xdab 👩🏽‍🚀", "👩🏽‍🚀"),
    ] {
        assert_read(body, join("7KQ2M9XDAB", Some(name)));
    }
}

#[test]
fn code_of_another_length_is_read_as_one_when_it_has_a_digit() {
    assert_read("join 7kq2-m9xd Ann", join("7KQ2M9XD", Some("Ann")));
    assert_read("join 7kq2m9xdabc", join("7KQ2M9XDABC", None));
    for body in ["join together", "join tomorrow", "join 7kq2", "join 7kq2 Ann"] {
        assert_read(body, None);
    }
    let eight = parse_with("join 7kq2 m9xd Jo", 8);
    assert!(eight == Some(join("7KQ2M9XD", Some("Jo"))));
}

#[test]
fn join_without_a_code_is_a_message_for_si() {
    for body in
        ["join us for lunch", "join me", "join 7kq2m9xdau", "joining 7kq2m9xdab", "join the 2 of us at 7"]
    {
        assert_read(body, None);
    }
}

#[test]
fn name_is_cleaned_and_a_long_one_or_a_question_is_no_command() {
    let longest = "é".repeat(40);
    for (body, name) in [
        ("name Ann", Some("Ann")),
        ("NAME  Ann \u{0} Lee!", Some("Ann Lee")),
        ("name \"Ann\"", Some("Ann")),
        ("name \u{200b}\u{202e}", None),
        ("Name: Ann", None),
        ("name three rivers in Europe?", None),
        (&format!("name {longest}"), Some(longest.as_str())),
        (&format!("name {longest}x"), None),
    ] {
        assert_read(body, name.map(|name| Command::Name(name.to_owned())));
    }
}

#[test]
fn name_is_cut_at_forty_clusters() {
    assert_eq!(clean_name(&"👍🏽".repeat(41)), Some("👍🏽".repeat(40)));
    let marks = "o".to_owned() + &"\u{301}".repeat(1000);
    assert_eq!(clean_name(&marks), None);
    assert_eq!(clean_name(&format!("Al {marks}")), Some("Al".to_owned()));
    assert_eq!(clean_name("\r\n \u{feff}"), None);
}

#[test]
fn debug_shows_neither_code_nor_name() {
    let shown = format!("{:?} {:?}", parse("join 7kq2m9xdab Ann"), parse("name Ann"));
    assert_eq!(shown, "Some(Command(join)) Some(Command(name))");
}
