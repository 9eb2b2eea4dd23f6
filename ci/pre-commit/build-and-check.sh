#!/usr/bin/env bash
# The pre-commit hook `kubereach`: builds the program in the hook's own clone, once, and runs it here.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
cargo build --release --locked --quiet --manifest-path "$source/Cargo.toml" -p kubereach
exec "${CARGO_TARGET_DIR:-$source/target}/release/kubereach" check "$@"
