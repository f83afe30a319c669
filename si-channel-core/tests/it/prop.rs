//! What holds for every input.

mod audit;
mod machines;
mod segment;
mod split;
mod words;
