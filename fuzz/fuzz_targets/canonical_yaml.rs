//! What the reader of canonical YAML accepts, the full parser reads the same, as a document and as an item.
//! The same check runs in `cargo test -p kubereach-intake --test intake canonical`.
#![no_main]

use kubereach_intake::yaml::Slice;
use libfuzzer_sys::fuzz_target;

#[path = "../../analyzer/tests/intake/agree.rs"]
mod agree;

fuzz_target!(|data: &[u8]| {
    let _ = agree::agree(data, Slice::Document);
    let _ = agree::agree(data, Slice::Item);
});
