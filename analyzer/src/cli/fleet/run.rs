//! A few bundles at once, their results in the order of the list, in bounded memory.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Bundle;

/// How much is worked on at once. One bundle always is, however large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AtOnce {
    /// Bundles.
    pub(crate) bundles: usize,
    /// Bytes of them, uncompressed as far as can be guessed.
    pub(crate) bytes: u64,
}

impl Default for AtOnce {
    /// One for each core, at most eight, and a gigabyte: a few small bundles, or one of the largest clusters.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { bundles: cores.min(8), bytes: 1 << 30 }
    }
}

/// Works on every bundle, a few at once, and hands the results over in the order of the list; none where the
/// work itself failed. An error of `take` ends it.
pub(crate) fn each<T: Send, E>(
    bundles: &[Bundle],
    at_once: AtOnce,
    work: &(dyn Fn(&Bundle) -> T + Sync),
    take: &mut dyn FnMut(&Bundle, Option<T>) -> Result<(), E>,
) -> Result<(), E> {
    let door = Door { state: Mutex::default(), changed: Condvar::new(), at_once };
    let next = AtomicUsize::new(0);
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        for _ in 0..at_once.bundles.clamp(1, bundles.len().max(1)) {
            let sender = sender.clone();
            let (door, next) = (&door, &next);
            scope.spawn(move || worker(bundles, door, next, work, &sender));
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut taken = 0;
        for (index, size, result) in receiver {
            waiting.insert(index, (size, result));
            while let Some((size, result)) = waiting.remove(&taken) {
                if let Some(bundle) = bundles.get(taken)
                    && let Err(error) = take(bundle, result)
                {
                    door.close();
                    return Err(error);
                }
                taken += 1;
                door.out(size);
            }
        }
        Ok(())
    })
}

type Done<T> = (usize, u64, Option<T>);

fn worker<T>(
    bundles: &[Bundle],
    door: &Door,
    next: &AtomicUsize,
    work: &(dyn Fn(&Bundle) -> T + Sync),
    sender: &Sender<Done<T>>,
) {
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(bundle) = bundles.get(index) else { return };
        let size = size_of(&bundle.path);
        if !door.enter(index, size) {
            return;
        }
        // One bundle on which the program fails must not take the others with it.
        let result = catch_unwind(AssertUnwindSafe(|| work(bundle))).ok();
        if sender.send((index, size, result)).is_err() {
            return;
        }
    }
}

/// Lets bundles in, in their order. They count as inside until their result was handed over, so that results
/// that wait for an earlier one are bounded too.
struct Door {
    state: Mutex<Inside>,
    changed: Condvar,
    at_once: AtOnce,
}

#[derive(Default)]
struct Inside {
    /// How many were ever let in.
    entered: usize,
    bundles: usize,
    bytes: u64,
    closed: bool,
}

impl Door {
    fn state(&self) -> MutexGuard<'_, Inside> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn of this bundle and for room; false once everything is to end.
    fn enter(&self, index: usize, size: u64) -> bool {
        /// Results that may wait for an earlier one, for each bundle at work.
        const WAITING: usize = 4;
        let full = |inside: &Inside| {
            inside.bundles > 0
                && (inside.bytes.saturating_add(size) > self.at_once.bytes
                    || inside.bundles >= self.at_once.bundles.saturating_mul(WAITING))
        };
        let blocked = |inside: &mut Inside| !inside.closed && (inside.entered != index || full(inside));
        let mut inside = self.changed.wait_while(self.state(), blocked).unwrap_or_else(PoisonError::into_inner);
        if inside.closed {
            return false;
        }
        inside.entered += 1;
        inside.bundles += 1;
        inside.bytes = inside.bytes.saturating_add(size);
        self.changed.notify_all();
        true
    }

    fn out(&self, size: u64) {
        let mut inside = self.state();
        inside.bundles = inside.bundles.saturating_sub(1);
        inside.bytes = inside.bytes.saturating_sub(size);
        self.changed.notify_all();
    }

    fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }
}

