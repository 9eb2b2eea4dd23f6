//! `kubereach check`

use kubereach::change::{Prune, analyze_on_top_of};
use kubereach::gate::baseline::{self, Baseline};
use kubereach::gate::{Honour, Rules};
use kubereach::intake::{self, InputSpec, progress::Silent};
use kubereach::{Filter, Options, analyze_intake};
use kubereach_reports::render::{Format, Options as RenderOptions};
use kubereach_reports::report::{Gate, Report, SuppressionState};

use super::args::{Annotations, Check};
use super::{Failure, GATE, OK, input, output};

/// Analyzes and reports.
pub(super) fn run(command: &Check) -> Result<u8, Failure> {
    // Wrong endings and unreadable files are said before a long read, not after it.
    let files = command.output.iter().map(|path| output::target_of(path)).collect::<Result<Vec<_>, _>>()?;
    let options = Options {
        intake: input::options(&command.reading)?,
        observations: input::observations(&command.reading, &command.measured)?,
        words: input::words(&command.reading),
        filter: Filter {
            namespaces: command.namespace.clone(),
            kinds: command
                .kind
                .iter()
                .map(|k| super::trace::kind_of(k).map(str::to_owned))
                .collect::<Result<_, _>>()?,
            names: command.name.clone(),
        },
        gate: Some(rules(command)?),
        ..Options::default()
    };
    let report = judge(command, &options)?;
    let render = RenderOptions {
        width: output::width(),
        color: output::color(command.reading.color),
        quiet: command.quiet,
        max_subjects: command.max_subjects,
        show_coverage: command.show_coverage,
        show_suppressed: command.accept.show_suppressed,
        root: output::root(),
        rules: output::pages(),
    };
    let plain = RenderOptions { color: false, quiet: false, ..render.clone() };
    let format = command.format.unwrap_or(Format::Text);
    for (path, format) in &files {
        output::write(&report, path, *format, &plain)?;
    }
    if format == Format::Github || files.iter().any(|(_, format)| *format == Format::Github) {
        output::job_summary(&report, &plain)?;
    }
    output::print(&report, format, &render)?;
    if format != Format::Text || command.quiet {
        remind(&report);
    }
    if let Some(path) = &command.accept.write_baseline {
        output::write_text(path, &baseline::write(&report))?;
        // Writing it down accepts it.
        return Ok(OK);
    }
    Ok(if report.gate.as_ref().is_some_and(|gate| gate.tripped) { GATE } else { OK })
}

/// What the run accepts.
fn rules(command: &Check) -> Result<Rules, Failure> {
    let accept = &command.accept;
    let baseline = accept.baseline.as_ref().map(|path| {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::Usage(format!("--baseline {}: cannot be read: {error}", path.display())))?;
        Baseline::parse(&path.to_string_lossy(), &text).map_err(|error| Failure::Usage(error.to_string()))
    });
    Ok(Rules {
        fail_on: command.fail_on.word().to_owned(),
        existing: command.change.fail_on_existing,
        config: command.file.as_ref().map(|file| file.path.clone()),
        ignores: command.file.as_ref().map(|file| file.ignores.clone()).unwrap_or_default(),
        honour: match accept.ignore_annotations {
            Annotations::Manifests => Honour::Manifests,
            Annotations::All => Honour::All,
            Annotations::None => Honour::None,
        },
        baseline: baseline.transpose()?,
        today: today(),
        partial: !(command.namespace.is_empty() && command.kind.is_empty() && command.name.is_empty()),
    })
}

/// The date in UTC: the same run on two machines of one moment accepts the same.
fn today() -> jiff::civil::Date {
    let now = jiff::Timestamp::now().to_string();
    // RFC 3339 begins with the date. Without a clock nothing has expired.
    now.get(..10).and_then(|date| date.parse().ok()).unwrap_or(jiff::civil::Date::MIN)
}

/// Formats for machines have no place for it, so it is said to whoever watches.
fn remind(report: &Report) {
    let Some(gate) = &report.gate else { return };
    let of = |state| Gate::count(gate, state);
    for (state, words) in [
        (SuppressionState::Expired, "expired: what they accepted counts again"),
        (SuppressionState::NotApplied, "not applied (--ignore-annotations says whose annotations count)"),
        (SuppressionState::Unused, "match nothing: remove or correct them"),
    ] {
        if of(state) > 0 {
            anstream::eprintln!("kubereach: suppressions that {words}: {}", of(state));
            for given in gate.suppressions.iter().filter(|given| given.state == state).take(10) {
                let text = format!("{} of {} ({})", given.code, given.object, given.place);
                anstream::eprintln!("  {}", kubereach_reports::render::neutral::neutral(&text));
            }
        }
    }
}

/// The input by itself, or as a change to a cluster.
fn judge(command: &Check, options: &Options) -> Result<Report, Failure> {
    let change = &command.change;
    let prune = change.prune.as_deref().map(Prune::parse).transpose();
    let prune = prune.map_err(|why| Failure::Usage(format!("--prune: {why}")))?;
    if change.on_top_of.iter().any(|path| path.as_os_str() == "-") {
        let words = "--on-top-of -: standard input is for the change; name the file of the snapshot";
        return Err(Failure::Usage(words.to_owned()));
    }
    let read = input::read(&command.reading, &options.intake, &command.namespace)?;
    if change.on_top_of.is_empty() {
        return Ok(analyze_intake(&read, options));
    }
    if !options.observations.is_empty() {
        let words = "--on-top-of compares configurations: measurements of today say nothing of the cluster after the change; leave --observations out";
        return Err(Failure::Usage(words.to_owned()));
    }
    let base: Vec<InputSpec> = change.on_top_of.iter().cloned().map(InputSpec::Path).collect();
    let base = intake::read(&base, &options.intake, &Silent)?;
    Ok(analyze_on_top_of(&base, &read, options, prune.as_ref())?)
}
