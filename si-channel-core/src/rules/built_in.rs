//! The sets that come with the channel.

pub(super) const NAMES: [&str; 6] =
    ["quiet_hours", "holidays", "revocation", "opt_in", "recording", "whatsapp"];

/// The text of a set.
pub(super) fn text(name: &str) -> &'static str {
    match name {
        "quiet_hours" => include_str!("../../rules/quiet_hours.toml"),
        "holidays" => include_str!("../../rules/holidays.toml"),
        "revocation" => include_str!("../../rules/revocation.toml"),
        "opt_in" => include_str!("../../rules/opt_in.toml"),
        "recording" => include_str!("../../rules/recording.toml"),
        "whatsapp" => include_str!("../../rules/whatsapp.toml"),
        _ => "",
    }
}
