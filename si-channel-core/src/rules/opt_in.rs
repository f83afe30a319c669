//! How consent begins.

use crate::policy::OptIn;
use crate::rules::file::rule;
use crate::rules::scope::Where;

rule! {
    /// How consent begins in some countries.
    pub struct OptInRule in "opt_in" {
        /// The countries.
        pub places: Vec<Where>,
        /// How.
        pub kind: OptIn,
    }
    fn subjects(rule) { rule.places.iter().map(ToString::to_string).collect() }
}

pub(super) const REQUIRED: &[&str] = &["*"];
