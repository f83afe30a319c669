//! What holds for every input.

mod asides;
mod audit;
mod machines;
mod segment;
mod split;
mod words;
