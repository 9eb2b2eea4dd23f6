//! Maps by name.

use std::collections::HashMap;

/// A map whose keys are names, labels or addresses of a cluster. Its hash is quick for short text and has a seed of
/// its own in each process: who writes a bundle cannot choose names that collide.
pub type Index<K, V> = HashMap<K, V, foldhash::fast::RandomState>;
