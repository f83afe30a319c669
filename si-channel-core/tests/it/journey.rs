//! Whole journeys: given, when, then.

mod absurd;
mod asides;
mod audience;
mod audit;
mod closing;
mod consent;
mod content;
mod disclosure;
mod files;
mod flood;
mod group;
mod guard;
mod hours;
mod language;
mod meaning;
mod opening;
mod revocation;
mod sending;
mod spend;
mod turns;
mod window;
