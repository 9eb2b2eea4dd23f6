//! A kubeconfig from elsewhere: refused with a sentence, or settled and made into a client; never a panic. The same runs
//! in `cargo test -p kubereach-live --lib kubeconfig` over the seeds and mutations of them.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = kubereach_live::cluster::settle_kubeconfig(&String::from_utf8_lossy(data));
});
