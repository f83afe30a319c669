//! What holds for every input.

mod machines;
mod segment;
mod split;
mod words;
