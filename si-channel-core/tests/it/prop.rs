//! What holds for every input.

mod asides;
mod audit;
mod changes;
mod machines;
mod segment;
mod split;
mod words;
