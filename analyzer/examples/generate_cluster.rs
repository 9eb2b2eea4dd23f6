//! Prints a generated cluster: `cargo run --example generate_cluster -- 10000 yaml > cluster.yaml`

#[path = "../benches/support/mod.rs"]
mod support;

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let pods = args.next().and_then(|n| n.parse().ok()).unwrap_or(1_000);
    let size = support::Size { pods };
    let text = if args.next().as_deref() == Some("json") { support::json(size) } else { support::yaml(size) };
    std::io::stdout().lock().write_all(text.as_bytes())
}
