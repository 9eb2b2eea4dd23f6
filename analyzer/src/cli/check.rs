//! `kubereach check`

use std::path::PathBuf;

use kubereach_engine::AnalysisOptions;
use kubereach_engine::analyze_intake;
use kubereach_engine::change::{Prune, analyze_on_top_of};
use kubereach_engine::gate::baseline;
use kubereach_intake::{self as intake, InputSpec, IntakeOptions, progress::Silent};
use kubereach_reports::render::{Format, RenderOptions};
use kubereach_reports::report::{GivenSuppression, Report, SuppressionState};

use super::args::{Check, ReportFlags};
use super::{Failure, GATE, NOTHING, OK, each, input, nothing, output};

/// Analyzes and reports.
pub(super) fn run(command: &Check) -> Result<u8, Failure> {
    if command.each.each {
        return each::run(command);
    }
    #[cfg(feature = "live")]
    if command.follow.given() {
        return super::follow::run(command);
    }
    // Wrong endings and unreadable files are said before a long read, not after it.
    let files = command.report.output.iter().map(|path| output::target_of(path)).collect::<Result<Vec<_>, _>>()?;
    let options = AnalysisOptions {
        observations: input::observations(&command.reading, &command.measured)?,
        words: input::words(&command.reading),
        routing: command.report.format == Some(Format::Html) || files.iter().any(|(_, format)| *format == Format::Html),
        ..options(command)?
    };
    let report = judge(command, &options)?;
    deliver(&report, &files, &command.report, &rendering(command))?;
    if let Some(why) = nothing::why(&report) {
        return Err(Failure::Nothing(why));
    }
    if let Some(path) = &command.write_baseline {
        output::write_text(path, &baseline::write(&report))?;
        // Writing it down accepts it.
        return Ok(OK);
    }
    Ok(code(&report))
}

/// What was not read did not pass; where nothing at all could be judged for that, there is no answer.
fn code(report: &Report) -> u8 {
    match &report.gate {
        Some(gate) if report.subjects.is_empty() && gate.unjudged > 0 => NOTHING,
        Some(gate) if gate.tripped => GATE,
        _ => OK,
    }
}

/// What is judged, what is accepted, and when the gate trips.
pub(super) fn options(command: &Check) -> Result<AnalysisOptions, Failure> {
    let partial = command.subjects.is_partial() || command.each.shard.is_some();
    Ok(AnalysisOptions {
        intake: IntakeOptions { thresholds: command.accept.thresholds(), ..input::options(&command.reading)? },
        filter: command.subjects.filter()?,
        gate: Some(command.accept.rules(command.fail_on.word(), command.change.fail_on_existing, partial)?),
        ..AnalysisOptions::default()
    })
}

/// How reports are printed.
pub(super) fn rendering(command: &Check) -> RenderOptions {
    RenderOptions {
        width: output::width(),
        color: output::color(command.reading.color),
        quiet: command.report.quiet,
        summary_only: command.report.summary_only,
        max_subjects: command.max_subjects,
        show_coverage: command.show_coverage,
        show_suppressed: command.list.show_suppressed,
        show_existing: command.change.fail_on_existing,
        root: output::root(),
        rules: output::pages(),
        ..RenderOptions::default()
    }
}

/// Prints a report (as text, if no format is given) and writes it into files.
pub(super) fn deliver(
    report: &Report,
    files: &[(PathBuf, Format)],
    flags: &ReportFlags,
    render: &RenderOptions,
) -> Result<(), Failure> {
    let render = &RenderOptions { audience: output::audience(flags.audience, report), ..render.clone() };
    let plain = output::for_file(render);
    let format = flags.format.unwrap_or(Format::Text);
    for (path, format) in files {
        output::write(report, path, *format, &plain)?;
    }
    if format == Format::Github || files.iter().any(|(_, format)| *format == Format::Github) {
        output::job_summary(report, &plain)?;
    }
    output::print(report, format, render)?;
    if format != Format::Text || render.quiet {
        remind(report.gate.iter().flat_map(|gate| &gate.suppressions));
    }
    Ok(())
}

/// Formats for machines have no place for it, so it is said to whoever watches.
pub(super) fn remind<'g>(given: impl IntoIterator<Item = &'g GivenSuppression>) {
    let given: Vec<&GivenSuppression> = given.into_iter().collect();
    for (state, words) in [
        (SuppressionState::Expired, "expired: what they accepted counts again"),
        (SuppressionState::NotApplied, "not applied (--ignore-annotations says whose annotations count)"),
        (SuppressionState::Unused, "match nothing: remove or correct them"),
    ] {
        let of_state: Vec<&&GivenSuppression> = given.iter().filter(|given| given.state == state).collect();
        if of_state.is_empty() {
            continue;
        }
        anstream::eprintln!("kubereach: suppressions that {words}: {}", of_state.len());
        for given in of_state.iter().take(10) {
            let text = format!("{} of {} ({})", given.code, given.object, given.place);
            anstream::eprintln!("  {}", kubereach_reports::render::neutral::neutral(&text));
        }
    }
}

/// The input by itself, or as a change to a cluster.
fn judge(command: &Check, options: &AnalysisOptions) -> Result<Report, Failure> {
    let change = &command.change;
    let prune = change.prune.as_deref().map(Prune::parse).transpose();
    let prune = prune.map_err(|why| Failure::Usage(format!("--prune: {why}")))?;
    if change.on_top_of.iter().any(|path| path.as_os_str() == "-") {
        let words = "--on-top-of -: standard input is for the change; name the file of the snapshot";
        return Err(Failure::Usage(words.to_owned()));
    }
    let read = input::read(&command.reading, &options.intake, &command.subjects.namespace)?;
    if change.on_top_of.is_empty() {
        input::holds(&command.reading, &[&read], &options.filter)?;
        let relayed = input::relayed(&command.reading, &command.measured, &read, &options.filter)?;
        let observations = [options.observations.clone(), relayed].concat();
        let mut report = analyze_intake(&read, &AnalysisOptions { observations, ..options.clone() });
        command.fixes.offer(&mut report, &read, options);
        return Ok(report);
    }
    if !options.observations.is_empty() || input::measures(&command.measured) {
        let words = "--on-top-of compares configurations: measurements of today say nothing of the cluster after the change; leave --observations and --via out";
        return Err(Failure::Usage(words.to_owned()));
    }
    input::exist(&change.on_top_of)?;
    let base: Vec<InputSpec> = change.on_top_of.iter().cloned().map(InputSpec::Path).collect();
    let base = intake::read(&base, &options.intake, &Silent)?;
    input::holds(&command.reading, &[&base, &read], &options.filter)?;
    Ok(analyze_on_top_of(&base, &read, options, prune.as_ref())?)
}
