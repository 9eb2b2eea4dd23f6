//! `microk8s inspect`: a report of one machine, with the stream of `kubectl cluster-info dump` in `k8s/cluster-info-dump`
//! (`scripts/inspect.sh` in canonical/microk8s).

use super::cluster_info::ClusterInfo;
use super::part::Part;
use super::{Facts, FileEntry, Layout, ends, outermost};

/// The layout.
#[derive(Debug)]
pub(crate) struct Microk8s;

impl Layout for Microk8s {
    fn name(&self) -> &'static str {
        "microk8s-inspect"
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        outermost(files, |p| {
            ends(p, "k8s/cluster-info-dump").filter(|root| {
                root.ends_with("inspection-report/")
                    || files.iter().any(|f| f.path.starts_with(&format!("{root}args/")))
            })
        })
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        out.note("microk8s inspect");
        ClusterInfo.read(part, out);
    }
}
