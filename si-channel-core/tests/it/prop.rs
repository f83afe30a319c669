//! What holds for every input.

mod asides;
mod audit;
mod changes;
mod machines;
mod messages;
mod pace;
mod rejected;
mod segment;
mod split;
mod words;
