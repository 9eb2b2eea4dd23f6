//! What keeps the prober from doing harm, and its parallelism from making up findings.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Turns, OwnedMutexGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// Turns per address, one quiet moment at a time, and a count of connections.
#[derive(Debug)]
pub(crate) struct Gate {
    addresses: Mutex<HashMap<IpAddr, Arc<Turns<()>>>>,
    quiet: Arc<RwLock<()>>,
    left: AtomicU32,
}

/// The right to make one connection now.
#[derive(Debug)]
pub(crate) struct Turn {
    _address: OwnedMutexGuard<()>,
    _shared: Option<OwnedRwLockReadGuard<()>>,
    _alone: Option<OwnedRwLockWriteGuard<()>>,
}

impl Gate {
    pub(crate) fn new(connections: u32) -> Self {
        Self {
            addresses: Mutex::new(HashMap::new()),
            quiet: Arc::new(RwLock::new(())),
            left: AtomicU32::new(connections),
        }
    }

    /// Wait for the turn of this address and, for `alone`, for a moment without other connections.
    pub(crate) async fn turn(&self, address: IpAddr, alone: bool) -> Turn {
        let turns = {
            let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(addresses.entry(address).or_default())
        };
        let address = turns.lock_owned().await;
        let quiet = Arc::clone(&self.quiet);
        if alone {
            Turn { _address: address, _shared: None, _alone: Some(quiet.write_owned().await) }
        } else {
            Turn { _address: address, _shared: Some(quiet.read_owned().await), _alone: None }
        }
    }

    /// Take one of the connections that the run may make, if any is left.
    pub(crate) fn spend(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}
