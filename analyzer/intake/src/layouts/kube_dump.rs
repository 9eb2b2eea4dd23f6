//! kube-dump: `<ns>/<name>_<resource>.yaml` and `cluster/<name>_<resource>.yaml`, made for a backup:
//! status, uid, times and `spec.clusterIP` are stripped, and what could not be read is skipped silently.

use super::discovery::Discovery;
use super::facts::CoverageStatement;
use super::part::Part;
use super::{Facts, FileEntry, Layout, outermost, singles};
use crate::paths::{self, Written};
use kubereach_model::snapshot::kinds;

/// The layout.
#[derive(Debug)]
pub(crate) struct KubeDump;

/// Resources that the model does not know and that are in every cluster.
const COMMON: [&str; 8] = [
    "serviceaccounts",
    "roles",
    "rolebindings",
    "clusterroles",
    "clusterrolebindings",
    "storageclasses",
    "persistentvolumes",
    "limitranges",
];

/// The folder above the namespace folders, for a file that is named as kube-dump names them.
fn root(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/')?;
    let resource = paths::stem(name).rsplit_once('_')?.1;
    let plural = resource.split('.').next().unwrap_or(resource);
    let known = COMMON.contains(&plural) || kinds::KINDS.iter().any(|k| k.plural == plural);
    if !known || paths::written(name) != Written::Document {
        return None;
    }
    let namespace = folder.rsplit('/').next().unwrap_or(folder);
    path.get(..folder.len() - namespace.len())
}

impl Layout for KubeDump {
    fn name(&self) -> &'static str {
        "kube-dump"
    }

    fn is_sent_to_support(&self) -> bool {
        false
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        // One file of that form may be chance; a dump has many.
        let found = outermost(files, root);
        found
            .into_iter()
            .filter(|r| files.iter().filter(|f| root(f.path) == Some(r.as_str())).take(3).count() == 3)
            .collect()
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        out.stripped = true;
        out.note("status, times and identities were stripped by kube-dump");
        singles::found(part, out, "kube-dump skips what it may not read, without a word");
        out.rest(&Discovery::default(), |_| {
            CoverageStatement::missing(
                "no object of it was written; kube-dump skips what it may not read, without a word",
            )
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_dump_are_recognized() {
        assert_eq!(root("shop/web_services.yaml"), Some(""));
        assert_eq!(root("d/shop/web_deployments.apps.yaml"), Some("d/"));
        assert_eq!(root("d/cluster/n1_nodes.yaml"), Some("d/"));
        assert_eq!(root("shop/web_service.yaml"), None);
        assert_eq!(root("web_services.yaml"), None);
    }
}
