//! From files on disk to the verdict: `cargo bench -p kubereach --bench scale` for 5,000 pods. The same with the
//! program built for it: `cargo run --release -p kubereach --example bench -- --pods 150000`

mod measure;
mod support;

fn main() -> measure::Any<()> {
    measure::main(|| Ok(env!("CARGO_BIN_EXE_kubereach").into()))
}
