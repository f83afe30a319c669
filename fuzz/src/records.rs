//! What is read from stores, files and other services.

use jiff::civil::Date;
use si_channel_core::address::Address;
use si_channel_core::cloudevent::CloudEvent;
use si_channel_core::erasure::{Person, Token};
use si_channel_core::event::Event;
use si_channel_core::input::Input;
use si_channel_core::language::Language;
use si_channel_core::place;
use si_channel_core::retention::Schedule;
use si_channel_core::rules::{Rules, SetFile};
use si_channel_core::text::Locales;

/// An address reads back as it is written, and its `Debug` does not show the number.
pub(crate) fn address(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(address) = text.parse::<Address>() else { return };
    assert_eq!(address.to_string().parse::<Address>().as_ref(), Ok(&address));
    let shown = format!("{address:?}");
    // Behind the channel's prefix, which an identity may be called after.
    let shown = shown.split_once(':').map_or(shown.as_str(), |(_, rest)| rest);
    if address.value().len() > 7 {
        assert!(!shown.contains(address.value()), "{address:?}");
    }
    let _ = place::issued(&address);
}

/// A rule set is taken whole or refused with where and why.
pub(crate) fn rules(data: &[u8]) {
    let Some((which, text)) = data.split_first() else { return };
    let name = Rules::SETS[usize::from(*which) % Rules::SETS.len()];
    let text = String::from_utf8_lossy(text).into_owned();
    let file = SetFile { name: name.to_owned(), file: format!("{name}.toml"), text };
    if let Err(problems) = Rules::load(&[file], Date::constant(2026, 11, 21)) {
        assert!(!problems.to_string().is_empty());
    }
}

/// A retention schedule, likewise.
pub(crate) fn retention(data: &[u8]) {
    let Ok(shipped) = Schedule::shipped() else { return };
    if let Err(error) = shipped.with("own.toml", &String::from_utf8_lossy(data)) {
        assert!(!error.to_string().is_empty());
    }
}

/// A language file, likewise.
pub(crate) fn locale(data: &[u8]) {
    let language: Language = "fr".parse().expect("a language");
    if let Err(errors) = Locales::check(&language, &String::from_utf8_lossy(data)) {
        assert!(!errors.is_empty());
    }
}

/// An input that can be read can be written and read again.
pub(crate) fn input(data: &[u8]) {
    let Ok(input) = serde_json::from_slice::<Input>(data) else { return };
    let written = serde_json::to_string(&input).expect("what was read can be written");
    assert_eq!(serde_json::from_str::<Input>(&written).ok(), Some(input));
}

/// An event, likewise.
pub(crate) fn event(data: &[u8]) {
    let Ok(published) = serde_json::from_slice::<CloudEvent>(data) else { return };
    let _ = Event::read(&published.kind, published.data);
}

/// Nothing of an erased number is left in a record.
pub(crate) fn erasure(data: &[u8]) {
    let Ok(mut record) = serde_json::from_slice::<serde_json::Value>(data) else { return };
    let ann: Address = crate::support::ANN.parse().expect("an address");
    let person = Person::new(&ann, Token::new([7; 16]));
    person.clean(&mut record, true);
    let left = record.to_string();
    assert!(!person.is_in(&left), "{left}");
    // With further digits behind it, it is no number of theirs.
    let goes_on = |rest: &str| rest.starts_with(|next: char| next.is_ascii_digit());
    assert!(left.split("+15551110001").skip(1).all(goes_on), "{left}");
}
