//! What a file of the spool holds.

use std::ops::Range;

use super::record;

/// With what each file begins.
pub(super) const MAGIC: &[u8] = b"si-channel spool 1\n";

/// The records of a file, in their order, and how many of its bytes are none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// Where the bodies are.
    pub(super) bodies: Vec<Range<usize>>,
    /// Bytes between records that should be records: something was there and is lost.
    pub(super) damaged: usize,
    /// Bytes after the last record: a write that was cut off, and was never acknowledged, or damage at the end.
    pub(super) torn: usize,
}

/// Reads a file. Behind bytes that are no record it goes on with the next that is one.
pub(super) fn contents(bytes: &[u8]) -> Contents {
    let mut found = Contents::default();
    let mut place = if bytes.starts_with(MAGIC) { MAGIC.len() } else { 0 };
    let mut strange = 0;
    while place < bytes.len() {
        if let Some(body) = record::read(&bytes[place..]) {
            found.damaged += strange;
            strange = 0;
            let start = place + record::HEAD;
            place = start + body.len();
            found.bodies.push(start..place);
        } else {
            strange += 1;
            place += 1;
        }
    }
    found.torn = strange;
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bodies: &[&str]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for body in bodies {
            record::write(&mut bytes, body.as_bytes());
        }
        bytes
    }

    fn read(bytes: &[u8]) -> (Vec<String>, usize, usize) {
        let found = contents(bytes);
        let bodies = found.bodies.into_iter();
        let bodies = bodies.map(|body| String::from_utf8(bytes[body].to_vec()).unwrap()).collect();
        (bodies, found.damaged, found.torn)
    }

    #[test]
    fn records_come_back_in_their_order() {
        assert_eq!(
            read(&file(&["one", "", "three"])),
            (vec!["one".into(), String::new(), "three".into()], 0, 0)
        );
        assert_eq!(read(&file(&[])), (vec![], 0, 0));
        assert_eq!(read(b""), (vec![], 0, 0));
    }

    #[test]
    fn wherever_a_write_is_cut_off_what_was_whole_stays() {
        let whole = file(&["one", "two"]);
        let first = file(&["one"]).len();
        for length in first..whole.len() {
            assert_eq!(read(&whole[..length]), (vec!["one".into()], 0, length - first));
        }
    }

    #[test]
    fn a_damaged_record_costs_itself_alone() {
        let mut bytes = file(&["one", "two", "three"]);
        let second = file(&["one"]).len();
        bytes[second + record::HEAD] ^= 1;
        assert_eq!(read(&bytes), (vec!["one".into(), "three".into()], record::HEAD + 3, 0));
    }

    #[test]
    fn a_file_that_lost_its_beginning_is_still_read() {
        let mut bytes = file(&["one"]);
        bytes[0] = 0;
        assert_eq!(read(&bytes), (vec!["one".into()], MAGIC.len(), 0));
    }
}
