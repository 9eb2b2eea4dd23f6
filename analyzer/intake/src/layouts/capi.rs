//! What tests of Cluster API and its providers leave of a cluster: `clusters/NAME/resources/NAMESPACE/KIND/NAME.yaml`
//! (`DumpAllResources` and `DumpResourcesForCluster` in kubernetes-sigs/cluster-api, `test/framework`).

use super::discovery::Discovery;
use super::facts::CoverageStatement;
use super::part::Part;
use super::{Facts, FileEntry, Layout, outermost, singles};
use crate::paths::{self, Written};

/// The layout.
#[derive(Debug)]
pub(crate) struct Capi;

/// The folder in which the namespaces of one cluster stand.
fn root(path: &str) -> Option<&str> {
    const FOLDER: &str = "/resources/";
    let at = path.find(FOLDER)?;
    let root = path.get(..at + FOLDER.len())?;
    let mut above = path.get(..at)?.rsplit('/');
    let (_cluster, clusters) = (above.next()?, above.next()?);
    let below: Vec<&str> = path.get(root.len()..)?.split('/').collect();
    let ([_, kind, name] | [kind, name]) = below.as_slice() else { return None };
    let is_kind = kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind.bytes().all(|b| b.is_ascii_alphanumeric());
    (clusters == "clusters" && is_kind && paths::written(name) == Written::Document).then_some(root)
}

impl Layout for Capi {
    fn name(&self) -> &'static str {
        "cluster-api"
    }

    fn is_sent_to_support(&self) -> bool {
        false
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        outermost(files, root)
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        out.note("resources of one cluster as a Cluster API test left them");
        singles::errors(part, out);
        singles::found(part, out, "the test saves what it was told to, and does not say what that was");
        out.rest(&Discovery::default(), |_| {
            CoverageStatement::missing("the test saved none of them and does not say whether it was told to")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_a_cluster_are_told_from_others() {
        let of = |path| root(path);
        assert_eq!(of("clusters/boot/resources/shop/Pod/web.yaml"), Some("clusters/boot/resources/"));
        assert_eq!(of("a/clusters/w/resources/Node/n1.yaml"), Some("a/clusters/w/resources/"));
        assert_eq!(of("clusters/prod/resources/shop/web.yaml"), None);
        assert_eq!(of("deploy/resources/shop/Pod/web.yaml"), None);
    }
}
