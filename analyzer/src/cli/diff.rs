//! `kubereach diff`

use kubereach_engine::AnalysisOptions;
use kubereach_engine::change::{analyze_diff, analyze_diff_with};
use kubereach_intake::IntakeOptions;
use kubereach_reports::render::{Format, RenderOptions};

use super::args::Diff;
use super::{Failure, GATE, OK, input, output};

/// Judges two inputs and reports what became of every subject.
pub(super) fn run(command: &Diff) -> Result<u8, Failure> {
    match (command.reading.inputs.as_slice(), input::is_live(&command.reading)) {
        ([before, after], false) if before == after => {
            return Err(Failure::Usage("diff compares two inputs, and both are the same".to_owned()));
        }
        ([_, _], false) | ([_], true) => {}
        (_, true) => return Err(Failure::Usage("with --live name only BEFORE: the cluster is AFTER".to_owned())),
        _ => return Err(Failure::Usage("diff compares two inputs: name BEFORE and AFTER".to_owned())),
    }
    let files = command.report.output.iter().map(|path| output::target_of(path)).collect::<Result<Vec<_>, _>>()?;
    let subjects = &command.subjects;
    let options = AnalysisOptions {
        intake: IntakeOptions { thresholds: command.accept.thresholds(), ..input::options(&command.reading)? },
        filter: subjects.filter()?,
        gate: Some(command.accept.rules(command.fail_on.word(), command.fail_on_existing, subjects.is_partial())?),
        ..AnalysisOptions::default()
    };
    input::exist(&command.reading.inputs)?;
    let inputs = input::inputs(&command.reading)?;
    let live = input::after(&command.reading, &options.intake, &subjects.namespace)?;
    let report = input::with_progress(&command.reading, |progress| match (inputs.as_slice(), &live) {
        ([before], Some(after)) => analyze_diff_with(before, after, &options, progress).map_err(Failure::from),
        ([before, after], None) => analyze_diff(before, after, &options, progress).map_err(Failure::from),
        _ => Err(Failure::Usage("diff compares two inputs".to_owned())),
    })?;
    let render = RenderOptions {
        width: output::width(),
        color: output::color(command.reading.color),
        quiet: command.report.quiet,
        summary_only: command.report.summary_only,
        audience: output::audience(command.report.audience, &report),
        show_suppressed: command.list.show_suppressed,
        show_existing: command.fail_on_existing,
        root: output::root(),
        rules: output::pages(),
        ..RenderOptions::default()
    };
    for (path, format) in &files {
        output::write(&report, path, *format, &output::for_file(&render))?;
    }
    let format = command.report.format.unwrap_or(Format::Text);
    output::print(&report, format, &render)?;
    if format != Format::Text || command.report.quiet {
        super::check::remind(report.gate.iter().flat_map(|gate| &gate.suppressions));
    }
    Ok(if report.gate.as_ref().is_some_and(|gate| gate.tripped) { GATE } else { OK })
}
