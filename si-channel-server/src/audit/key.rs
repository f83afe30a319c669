//! The key that signs the audit log.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;
use si_channel_core::audit::chain::{Hash, hex, unhex};
use si_channel_core::audit::checkpoint::{Checkpoint, statement};

/// Signs checkpoints with Ed25519 (RFC 8032).
pub struct Signer {
    pair: Ed25519KeyPair,
    public_key: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("public_key", &self.public_key).finish_non_exhaustive()
    }
}

/// The key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Its file cannot be read or made.
    #[error("the audit log's key {}: {error}; choose another `audit.key_file`", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Its file holds something else.
    #[error(
        "the audit log's key {} is not one: expected 64 hexadecimal digits; name the right file in `audit.key_file`, or \
         move this one away to have a new key made",
        .0.display()
    )]
    Malformed(PathBuf),
    /// The operating system gives no randomness.
    #[error("the operating system gives no random bytes for the audit log's key")]
    NoRandomness,
}

impl Signer {
    /// Reads the key; makes one, readable by its owner alone, when there is no such file.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        let failed = |error| KeyError::File { path: path.to_owned(), error };
        match Self::read(path) {
            Err(KeyError::File { error, .. }) if error.kind() == ErrorKind::NotFound => {}
            other => return other,
        }
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed).map_err(|_| KeyError::NoRandomness)?;
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
        let text = Zeroizing::new(hex(&*seed) + "\n");
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        tracing::info!(file = %path.display(), "made a key that signs the audit log; keep a copy of it");
        Self::read(path)
    }

    /// Reads the key.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let failed = |error| KeyError::File { path: path.to_owned(), error };
        let mut text = Zeroizing::new(String::new());
        // A key is short, whatever file is named.
        File::open(path).and_then(|file| file.take(1024).read_to_string(&mut text)).map_err(failed)?;
        let malformed = || KeyError::Malformed(path.to_owned());
        let seed = Zeroizing::new(unhex(text.trim()).ok_or_else(malformed)?);
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| malformed())?;
        let public_key = hex(pair.public_key().as_ref());
        Ok(Self { pair, public_key })
    }

    /// The public key, 64 hexadecimal digits.
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    /// A signed statement that the log of an account had come as far as a record.
    pub fn sign(&self, account: &str, number: u64, record: u64, hash: Hash, at: Timestamp) -> Checkpoint {
        let signature = self.pair.sign(statement(account, number, record, &hash, at).as_bytes());
        Checkpoint {
            account: account.to_owned(),
            number,
            record,
            hash,
            at,
            public_key: self.public_key.clone(),
            signature: hex(signature.as_ref()),
        }
    }
}

/// Whether a checkpoint is signed by the key it names.
pub fn is_signed(checkpoint: &Checkpoint) -> bool {
    let (Some(key), Some(signature)) = (unhex(&checkpoint.public_key), unhex(&checkpoint.signature)) else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, key).verify(checkpoint.statement().as_bytes(), &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_its_owner_alone_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.key");
        let made = Signer::open(&path).unwrap();
        assert_eq!(Signer::open(&path).unwrap().public_key(), made.public_key());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_is_no_key_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.key");
        for wrong in ["", "secret", "ABCD", &"a".repeat(66)] {
            std::fs::write(&path, wrong).unwrap();
            assert!(matches!(Signer::open(&path), Err(KeyError::Malformed(_))), "{wrong}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), wrong);
        }
    }

    #[test]
    fn the_public_key_and_signature_are_those_of_rfc_8032() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.key");
        // Section 7.1, test 1.
        std::fs::write(&path, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n").unwrap();
        let signer = Signer::open(&path).unwrap();
        assert_eq!(signer.public_key(), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }

    #[test]
    fn any_change_of_a_checkpoint_breaks_its_signature() {
        let folder = tempfile::tempdir().unwrap();
        let signer = Signer::open(&folder.path().join("audit.key")).unwrap();
        let good = signer.sign("AC1", 1, 7, Hash([1; 32]), "2026-11-21T10:00:00Z".parse().unwrap());
        assert!(is_signed(&good));
        let other = Signer::open(&folder.path().join("other.key")).unwrap();
        let changes: [fn(&mut Checkpoint); 6] = [
            |c| c.account.push('2'),
            |c| c.number += 1,
            |c| c.record += 1,
            |c| c.hash.0[31] ^= 1,
            |c| c.at = Timestamp::UNIX_EPOCH,
            |c| c.signature.replace_range(..1, if c.signature.starts_with('0') { "1" } else { "0" }),
        ];
        for change in changes {
            let mut forged = good.clone();
            change(&mut forged);
            assert!(!is_signed(&forged), "{forged:?}");
        }
        assert!(!is_signed(&Checkpoint { public_key: other.public_key().to_owned(), ..good }));
    }
}
