//! Reading from within a program's own parallel loop.

use std::sync::mpsc::channel;
use std::time::Duration;

use rayon::prelude::*;

use crate::kit::{bytes, scan_all};
use kubereach_intake::Limits;

fn pods(from: usize) -> Vec<u8> {
    let pod = |n| format!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: p{n}\n---\n");
    (from..from + 50).map(pod).collect::<String>().into_bytes()
}

#[test]
fn inputs_are_read_where_every_thread_of_the_pool_reads_one() {
    let (sender, done) = channel();
    std::thread::spawn(move || {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let read = |n: usize| {
            let scan = scan_all(&[bytes("pods.yaml", pods(n))], &Limits::default(), None);
            scan.inputs.iter().map(|input| input.members.len()).sum::<usize>()
        };
        let members: usize = pool.install(|| (0..16).into_par_iter().map(read).sum());
        sender.send(members).unwrap();
    });
    assert_eq!(done.recv_timeout(Duration::from_secs(50)), Ok(16), "each thread waits for the others");
}
