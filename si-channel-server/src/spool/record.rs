//! One record of a file: its length, a checksum over length and body, the body.

use sha2::{Digest, Sha256};

/// Bytes before a body.
pub(super) const HEAD: usize = 12;
/// The longest body: a form of the largest size that is taken, as JSON.
pub(super) const LONGEST: usize = 8 << 20;

/// Appends a record to a buffer.
pub(super) fn write(buffer: &mut Vec<u8>, body: &[u8]) {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
    buffer.extend_from_slice(&length);
    buffer.extend_from_slice(&checksum(length, body));
    buffer.extend_from_slice(body);
}

/// The body of the record with which these bytes begin; `None` when they begin with none.
pub(super) fn read(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<8>()?;
    let size = usize::try_from(u32::from_be_bytes(*length)).ok().filter(|size| *size <= LONGEST)?;
    let body = rest.get(..size)?;
    (checksum(*length, body) == *sum).then_some(body)
}

/// Half of a half of a SHA-256: against disks, not against people.
fn checksum(length: [u8; 4], body: &[u8]) -> [u8; 8] {
    let whole: [u8; 32] = Sha256::new().chain_update(length).chain_update(body).finalize().into();
    let mut sum = [0; 8];
    sum.copy_from_slice(&whole[..8]);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_and_no_single_change_goes_unseen() {
        let mut whole = Vec::new();
        write(&mut whole, b"a webhook");
        assert_eq!(read(&whole), Some(&b"a webhook"[..]));
        for place in 0..whole.len() {
            for bit in 0..8 {
                let mut changed = whole.clone();
                changed[place] ^= 1 << bit;
                assert_eq!(read(&changed), None, "bit {bit} of byte {place}");
            }
            assert_eq!(read(&whole[..place]), None, "cut off after {place} bytes");
        }
    }

    #[test]
    fn an_empty_body_is_a_record_and_zeros_are_none() {
        let mut whole = Vec::new();
        write(&mut whole, b"");
        assert_eq!(read(&whole), Some(&b""[..]));
        assert_eq!(read(&[0; 64]), None);
    }
}
