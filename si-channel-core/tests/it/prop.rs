//! What holds for every input.

mod segment;
mod split;
mod words;
