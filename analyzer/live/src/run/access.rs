//! What a run has to be allowed, in one place: the preflight asks for it, `docs/rbac.yaml` grants it.

use crate::cluster::{CallError, Reader};

/// One thing the identity has to be allowed in the prober's namespace
/// (`docs/semantics/measurement.md#whoever-measures-needs-no-more-than-this`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// `create`, …
    pub verb: &'static str,
    /// API group; empty for the core group.
    pub group: &'static str,
    /// `jobs`, or `pods/log`.
    pub resource: &'static str,
    /// Without it nothing is measured; otherwise less is explained.
    pub must: bool,
    /// What for.
    pub why: &'static str,
}

const fn need(verb: &'static str, group: &'static str, resource: &'static str, why: &'static str) -> Need {
    Need { verb, group, resource, must: true, why }
}

/// What is needed where the prober runs.
pub const NEEDS: [Need; 14] = [
    need("create", "batch", "jobs", "to start the prober"),
    need("get", "batch", "jobs", "to see what becomes of it"),
    need("delete", "batch", "jobs", "to remove it afterwards"),
    need("create", "", "configmaps", "to give it the plan"),
    need("delete", "", "configmaps", "to remove the plan afterwards"),
    need("list", "", "pods", "to see whether it starts"),
    need("get", "", "pods/log", "to read the result"),
    Need {
        must: false,
        ..need("get", "", "namespaces", "to see its PodSecurity level, and whether it is being deleted")
    },
    Need { must: false, ..need("list", "batch", "jobs", "to find leftovers (--cleanup)") },
    Need { must: false, ..need("list", "", "configmaps", "to find leftovers (--cleanup)") },
    Need { must: false, ..need("list", "", "events", "to say why a pod does not start") },
    Need {
        must: false,
        ..need("list", "policy", "poddisruptionbudgets", "to see beforehand whether a budget would count the pod")
    },
    Need { must: false, ..need("list", "", "resourcequotas", "to see beforehand whether a quota is used up") },
    Need { must: false, ..need("list", "", "limitranges", "to fit the pod's requests and limits") },
];

impl std::fmt::Display for Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Need { verb, group, resource, why, .. } = self;
        let group = if group.is_empty() { String::new() } else { format!(".{group}") };
        write!(f, "{verb} {resource}{group}, {why}")
    }
}

/// Of what is needed in a namespace, that which this identity may not do.
pub(super) async fn missing(reader: &Reader, namespace: &str) -> Result<Vec<Need>, CallError> {
    let mut missing = Vec::new();
    for need in NEEDS.iter().filter(|need| need.must) {
        if !reader.may(need.verb, need.group, need.resource, Some(namespace)).await? {
            missing.push(*need);
        }
    }
    Ok(missing)
}

/// The missing ones in words, with the grant.
pub(super) fn words(missing: &[Need], namespace: &str) -> String {
    let all: Vec<String> = missing.iter().map(ToString::to_string).collect();
    format!(
        "not allowed in namespace {namespace}: {}; kubectl create rolebinding kubereach-run --role=kubereach-run \
         --user=YOU -n {namespace}",
        all.join("; ")
    )
}
