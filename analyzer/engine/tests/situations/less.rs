//! Of every situation, read as its folder says: without a kind that it holds, no subject's verdict is more certain, and
//! one is better only with an assumption that names the kind; where assumptions count as unknown, never.

use std::collections::BTreeSet;
use std::path::Path;

use kubereach_intake::progress::Silent;
use kubereach_intake::read;
use kubereach_model::snapshot::{GroupKind, Snapshot};
use kubereach_reports::report::Verdict;
use kubereach_testkit::situations;

use crate::common::knowledge::{KINDS, is_better, verdicts};

/// Every subject of a situation whose verdict is more certain without a kind, one line each.
pub(crate) fn more_certain_with_less(folder: &Path) -> Vec<String> {
    let options = situations::options(&situations::args(folder));
    let Ok(read) = read(&situations::inputs(folder), &options, &Silent) else { return Vec::new() };
    let mut lines = Vec::new();
    for (mut full, strict) in read.snapshots.into_iter().flat_map(|s| [(s.clone(), false), (s, true)]) {
        full.strict |= strict;
        let before = verdicts(&full);
        for kind in held(&full) {
            let mut less = full.clone();
            less.coverage.forget(&kind, "forgotten by the test");
            for (subject, now) in verdicts(&less) {
                let was = &before[&subject];
                let named = !full.strict && now.assumed.iter().any(|assumed| *assumed == *kind.kind);
                let better = is_better(now.verdict, was.verdict) && !was.contradicted && !named;
                // Whoever read anything from the cluster was answered by the API server.
                let answered = subject == "Service/default/kubernetes" && &*kind.kind == "EndpointSlice";
                let condemned = now.verdict == Verdict::Broken && was.verdict != Verdict::Broken;
                if (better && !answered) || condemned {
                    let (name, was) = (situations::name(folder), was.verdict);
                    lines.push(format!("{name}: {subject} was {was}; without {kind} {}", now.verdict));
                }
            }
        }
    }
    lines
}

/// The kinds of which a snapshot knows objects, or that they are none.
fn held(snapshot: &Snapshot) -> BTreeSet<GroupKind> {
    let usual = KINDS.iter().map(|(group, kind)| GroupKind::known(group, kind));
    snapshot.coverage.records().map(|(kind, _, _)| kind.clone()).chain(usual).collect()
}
