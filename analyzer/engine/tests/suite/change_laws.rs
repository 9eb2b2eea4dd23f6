//! Laws of the comparison, over the reports of every situation: a report compared with itself shows
//! nothing; swapping swaps; order does not matter; less seen never reads as fixed.

use kubereach_engine::change::compare;
use kubereach_reports::report::{Change, ChangeKind, CoverageState, PathState, ProblemChange, Report, Verdict};
use kubereach_testkit::situations::fixtures;
use proptest::prelude::*;

use crate::common::situation;

type Rows = Vec<(String, Vec<(String, String, usize)>)>;

/// The rows of one list, without ids of findings: only the side they come from has those.
fn rows(change: &Change, of: fn(&kubereach_reports::report::SubjectChange) -> &Vec<ProblemChange>) -> Rows {
    let mut all: Rows = change
        .subjects
        .iter()
        .filter(|s| !of(s).is_empty())
        .map(|s| {
            let problems = of(s).iter().map(|p| (p.code.clone(), p.message.clone(), p.paths)).collect();
            (format!("{}/{}/{}", s.kind, s.namespace, s.name), problems)
        })
        .collect();
    all.sort();
    all
}

/// Reports of situations whose inputs are small: enough of every kind of problem.
fn reports() -> &'static [Report] {
    static ALL: std::sync::OnceLock<Vec<Report>> = std::sync::OnceLock::new();
    ALL.get_or_init(read)
}

fn read() -> Vec<Report> {
    let mut all = Vec::new();
    for area in ["service", "ingress", "route", "policy", "change", "manifests"] {
        let mut folders: Vec<_> =
            std::fs::read_dir(fixtures().join(area)).unwrap().map(|e| e.unwrap().path()).collect();
        folders.sort();
        for folder in folders.iter().filter(|f| f.join("input").is_dir() && f.join("expect.yaml").is_file()) {
            all.extend(situation::report(folder, &["--assume-complete".to_owned()]).ok());
        }
    }
    assert!(all.len() > 100, "{}", all.len());
    all
}

#[test]
fn a_report_compared_with_itself_shows_nothing() {
    for report in reports() {
        for kind in [ChangeKind::OnTopOf, ChangeKind::Diff] {
            let change = compare(report, report, kind);
            assert!(change.subjects.is_empty(), "{:?}", change.subjects);
            assert_eq!(change.counts.unchanged, report.subjects.len());
        }
    }
}

#[test]
fn swapping_swaps_introduced_with_fixed_and_the_two_changes_of_sight() {
    let all = reports();
    for (before, after) in all.iter().zip(all.iter().skip(1)).chain(all.iter().zip(all.iter().skip(7))) {
        for kind in [ChangeKind::OnTopOf, ChangeKind::Diff] {
            let (there, back) = (compare(before, after, kind), compare(after, before, kind));
            assert_eq!(rows(&there, |s| &s.introduced), rows(&back, |s| &s.fixed));
            assert_eq!(rows(&there, |s| &s.fixed), rows(&back, |s| &s.introduced));
            assert_eq!(rows(&there, |s| &s.newly_seen), rows(&back, |s| &s.no_longer_seen));
            assert_eq!(rows(&there, |s| &s.no_longer_seen), rows(&back, |s| &s.newly_seen));
            assert_eq!(there.counts.unchanged, back.counts.unchanged);
        }
    }
}

/// A report of somebody who sees less: every segment unknown, nothing known to be complete.
fn blind(report: &Report) -> Report {
    let mut blind = report.clone();
    blind.findings.clear();
    for row in &mut blind.snapshot.coverage {
        row.state = CoverageState::NotCollected;
    }
    for subject in &mut blind.subjects {
        subject.verdict = Verdict::Unknown;
        subject.findings.clear();
        for path in &mut subject.paths {
            path.config = PathState::Unknown;
            for segment in &mut path.segments {
                segment.state = PathState::Unknown;
                segment.findings.clear();
            }
        }
    }
    blind
}

#[test]
fn less_seen_never_reads_as_fixed() {
    for report in reports() {
        let change = compare(report, &blind(report), ChangeKind::Diff);
        assert_eq!(change.counts.fixed, 0, "{:?}", change.subjects);
        assert_eq!(change.counts.introduced, 0, "{:?}", change.subjects);
        let mut nothing = blind(report);
        nothing.subjects.clear();
        assert_eq!(compare(report, &nothing, ChangeKind::Diff).counts.fixed, 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_order_in_a_report_does_not_matter(seed in any::<u64>()) {
        let all = reports();
        let pick = |n: u64| &all[usize::try_from(n % all.len() as u64).unwrap()];
        let (before, after) = (pick(seed), pick(seed / 7919));
        let mut shuffled = after.clone();
        let turn = usize::try_from(seed % 5).unwrap();
        if !shuffled.subjects.is_empty() {
            let by = turn % shuffled.subjects.len();
            shuffled.subjects.rotate_left(by);
        }
        shuffled.findings.reverse();
        for subject in &mut shuffled.subjects {
            subject.paths.reverse();
            for path in &mut subject.paths {
                path.segments.reverse();
            }
        }
        prop_assert_eq!(compare(before, after, ChangeKind::Diff), compare(before, &shuffled, ChangeKind::Diff));
    }
}
