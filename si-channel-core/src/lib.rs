//! The domain of Si's Twilio channel, pure: no IO, no clock, no randomness, no async.
//!
//! Everything enters as an [`input::Input`] and is decided by [`engine::handle`] into an [`engine::Outcome`]: events,
//! the state they fold into, and the effects and timers that the shell must carry out. Each machine has the same three
//! functions: `decide` (what happened), `apply` (state is the fold of events) and `react` (what must be done).
//!
//! - [`session`], [`consent`], [`outbound`] and [`media`] are the machines;
//! - [`guard`] says what may be said, [`loops`] and [`flood`] when not to answer;
//! - [`normalize`] turns Twilio's payloads into inputs, [`screen`] answers its pre-action hook;
//! - [`pace`] says how fast messages may leave;
//! - [`segment`], [`keyword`], [`meaning`], [`command`] and [`text`] know about texts;
//! - [`window`] and [`disclosure`] are about what may be written, and must be said, to a person;
//! - [`transcript`] and [`cloudevent`] are what others read, [`audit`] what proves what was decided.

pub mod address;
pub mod audit;
pub mod cloudevent;
pub mod command;
pub mod consent;
pub mod content;
pub mod context;
pub mod disclosure;
pub mod effect;
pub mod engine;
pub mod erasure;
pub mod event;
pub mod flood;
pub mod formatting;
pub mod guard;
pub mod guidance;
pub mod hours;
pub mod id;
pub mod input;
pub mod keyword;
pub mod known;
pub mod language;
mod letters;
pub mod loops;
pub mod meaning;
pub mod media;
pub mod normalize;
pub mod outbound;
pub mod pace;
pub mod person;
pub mod place;
mod plain;
pub mod policy;
pub mod recording;
pub mod rejection;
pub mod remedy;
pub mod retention;
pub mod rules;
pub mod schema;
pub mod screen;
pub mod segment;
pub mod session;
pub mod spend;
pub mod text;
pub mod transcript;
pub mod window;
pub mod world;
