//! Merging observations: whose plan was measured, and what is not read at all.

use kubereach_engine::observation::{ObservationInput, ObservationLimits, read};
use kubereach_engine::{AnalysisOptions, Filter, analyze, plan_snapshot};
use kubereach_intake::progress::Silent;
use kubereach_testkit::situations::{fixtures, inputs};

use crate::common::situation::measured_options;

/// A plan digest that differs is said, and the targets that still match count.
#[test]
fn measurements_of_another_plan_are_said_to_be() {
    let folder = fixtures().join("measured/verified");
    let mut options = measured_options(&folder, &["--assume-complete".to_owned()]);
    options.observations[0].observations.plan = "sha256:measured".to_owned();
    for (plan, matches) in [("sha256:measured", true), ("sha256:other", false)] {
        options.plans = [plan.to_owned()].into();
        let report = analyze(&inputs(&folder), &options, &Silent).unwrap();
        assert_eq!(report.snapshot.observations[0].plan_matches, Some(matches));
        assert_eq!(report.snapshot.problems.iter().any(|p| p.message.contains("another plan")), !matches);
        assert_eq!(report.summary.healthy, 1);
    }
    // The snapshot's own plans are known without being given; the plan of a part names the snapshot.
    options.plans.clear();
    let matches = |options: &AnalysisOptions| {
        analyze(&inputs(&folder), options, &Silent).unwrap().snapshot.observations[0].plan_matches
    };
    assert_eq!(matches(&options), Some(false));
    let intake = kubereach_intake::read(&inputs(&folder), &options.intake, &Silent).unwrap();
    let plan = plan_snapshot(&intake.snapshots[0], &Filter::default(), None);
    options.observations[0].observations.plan = plan.digest().unwrap();
    assert_eq!(matches(&options), Some(true));
    options.observations[0].observations.plan = "sha256:of-a-part".to_owned();
    options.observations[0].observations.snapshot = plan.snapshot;
    assert_eq!(matches(&options), Some(true));
}

#[test]
fn a_file_beyond_the_limits_is_not_read() {
    let input = [ObservationInput::Bytes("big".to_owned(), vec![b' '; 100])];
    let error = read(&input, ObservationLimits { bytes: 10, rows: 10 }).unwrap_err();
    assert!(error.to_string().contains("more than 10 bytes"), "{error}");
}
