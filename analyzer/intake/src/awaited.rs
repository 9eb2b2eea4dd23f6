//! Waiting for what other threads of the pool make, without taking one of them away.

use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

/// How long a thread of the pool rests where there is nothing else to do.
const REST: Duration = Duration::from_micros(200);

/// The next of what is made; `None` if nothing more comes. A thread of the pool works while it waits: were all of them
/// to wait, as where many inputs are read by a program's own parallel loop, nobody would be left to make anything.
pub(crate) fn awaited<T>(made: &Receiver<T>) -> Option<T> {
    if rayon::current_thread_index().is_none() {
        return made.recv().ok();
    }
    loop {
        match made.try_recv() {
            Ok(one) => return Some(one),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {
                if rayon::yield_now() != Some(rayon::Yield::Executed) {
                    std::thread::sleep(REST);
                }
            }
        }
    }
}
