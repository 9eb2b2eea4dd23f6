//! What is said of objects that came twice.

use std::collections::{BTreeMap, HashSet};

use kubereach_reports::report::Problem;

use super::content::{FileId, Origin};
use super::positions::Sources;
use kubereach_model::snapshot::{Duplicate, GroupKind, MadeAgain};

/// One problem per kind and pair of files, however many objects came twice. Two copies in one file (a
/// stream of several commands) are a pair, too.
pub(super) fn said_twice(
    duplicates: &[Duplicate],
    origins: &[Origin],
    copies: &HashSet<FileId>,
    sources: &Sources,
    problems: &mut Vec<Problem>,
) {
    let file = |origin: u32| origins.get(origin as usize).map(|o| o.file);
    let mut pairs: BTreeMap<(GroupKind, FileId, FileId, bool), (usize, &str)> = BTreeMap::new();
    for duplicate in duplicates {
        let (Some(kept), Some(dropped)) = (file(duplicate.kept), file(duplicate.dropped)) else {
            continue;
        };
        // What a Helm release applied is in the cluster, too: that is what it is for.
        let applied = |origin: u32| origins.get(origin as usize).is_some_and(|o| o.len == 0);
        if applied(duplicate.kept) || applied(duplicate.dropped) {
            continue;
        }
        if copies.contains(&kept) || copies.contains(&dropped) || (duplicate.kind.kind == "Event") {
            continue;
        }
        let pair = pairs.entry((duplicate.kind.clone(), kept, dropped, duplicate.different_uid));
        pair.or_insert((0, &duplicate.object)).0 += 1;
    }
    for ((kind, kept, dropped, different), (count, example)) in pairs {
        let path = sources.path(dropped).unwrap_or_default();
        let other = sources.path(kept).filter(|p| *p != path);
        let place = other.map_or_else(|| "a second time in this file".to_owned(), |other| format!("also in {other}"));
        let objects =
            if count == 1 { format!("{example} is") } else { format!("{count} {kind} objects ({example}, …) are") };
        let message = if different {
            format!("{objects} {place} with another uid: deleted and made again between the two; the later one counts")
        } else {
            format!("{objects} {place}: the newer copy counts")
        };
        problems.push(Problem { path, line: None, column: None, message });
    }
}

/// What is said of namespaces that were made again between two readings.
pub(super) fn made_again(namespaces: &[MadeAgain], origins: &[Origin], sources: &Sources, problems: &mut Vec<Problem>) {
    let path = |origin: u32| origins.get(origin as usize).and_then(|o| sources.path(o.file)).unwrap_or_default();
    for MadeAgain { namespace, objects, kept, dropped } in namespaces {
        let earlier = match objects {
            0 => String::new(),
            1 => "; 1 object of its earlier life was left out".to_owned(),
            n => format!("; {n} objects of its earlier life were left out"),
        };
        let message = format!("namespace {namespace} was deleted and made again, as {} shows{earlier}", path(*kept));
        problems.push(Problem { path: path(*dropped), line: None, column: None, message });
    }
}
