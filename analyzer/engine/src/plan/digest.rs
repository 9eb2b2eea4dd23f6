//! The digest of a snapshot: the same for the same objects, in whatever order and from whatever files
//! they were read.

use kubereach_prober::canonical::sha256_hex;
use rayon::prelude::*;

use kubereach_model::snapshot::model::Resource;
use kubereach_model::snapshot::{Found, Snapshot, Store};

/// `sha256:` and 64 hexadecimal digits. An object that an API server stored is known by its uid and
/// resource version; any other by all that was read of it.
pub fn snapshot_digest(snapshot: &Snapshot) -> String {
    let mut lines = Vec::new();
    macro_rules! all {
        ($($store:ident),+ $(,)?) => { $( add(&snapshot.$store, &mut lines); )+ };
    }
    all!(
        services,
        pods,
        nodes,
        namespaces,
        endpoints,
        slices,
        secrets,
        config_maps,
        claims,
        autoscalers,
        crds,
        ingresses,
        ingress_classes,
        network_policies,
        gateway_classes,
        gateways,
        listener_sets,
        grants,
        backend_tls,
        workloads,
        routes,
        unmodelled,
    );
    lines.sort_unstable();
    format!("sha256:{}", sha256_hex(lines.join("\n").as_bytes()))
}

fn add<T: Resource + std::fmt::Debug + Sync>(store: &Store<T>, lines: &mut Vec<String>)
where
    for<'a> Found<'a, T>: Send,
{
    let objects: Vec<&T> = store.iter().map(|found| &*found.get().value).collect();
    lines.par_extend(objects.into_par_iter().map(line));
}

fn line<T: Resource + std::fmt::Debug>(object: &T) -> String {
    let (meta, kind) = (object.meta(), object.group_kind());
    let what = match (&meta.uid, meta.resource_version.known()) {
        (Some(uid), Some(version)) => format!("{uid} {version}"),
        _ => sha256_hex(format!("{object:?}").as_bytes()),
    };
    format!("{}/{} {} {} {what}", kind.group, kind.kind, meta.namespace, meta.name)
}
