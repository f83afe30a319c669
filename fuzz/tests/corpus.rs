//! Every corpus, and variations of it, played to its target without a fuzzer.

use std::fs;
use std::path::Path;

use fuzz::TARGETS;

/// Variations of each kept input; more come from `cargo xtask fuzz`.
const VARIATIONS: usize = 20;

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{target} has no corpus: {error}"))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// One to four changes: a byte flipped, put in, taken out, or a piece of another input.
fn vary(input: &[u8], other: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..random.usize(1..5) {
        let place = random.usize(0..=bytes.len());
        match random.u8(0..4) {
            0 if place < bytes.len() => bytes[place] ^= 1 << random.u8(0..8),
            1 => bytes.insert(place, random.u8(..)),
            2 if place < bytes.len() => drop(bytes.remove(place)),
            _ => {
                let from = random.usize(0..=other.len());
                let to = (from + random.usize(0..16)).min(other.len());
                bytes.splice(place..place, other[from..to].iter().copied());
            }
        }
    }
    bytes
}

#[test]
fn no_target_finds_anything_in_its_corpus_or_near_it() {
    for (name, target) in TARGETS {
        let inputs = corpus(name);
        assert!(!inputs.is_empty(), "{name} has an empty corpus");
        let mut random = fastrand::Rng::with_seed(7);
        for (index, input) in inputs.iter().enumerate() {
            target(input);
            for _ in 0..VARIATIONS {
                target(&vary(input, &inputs[(index + 1) % inputs.len()], &mut random));
            }
        }
    }
}

#[test]
fn every_target_has_a_binary_and_every_binary_a_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets");
    let mut binaries: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    binaries.sort();
    let targets: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(binaries, targets);
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    for name in targets {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "Cargo.toml lists no binary {name}");
    }
}