/// About how many bytes a bundle is when it is unpacked.
fn size_of(path: &Path) -> u64 {
    /// What text of Kubernetes becomes on compression, about.
    const RATIO: u64 = 10;
    let files = walkdir::WalkDir::new(path).follow_root_links(true).into_iter().filter_map(Result::ok);
    files
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| {
            let len = entry.metadata().map_or(0, |metadata| metadata.len());
            let ending = entry.path().extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
            let packed = matches!(ending.as_str(), "gz" | "tgz" | "xz" | "zst" | "zip");
            if packed { len.saturating_mul(RATIO) } else { len }
        })
        .fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn fleet(sizes: &[usize]) -> (tempfile::TempDir, Vec<Bundle>) {
        let folder = tempfile::tempdir().unwrap();
        let bundle = |(n, size): (usize, &usize)| {
            let path = folder.path().join(format!("{n:03}.yaml"));
            std::fs::write(&path, vec![b'a'; *size]).unwrap();
            Bundle { name: n.to_string(), path, missing: None }
        };
        let bundles = sizes.iter().enumerate().map(bundle).collect();
        (folder, bundles)
    }

    /// Runs with work that takes the longer the earlier a bundle stands, and says how many were at work at
    /// most, and how many bytes.
    fn run(sizes: &[usize], at_once: AtOnce) -> (Vec<String>, usize, u64) {
        let (_folder, bundles) = fleet(sizes);
        let now = Mutex::new((0_usize, 0_u64));
        let most = Mutex::new((0_usize, 0_u64));
        let mut order = Vec::new();
        each(
            &bundles,
            at_once,
            &|bundle| {
                let size = size_of(&bundle.path);
                {
                    let mut now = now.lock().unwrap();
                    *now = (now.0 + 1, now.1 + size);
                    let mut most = most.lock().unwrap();
                    *most = (most.0.max(now.0), most.1.max(now.1));
                }
                let place: usize = bundle.name.parse().unwrap();
                std::thread::sleep(Duration::from_millis(if place.is_multiple_of(5) { 20 } else { 1 }));
                let mut now = now.lock().unwrap();
                *now = (now.0 - 1, now.1 - size);
                bundle.name.clone()
            },
            &mut |bundle, result| {
                assert_eq!(result.as_deref(), Some(bundle.name.as_str()));
                order.extend(result);
                Ok::<(), ()>(())
            },
        )
        .unwrap();
        let most = most.lock().unwrap();
        (order, most.0, most.1)
    }

    #[test]
    fn results_come_in_order_and_few_bundles_are_at_work() {
        let expected: Vec<String> = (0..40).map(|n| n.to_string()).collect();
        let (order, bundles, _) = run(&[10; 40], AtOnce { bundles: 3, bytes: 1 << 20 });
        assert_eq!(order, expected);
        assert!(bundles <= 3, "{bundles}");
        let (order, _, bytes) = run(&[10; 40], AtOnce { bundles: 8, bytes: 25 });
        assert_eq!(order, expected);
        assert!(bytes <= 25, "{bytes}");
        // One that is larger than everything allowed is worked on alone.
        let sizes: Vec<usize> = (0..40).map(|n| if n % 7 == 3 { 1_000 } else { 10 }).collect();
        let (order, _, bytes) = run(&sizes, AtOnce { bundles: 8, bytes: 25 });
        assert_eq!(order, expected);
        assert_eq!(bytes, 1_000);
    }

    #[test]
    fn a_failure_inside_is_a_result_of_that_bundle_only() {
        let (_folder, bundles) = fleet(&[1; 9]);
        let mut failed = Vec::new();
        let work = |bundle: &Bundle| {
            if bundle.name == "4" {
                std::panic::resume_unwind(Box::new(()))
            }
        };
        each(&bundles, AtOnce::default(), &work, &mut |bundle, result| {
            failed.extend(result.is_none().then(|| bundle.name.clone()));
            Ok::<(), ()>(())
        })
        .unwrap();
        assert_eq!(failed, ["4"]);
    }

    #[test]
    fn an_error_ends_the_work() {
        let (_folder, bundles) = fleet(&[1; 200]);
        let worked = AtomicUsize::new(0);
        let work = |_: &Bundle| worked.fetch_add(1, Ordering::Relaxed);
        let ended = each(&bundles, AtOnce { bundles: 2, bytes: 10 }, &work, &mut |_, _| Err::<(), u8>(7));
        assert_eq!(ended, Err(7));
        assert!(worked.load(Ordering::Relaxed) < 100);
    }
}
