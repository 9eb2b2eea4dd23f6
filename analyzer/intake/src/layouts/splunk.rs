//! The collector of the Splunk Operator (`tools/k8s_collectors/k8s-splunk-collector.sh` in splunk/splunk-operator):
//! `k8s_data/get/KIND.txt` holds the table of `kubectl get` and behind it the YAML, of the current namespace only.

use std::collections::BTreeMap;

use super::discovery::Discovery;
use super::facts::{CoverageStatement, Scope};
use super::part::{File, Part};
use super::{Facts, FileEntry, Layout, before, outermost, singles};
use crate::paths;
use kubereach_model::snapshot::kinds;

/// The layout.
#[derive(Debug)]
pub(crate) struct Splunk;

const FOLDER: &str = "k8s_data/get/";

impl Layout for Splunk {
    fn name(&self) -> &'static str {
        "splunk-collector"
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        outermost(files, |p| before(p, FOLDER))
    }

    fn saves_as_text(&self) -> bool {
        true
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        let namespaces = part
            .below(FOLDER)
            .flat_map(|(_, file)| file.objects())
            .map(|object| object.meta().namespace.clone())
            .filter(|ns| !ns.is_empty());
        let scope = Scope { namespaces: namespaces.collect(), all: false };
        for (n, file) in part.files.iter().enumerate() {
            let Some(name) = file.path.strip_prefix(FOLDER) else {
                // The dump beside it shows some of the same objects; what logs show is none of the cluster.
                if file.path.starts_with("k8s_data/") {
                    out.copies.insert(n)
                } else {
                    out.unused.insert(n)
                };
                continue;
            };
            if paths::stem(name) == "all" {
                out.copies.insert(n);
                continue;
            }
            let Some(kind) = kinds::by_name(paths::stem(name).to_ascii_lowercase().as_str()) else { continue };
            let Some(statement) = file.listing() else { continue };
            if !kind.namespaced {
                out.say(&kind.group_kind(), None, statement);
            } else if scope.namespaces.len() == 1 {
                let everywhere: BTreeMap<String, CoverageStatement> =
                    scope.namespaces.iter().map(|ns| (ns.clone(), statement.clone())).collect();
                out.spread(&kind.group_kind(), &scope, everywhere, "the collector asks in its current namespace only");
            }
        }
        singles::errors(part, out);
        singles::found(part, out, "the collector asks in its current namespace only");
        out.rest(&Discovery::default(), |_| {
            CoverageStatement::missing("the Splunk collector does not ask for this kind, or not outside its namespace")
        });
        if part.files.iter().all(|file| File::documents(file).is_none_or(|d| d.objects.is_empty())) {
            out.note("it holds descriptions and tables, and no objects");
        }
    }
}
