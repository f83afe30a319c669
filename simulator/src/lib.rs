//! A deterministic simulation of the channel, to find what breaks its promises.
//!
//! One seed is one run: the real server (router, engine, workers, the SDK's client) in one thread with virtual time,
//! between a model of Twilio, people with phones, an assistant and an application, on a store in memory. Faults come
//! where the seed says. The promises are checked after every step, and at the end, when all has come to rest.
//!
//! `docs/simulation.md` says what is modelled and what is not.

mod draw;
mod faulty;
mod files;
mod installation;
mod life;
mod mind;
mod oracle;
mod people;
pub mod planted;
pub mod rare;
mod run;
mod server;
mod si;
pub mod store;
mod trace;
mod twilio;
mod world;

pub use run::{Report, Run, run};
