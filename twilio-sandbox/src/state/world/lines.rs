//! What kind of line a phone has.

use super::World;
use crate::state::line::Line;
use crate::state::numbering::{self, LineType};

impl World {
    /// What the controls said of a phone's line.
    pub(crate) fn line(&self, address: &str) -> Option<&Line> {
        self.lines.known.get(plain(address))
    }

    /// The type of a phone's line: as a control said, `nonFixedVoip` for the account's own numbers, otherwise what
    /// the digits promise.
    pub(crate) fn line_type(&self, address: &str) -> LineType {
        let address = plain(address);
        if let Some(told) = self.line(address).and_then(|line| line.line_type) {
            return told;
        }
        match numbering::line_type(address) {
            LineType::Mobile | LineType::Landline if self.number(address).is_some() => LineType::NonFixedVoip,
            promised => promised,
        }
    }
}

/// The number of an address, without its channel.
fn plain(address: &str) -> &str {
    address.rsplit_once(':').map_or(address, |(_, number)| number)
}
