//! The simulation's own tests, and a short run of it.

mod planted;
mod runs;
mod store;
