# `just` lists what can be done. Every recipe is a line that works without just, too.

_default:
    @just --list --unsorted

# All tests; `just test -p kubereach-engine pod` for some
test *words:
    cargo test --locked {{ words }}

# Accept what snapshots, generated documents and expectations say now; read the diff before you commit it
bless *words:
    INSTA_UPDATE=always KUBEREACH_BLESS=1 cargo test --locked {{ words }}
    git status --short

# Format everything
fmt:
    cargo fmt --all

# What is checked without running anything: format, lints, dependencies, scripts, workflows
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cargo deny --locked check licenses bans sources
    shellcheck .ci/* ci/*/*.sh krew/package packaging/image packaging/sbom packaging/test
    npm ci --prefix tests/workflows --no-audit --no-fund --silent
    node --test tests/workflows/

# Exactly what CI runs; as root it installs what it lacks from Debian
ci:
    .ci/run

# Benchmarks with yardsticks in the same run: one of scale, whole, judgement, policy
bench name="scale" *words:
    cargo bench --locked -p kubereach --bench {{ name }} -- {{ words }}

# One table of how fast the released program is on this machine
speed pods="150000":
    cargo run --release --locked -p kubereach --example bench -- --pods {{ pods }}

# Stay with a cluster for ten minutes and ten thousand changes: nothing missed, memory flat
soak changes="10000":
    KUBEREACH_SOAK={{ changes }} cargo test --locked -p kubereach --test cluster -- --ignored --nocapture soak

# Fuzz one of plan, observations, envelope, kubeconfig, canonical_yaml for some seconds; needs `cargo install cargo-fuzz`
fuzz target="canonical_yaml" seconds="60":
    cd fuzz && cargo fuzz run --sanitizer none {{ target }} -- -max_total_time={{ seconds }}

# The documentation of the crates, as `cargo doc` shows it, and docs/checks.md out of the checks
docs:
    cargo doc --workspace --no-deps --locked
    cargo run --quiet --locked -p kubereach -- explain --markdown > target/checks.md
    cp target/checks.md docs/checks.md

# The program as it is released, packed for this machine into dist/
dist:
    cargo build --locked --profile dist -p kubereach
    packaging/package dist "$(target/dist/kubereach --version | cut -d' ' -f2)" \
        "$(rustc --print host-tuple)=target/dist/kubereach"

# Does this tree print and write the same bytes as another commit? `just same-bytes main --only 'fixtures/service/*'`
same-bytes before="origin/main" *words:
    git worktree remove --force target/before || true
    git worktree add --detach target/before {{ before }}
    cargo build --release --locked --manifest-path target/before/Cargo.toml --target-dir target/before-build -p kubereach
    cargo build --release --locked -p kubereach
    tests/same-bytes target/before-build/release/kubereach target/release/kubereach {{ words }}
