//! A situation, judged.

use std::path::Path;

use kubereach_engine::change::{Prune, analyze_diff, analyze_on_top_of};
use kubereach_engine::observation::{Document, ObservationInput, ObservationLimits, read};
use kubereach_engine::{AnalysisOptions, analyze};
use kubereach_intake::progress::Silent;
use kubereach_intake::{self as intake, InputSpec};
use kubereach_reports::report::Report;
use kubereach_testkit::measured;
use kubereach_testkit::situations::{self, entries, inputs};

/// The options of `kubereach check` that a situation asks for.
pub(crate) fn options(args: &[String]) -> AnalysisOptions {
    AnalysisOptions { intake: situations::options(args), ..AnalysisOptions::default() }
}

/// The same with the situation's measurements.
pub(crate) fn measured_options(folder: &Path, args: &[String]) -> AnalysisOptions {
    AnalysisOptions { observations: observations(folder, args), ..options(args) }
}

/// What was measured in a situation.
pub(crate) fn observations(folder: &Path, args: &[String]) -> Vec<Document> {
    let plain = || measured::ids(&analyze(&inputs(folder), &options(args), &Silent).unwrap());
    let files: Vec<ObservationInput> =
        measured::files(folder, &plain).into_iter().map(|(name, bytes)| ObservationInput::Bytes(name, bytes)).collect();
    if files.is_empty() { Vec::new() } else { read(&files, ObservationLimits::default()).unwrap() }
}

/// The report of a situation: `input/` by itself, over the snapshot in `on_top_of/`, or after `before/`.
pub(crate) fn report(folder: &Path, args: &[String]) -> Result<Report, String> {
    report_with(folder, args, &options(args))
}

/// The same with these options, which `args` were read into.
pub(crate) fn report_with(folder: &Path, args: &[String], options: &AnalysisOptions) -> Result<Report, String> {
    let input = inputs(folder);
    let text = |error: &dyn std::fmt::Display| error.to_string();
    if folder.join("on_top_of").is_dir() {
        let read = |inputs: &[InputSpec]| intake::read(inputs, &options.intake, &Silent).map_err(|e| text(&e));
        let prune = args.iter().find_map(|a| a.strip_prefix("--prune=")).map(|s| Prune::parse(s).unwrap());
        let (base, change) = (read(&entries(&folder.join("on_top_of")))?, read(&input)?);
        return analyze_on_top_of(&base, &change, options, prune.as_ref()).map_err(|e| text(&e));
    }
    if folder.join("before").is_dir() {
        let before = entries(&folder.join("before"));
        return analyze_diff(&before[0], &input[0], options, &Silent).map_err(|e| text(&e));
    }
    analyze(&input, options, &Silent).map_err(|e| text(&e))
}
