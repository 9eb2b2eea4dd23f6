//! Cilium sysdumps: flat files `<what>-<date>-<time>.yaml`, each with the list of one kind of the whole
//! cluster. An empty list has a file; a failed task has none.

use super::discovery::Discovery;
use super::facts::CoverageStatement;
use super::part::Part;
use super::time::{self, Clock};
use super::{Facts, FileEntry, Layout, Told, outermost};
use crate::paths;
use kubereach_model::snapshot::kinds::{self, Kind};

/// The layout.
#[derive(Debug)]
pub(crate) struct Cilium;

/// File names and what they hold; two are not what they seem: `ciliumingresses` are all Ingresses, and
/// one is misspelt.
const FILES: [(&str, &str, &str); 24] = [
    ("k8s-nodes", "", "nodes"),
    ("k8s-namespaces", "", "namespaces"),
    ("k8s-pods", "", "pods"),
    ("k8s-services", "", "services"),
    ("k8s-endpoints", "", "endpoints"),
    ("k8s-endpointslices", "discovery.k8s.io", "endpointslices"),
    ("k8s-networkpolicies", "networking.k8s.io", "networkpolicies"),
    ("k8s-events", "", "events"),
    ("ciliumingresses", "networking.k8s.io", "ingresses"),
    ("ingressclasses", "networking.k8s.io", "ingressclasses"),
    ("gatewayapi-gatewayclasses", GATEWAY, "gatewayclasses"),
    ("gatewayapi-gateways", GATEWAY, "gateways"),
    ("gatewayapi-httproutes", GATEWAY, "httproutes"),
    ("gatewayapi-grpcroutes", GATEWAY, "grpcroutes"),
    ("gatewayapi-tlsroutes", GATEWAY, "tlsroutes"),
    ("gatewayapi-tcproutes", GATEWAY, "tcproutes"),
    ("gatewayapi-tcroutes", GATEWAY, "tcproutes"),
    ("gatewayapi-udproutes", GATEWAY, "udproutes"),
    ("gatewayapi-referencegrants", GATEWAY, "referencegrants"),
    ("gatewayapi-backendtlspolicies", GATEWAY, "backendtlspolicies"),
    ("ciliumnetworkpolicies", "cilium.io", "ciliumnetworkpolicies"),
    ("ciliumclusterwidenetworkpolicies", "cilium.io", "ciliumclusterwidenetworkpolicies"),
    ("ciliumenvoyconfigs", "cilium.io", "ciliumenvoyconfigs"),
    ("ciliumlocalredirectpolicies", "cilium.io", "ciliumlocalredirectpolicies"),
];

/// What the collector did.
const LOG: &str = "cilium-sysdump.log";

const GATEWAY: &str = "gateway.networking.k8s.io";

/// The kind a file name of a sysdump stands for.
fn kind_of(stem: &str) -> Option<&'static Kind> {
    let (name, _) = stamped(stem)?;
    let (_, group, plural) = FILES.iter().find(|(file, ..)| *file == name)?;
    kinds::by_resource(plural, Some(group))
}

/// Splits `<name>-<yyyymmdd>-<hhmmss>`.
fn stamped(stem: &str) -> Option<(&str, Clock)> {
    let (rest, time) = stem.rsplit_once('-')?;
    let (name, date) = rest.rsplit_once('-')?;
    (date.len() == 8 && time.len() == 6).then(|| time::in_name(&format!("{date}-{time}")))?.map(|clock| (name, clock))
}

impl Layout for Cilium {
    fn name(&self) -> &'static str {
        "cilium-sysdump"
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        outermost(files, |p| {
            let name = p.rsplit('/').next().unwrap_or(p);
            let core =
                stamped(paths::stem(name)).is_some_and(|(n, _)| matches!(n, "k8s-services" | "k8s-pods" | "k8s-nodes"));
            (core || name == LOG).then(|| p.strip_suffix(name)).flatten()
        })
    }

    fn reads_text(&self, name: &str) -> bool {
        name == LOG
    }

    fn kind_by_name(&self, stem: &str) -> Told<&'static Kind> {
        kind_of(stem).map_or(Told::Nothing, Told::Is)
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        for (n, file) in part.files.iter().enumerate() {
            let stem = paths::stem(file.name());
            if let Some((_, Clock::Local(at))) = stamped(stem) {
                out.began_local = out.began_local.max(Some(at));
            }
            let Some(kind) = kind_of(stem) else {
                // Pods and workloads of Cilium itself are written into files of their own, too.
                if file.items().next().is_some() {
                    out.copies.insert(n);
                }
                continue;
            };
            if let Some(statement) = file.listing() {
                out.say(&kind.group_kind(), None, statement);
            }
        }
        let gateway = part.files.iter().any(|f| f.name().starts_with("gatewayapi-"));
        super::singles::found(part, out, "only those of Cilium itself were collected");
        out.rest(&Discovery::default(), |kind| match kind.group {
            GATEWAY if !gateway => CoverageStatement::missing(
                "a sysdump holds Gateway API objects only where Cilium's own enable-gateway-api is on",
            ),
            _ => CoverageStatement::missing(
                "the sysdump holds no file of it: its task failed or it is not part of a sysdump",
            ),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_not_always_what_they_seem() {
        let of = |stem| kind_of(stem).map(|k| k.kind);
        assert_eq!(of("ciliumingresses-20260102-030405"), Some("Ingress"));
        assert_eq!(of("gatewayapi-tcroutes-20260102-030405"), Some("TCPRoute"));
        assert_eq!(of("k8s-pods-20260102"), None);
        assert_eq!(of("é-20260102-030405"), None);
    }
}
