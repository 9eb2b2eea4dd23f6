//! An API server with a generated cluster, for measuring live reads:
//! `cargo run --release -p kubereach --example serve_cluster -- 100000` prints the path of a kubeconfig and serves until
//! it is ended.
#![allow(dead_code, reason = "the test server can do more than serve")]

#[path = "../tests/cluster/api/mod.rs"]
mod api;
#[path = "../benches/support/mod.rs"]
mod support;

use std::io::Read as _;

fn main() {
    let pods = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1_000);
    let server = api::Cluster::new(support::objects(support::Size { pods }).collect()).start();
    println!("{}", server.kubeconfig("admin").display());
    // Until standard input ends.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
