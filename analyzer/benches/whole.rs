//! Intake and judgement of generated clusters, against two yardsticks in the same run: reading the same
//! YAML with `serde_yaml` into the same structs, and reading the same JSON with `serde_json`.
//! `cargo bench -p kubereach`

mod support;
#[path = "measure/yardsticks.rs"]
mod yardsticks;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use kubereach_engine::Filter;
use kubereach_engine::judge_snapshot;
use kubereach_intake::progress::Silent;
use kubereach_intake::{InputSpec, IntakeOptions, read};
use support::Size;
use yardsticks::{json_items, yaml_items};

/// What a benchmark that cannot go on ends with.
type Any<T> = Result<T, Box<dyn std::error::Error>>;

#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

const SIZES: [usize; 2] = [1_000, 10_000];

fn main() {
    divan::main();
}

fn input(name: &str, text: String) -> InputSpec {
    InputSpec::Bytes { name: name.to_owned(), bytes: text.into_bytes().into() }
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn intake_yaml(bencher: Bencher<'_, '_>, pods: usize) {
    let text = support::yaml(Size { pods });
    let bytes = text.len();
    let inputs = [input("cluster.yaml", text)];
    bencher
        .counter(BytesCount::new(bytes))
        .bench_local(|| black_box(read(&inputs, &IntakeOptions::default(), &Silent)).map(|i| i.snapshots.len()).ok());
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn intake_json(bencher: Bencher<'_, '_>, pods: usize) {
    let text = support::json(Size { pods });
    let bytes = text.len();
    let inputs = [input("cluster.json", text)];
    bencher
        .counter(BytesCount::new(bytes))
        .bench_local(|| black_box(read(&inputs, &IntakeOptions::default(), &Silent)).map(|i| i.snapshots.len()).ok());
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn judge(bencher: Bencher<'_, '_>, pods: usize) {
    let inputs = [input("cluster.json", support::json(Size { pods }))];
    let Ok(intake) = read(&inputs, &IntakeOptions::default(), &Silent) else { return };
    bencher.bench_local(|| {
        intake.snapshots.iter().map(|s| black_box(judge_snapshot(s, &Filter::default())).len()).sum::<usize>()
    });
}

/// A rendering of `objects` objects, as `helm template` or `kustomize build` prints them: what a gate reads in
/// a pull request. Read, judged, and every finding's place found.
#[divan::bench(args = [2_000], sample_count = 5)]
fn rendering(bencher: Bencher<'_, '_>, objects: usize) {
    let text = support::rendering(objects);
    let bytes = text.len();
    let inputs = [input("rendered.yaml", text)];
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        kubereach_engine::analyze(&inputs, &kubereach_engine::AnalysisOptions::default(), &Silent)
            .map(|r| black_box(r).subjects.len())
            .ok()
    });
}

#[divan::bench(args = [1_000], sample_count = 3)]
fn yardstick_serde_yaml(bencher: Bencher<'_, '_>, pods: usize) {
    let text = support::yaml(Size { pods });
    bencher.counter(BytesCount::new(text.len())).bench_local(|| black_box(yaml_items(&text)).map(|o| o.len()).ok());
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn yardstick_serde_json(bencher: Bencher<'_, '_>, pods: usize) {
    let text = support::json(Size { pods });
    bencher.counter(BytesCount::new(text.len())).bench_local(|| black_box(json_items(&text)).map(|o| o.len()).ok());
}
