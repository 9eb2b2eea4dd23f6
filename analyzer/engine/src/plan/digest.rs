//! The digest of a snapshot: the same for the same objects, in whatever order and from whatever files
//! they were read.

use kubereach_prober::canonical::sha256_hex;
use rayon::prelude::*;

use kubereach_model::snapshot::Snapshot;
use kubereach_model::snapshot::kinds::{Object, Shape};

/// `sha256:` and 64 hexadecimal digits. An object that an API server stored is known by its uid and
/// resource version; any other by all that was read of it.
pub fn snapshot_digest(snapshot: &Snapshot) -> String {
    let mut lines: Vec<String> = Vec::new();
    // Events come and go while nothing else changes.
    for store in snapshot.stores().filter(|store| store.shape() != Shape::Event) {
        lines.par_extend((0..store.len()).into_par_iter().filter_map(|position| Some(line(store.object(position)?))));
    }
    lines.sort_unstable();
    format!("sha256:{}", sha256_hex(lines.join("\n").as_bytes()))
}

fn line(object: &dyn Object) -> String {
    let (meta, kind) = (object.meta(), object.group_kind());
    let what = match (&meta.uid, meta.resource_version.known()) {
        (Some(uid), Some(version)) => format!("{uid} {version}"),
        _ => sha256_hex(format!("{object:?}").as_bytes()),
    };
    format!("{}/{} {} {} {what}", kind.group, kind.kind, meta.namespace, meta.name)
}
