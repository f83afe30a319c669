//! SIDs and secrets, repeatable from a seed.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// A source of names that depends on the seed and on how many were drawn before.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Sids {
    seed: u64,
    drawn: u64,
}

impl Sids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, drawn: 0 }
    }

    /// Draws other names from now on than it would have.
    pub(crate) fn draw_anew(&mut self, seed: u64) {
        self.seed ^= seed;
    }

    /// Two letters and 32 hexadecimal digits, as `^XX[0-9a-f]{32}$`.
    pub(crate) fn sid(&mut self, prefix: &str) -> String {
        format!("{prefix}{}", self.secret(prefix))
    }

    /// A number, such as the seed of other names.
    pub(crate) fn number(&mut self, purpose: &str) -> u64 {
        // 16 hexadecimal digits always fit.
        u64::from_str_radix(&self.secret(purpose)[..16], 16).unwrap_or_default()
    }

    /// 32 hexadecimal digits.
    pub(crate) fn secret(&mut self, purpose: &str) -> String {
        self.drawn += 1;
        self.last_secret(purpose)
    }

    /// The digits that were drawn last, if it was for that purpose.
    pub(crate) fn last_secret(&self, purpose: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(self.drawn.to_be_bytes());
        hash.update(purpose.as_bytes());
        hex(&hash.finalize()[..16])
    }
}

/// Lower-case hexadecimal digits of bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_sids_and_another_does_not() {
        let (mut a, mut b, mut c) = (Sids::new(7), Sids::new(7), Sids::new(8));
        let first = a.sid("CH");
        assert_eq!(first, b.sid("CH"));
        assert_ne!(first, c.sid("CH"));
        assert_ne!(first, a.sid("CH"));
        assert_eq!(first.len(), 34);
    }
}
