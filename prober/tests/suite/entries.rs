//! The fuzzer's entry functions over its corpus and mutations of it, without the fuzzer.

#[path = "../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "it is a crate of its own too")]
mod fuzz;

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;

/// The entry functions by the name of their corpus.
const ENTRIES: [(&str, fn(&[u8])); 3] =
    [("plan", fuzz::plan), ("observations", fuzz::observations), ("envelope", fuzz::envelope)];

/// The seeds of a target. What a fuzzer adds beside them is named by its digest, and left out.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut paths: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some());
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// A change of one place, as a fuzzer makes them.
#[derive(Debug, Clone)]
enum Change {
    Replace(u8),
    Insert(Vec<u8>),
    Remove(usize),
    /// Bytes of another place once more.
    Repeat(Index, usize),
}

/// Words that parsers stumble over.
const TOKENS: &[&str] =
    &["null", "[]", "{}", "-1", "1e999", "\"\\ud800\"", "18446744073709551616", "\u{1b}[2J", "\n", "\""];

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        any::<u8>().prop_map(Change::Replace),
        proptest::collection::vec(any::<u8>(), 1..8).prop_map(Change::Insert),
        proptest::sample::select(TOKENS).prop_map(|token| Change::Insert(token.as_bytes().to_vec())),
        (1usize..40).prop_map(Change::Remove),
        (any::<Index>(), 1usize..200).prop_map(|(from, length)| Change::Repeat(from, length)),
    ]
}

fn apply(bytes: &mut Vec<u8>, at: Index, change: Change) {
    if bytes.is_empty() {
        return;
    }
    let at = at.index(bytes.len());
    match change {
        Change::Replace(byte) => bytes[at] = byte,
        Change::Insert(new) => drop(bytes.splice(at..at, new)),
        Change::Remove(length) => drop(bytes.drain(at..(at + length).min(bytes.len()))),
        Change::Repeat(from, length) => {
            let from = from.index(bytes.len());
            let piece = bytes[from..(from + length).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
    }
}

#[test]
fn every_seed_is_read_without_a_panic() {
    for (name, entry) in ENTRIES {
        let seeds = seeds(name);
        assert!(seeds.len() >= 4, "{name}");
        for seed in seeds {
            entry(&seed);
        }
    }
}

proptest! {
    #[test]
    fn mutated_seeds_are_read_without_a_panic(
        target in 0..ENTRIES.len(),
        seed in any::<Index>(),
        changes in proptest::collection::vec((any::<Index>(), change()), 1..6),
    ) {
        let (name, entry) = ENTRIES[target];
        let mut bytes = seed.get(&seeds(name)).clone();
        for (at, change) in changes {
            apply(&mut bytes, at, change);
        }
        entry(&bytes);
    }
}
