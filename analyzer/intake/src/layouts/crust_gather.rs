//! crust-gather: one YAML file per object below `namespaces/` and `cluster/`, with the discovery of the
//! API server beside them.

use super::discovery::Discovery;
use super::facts::CoverageStatement;
use super::part::{File, Part, words};
use super::{Facts, FileEntry, Layout, ends, has, outermost, singles, time};

/// The layout.
#[derive(Debug)]
pub(crate) struct CrustGather;

impl Layout for CrustGather {
    fn name(&self) -> &'static str {
        "crust-gather"
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        let roots = outermost(files, |p| ends(p, "collected.timestamp").or_else(|| ends(p, "apis.json")));
        let beside = |root: &String| {
            has(files, root, "version.yaml")
                || has(files, root, "api.json")
                || files.iter().any(|f| f.path.strip_prefix(root.as_str()).is_some_and(|p| p.starts_with("cluster/")))
        };
        roots.into_iter().filter(beside).collect()
    }

    fn reads_text(&self, name: &str) -> bool {
        name == "collected.timestamp"
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        let mut discovery = Discovery::default();
        for name in ["apis.json", "api.json"] {
            if let Some((file, value)) = part.file(name).and_then(|f| Some((f, f.data()?))) {
                discovery.add(value, &file.display);
            }
        }
        if let Some(text) = part.file("collected.timestamp").and_then(File::text) {
            out.taken_at = text.lines().find_map(time::parse);
        }
        let version = part.file("version.yaml").and_then(File::data).and_then(|v| v.get("gitVersion"));
        if let Some(version) = version.and_then(serde_json::Value::as_str) {
            out.note(format!("Kubernetes {}", words(version)));
        }
        out.deleted_by = Some("crust-gather.io/deleted");
        singles::errors(part, out);
        singles::found(part, out, "crust-gather writes one file per object, and a kind it was refused leaves none");
        out.rest(&discovery, |_| {
            CoverageStatement::missing("no object of it was written; crust-gather writes nothing for an empty kind and nothing for a refused one")
        });
    }
}
