//! Erasing a person: who is erased and how far, what may still come in about them, and what lies at Twilio.
//!
//! An [`Erasure`] goes through its [`Phase`]s in the background: nobody writes to the person again and they leave their
//! sessions, they are removed from everything stored, what Twilio holds of them is listed and deleted. A token, the
//! person's address hashed with the installation's key, stands for them where a proof or a suppression stays.

mod job;
mod persons;
mod remnant;
mod sift;

pub use job::{Erasure, Hold, Phase};
pub use persons::{KeyError, Persons};
pub use remnant::{Remnant, Remote, Standing};
pub use sift::sift;
