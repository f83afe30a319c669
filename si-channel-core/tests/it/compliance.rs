//! What law, carriers and WhatsApp ask for, statement by statement, played through the engine.
//!
//! Each table is a section of `docs/compliance.md`, which also lists what the channel does not act on. A row is one
//! statement: what is given, what happens, and what must come of it.

mod calls;
mod carriers;
mod elsewhere;
mod federal;
mod incidents;
mod languages;
mod places;
mod product;
mod retention;
mod script;
mod states;
mod whatsapp;
mod words;

use std::collections::BTreeSet;
use std::path::Path;

/// The page for auditors names every test here, and none that is not.
#[test]
fn the_page_for_auditors_names_each_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("../docs/compliance.md")).unwrap();
    let is_test = |code: &&str| code.matches('_').count() > 1 && !code.contains(['.', '/', '…', '{']);
    let named: BTreeSet<&str> = page.split('`').skip(1).step_by(2).filter(is_test).collect();
    let mut source = String::new();
    for file in std::fs::read_dir(root.join("tests/it/compliance")).unwrap() {
        source.push_str(&std::fs::read_to_string(file.unwrap().path()).unwrap());
    }
    let tests: BTreeSet<&str> = source
        .split("#[test]\nfn ")
        .skip(1)
        .filter_map(|test| test.split_once('(').map(|(name, _)| name))
        .collect();
    assert_eq!(named, tests);
}
