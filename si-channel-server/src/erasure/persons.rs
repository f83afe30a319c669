//! The installation's key: visitors are named by it, and people known after they were erased.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use si_channel_core::address::Address;
use si_channel_core::erasure::{Token, same_number};
use si_channel_core::person::visitor_id;
use tokio::sync::Notify;

/// What decisions and webhooks need to know of erased people.
pub struct Persons {
    key: [u8; 32],
    /// Whether anybody was ever erased, so that others need not look.
    any: AtomicBool,
    /// Tells the worker that there is something to do.
    wake: Notify,
}

impl fmt::Debug for Persons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Persons").field("any", &self.any).finish_non_exhaustive()
    }
}

/// The key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The file holds something else.
    #[error("{}: expected 64 hexadecimal digits; restore the file from its backup", .0.display())]
    NoKey(PathBuf),
    /// People were erased with a key that is not there.
    #[error(
        "{} is missing, and people were erased with it: without it their numbers would not be known as suppressed; \
         restore it from its backup", .0.display()
    )]
    Lost(PathBuf),
}

impl Persons {
    /// With this key.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key, any: AtomicBool::new(false), wake: Notify::new() }
    }

    /// With a key that nobody keeps.
    pub fn fleeting() -> Self {
        Self::new(fresh())
    }

    /// With the key of a file, which is made, readable for its owner alone, when it is absent and nobody was `erased`.
    pub fn open(path: &Path, erased: bool) -> Result<Self, KeyError> {
        let failed = |error| KeyError::File { path: path.to_owned(), error };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !erased => make(path).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(KeyError::Lost(path.to_owned()));
            }
            Err(error) => return Err(failed(error)),
        };
        let key = read(text.trim()).ok_or_else(|| KeyError::NoKey(path.to_owned()))?;
        let persons = Self::new(key);
        persons.any.store(erased, Ordering::Relaxed);
        Ok(persons)
    }

    /// The token of an address; the same for its number on every channel.
    pub fn token(&self, address: &Address) -> Token {
        let numbered = same_number(address).len() > 1;
        let name = if numbered { address.value().to_owned() } else { address.to_string() };
        let mut mac = keyed(&self.key);
        mac.update(name.as_bytes());
        let mut hash = [0; 16];
        hash.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        Token::new(hash)
    }

    /// The id of the visitor that an address is in an account of Twilio's; each channel's addresses have their own.
    pub fn visitor_id(&self, account: &str, address: &Address) -> String {
        let mut mac = keyed(&self.key);
        // Apart from what tokens are made of: a number has no white space in it.
        mac.update(format!("visitor {account} {address}").as_bytes());
        let mut hash = [0; 12];
        hash.copy_from_slice(&mac.finalize().into_bytes()[..12]);
        visitor_id(hash)
    }

    /// Whether anybody was ever erased.
    pub fn any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    /// Somebody is being erased, or may now be.
    pub fn changed(&self) {
        self.any.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Returns when there is something to do.
    pub async fn called(&self) {
        self.wake.notified().await;
    }
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("any length is a key")
}

fn fresh() -> [u8; 32] {
    let mut key = [0; 32];
    // A key that can be guessed would tell the numbers of erased people; a process without randomness must not go on.
    getrandom::fill(&mut key).expect("the operating system gives random bytes");
    key
}

fn make(path: &Path) -> io::Result<String> {
    let text = fresh().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(text)
}

fn read(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut key = [0; 32];
    for (place, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(persons: &Persons, address: &str) -> Token {
        persons.token(&address.parse().unwrap())
    }

    #[test]
    fn a_token_is_the_same_on_every_channel_of_a_number_and_needs_the_key() {
        let (ours, others) = (Persons::new([1; 32]), Persons::new([2; 32]));
        assert_eq!(token(&ours, "+15551110001"), token(&ours, "whatsapp:+15551110001"));
        assert_ne!(token(&ours, "+15551110001"), token(&ours, "+15551110002"));
        assert_ne!(token(&ours, "+15551110001"), token(&others, "+15551110001"));
        assert_ne!(token(&ours, "messenger:1"), token(&ours, "chat:1"));
    }

    #[test]
    fn a_visitor_is_the_same_each_time_and_nobody_finds_the_number_without_the_key() {
        let visitor = |key: u8, account: &str, address: &str| {
            Persons::new([key; 32]).visitor_id(account, &address.parse().unwrap())
        };
        let id = visitor(1, "AC1", "+15551110001");
        assert_eq!(id, visitor(1, "AC1", "+15551110001"));
        for other in [
            visitor(2, "AC1", "+15551110001"),
            visitor(1, "AC2", "+15551110001"),
            visitor(1, "AC1", "whatsapp:+15551110001"),
            visitor(1, "AC1", "+15551110002"),
        ] {
            assert_ne!(id, other);
        }
        assert!(id.starts_with("visitor_") && id.len() == 32, "{id}");
        // What it was made of without a key, as anybody can.
        let guess = <Sha256 as sha2::Digest>::digest("AC1|+15551110001");
        assert_ne!(id, visitor_id(guess[..12].try_into().unwrap()));
    }

    #[test]
    fn the_key_is_made_once_for_its_owner_alone_and_missed_when_it_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("person.key");
        assert!(matches!(Persons::open(&path, true), Err(KeyError::Lost(_))));
        let made = Persons::open(&path, false).unwrap();
        assert!(!made.any());
        let again = Persons::open(&path, true).unwrap();
        assert!(again.any());
        assert_eq!(token(&made, "+15551110001"), token(&again, "+15551110001"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "secret").unwrap();
        let error = Persons::open(&path, false).unwrap_err().to_string();
        assert!(error.contains("64 hexadecimal digits") && !error.contains("secret"), "{error}");
    }
}
