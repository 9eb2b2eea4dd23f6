//! `kubereach check`

use kubereach::change::{Prune, analyze_on_top_of};
use kubereach::intake::{self, InputSpec, progress::Silent};
use kubereach::{Filter, Options, analyze_intake};
use kubereach_reports::render::{Format, Options as RenderOptions};
use kubereach_reports::report::Report;

use super::args::Check;
use super::{Failure, GATE, OK, gate, input, output};

/// Analyzes and reports.
pub(super) fn run(command: &Check) -> Result<u8, Failure> {
    // Wrong endings are said before a long read, not after it.
    let files: Vec<_> = command
        .output
        .iter()
        .map(|path| output::format_of(path).map(|format| (path, format)))
        .collect::<Result<_, _>>()?;
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
        ..Options::default()
    };
    let report = judge(command, &options)?;
    let render = RenderOptions {
        width: output::width(),
        color: output::color(command.reading.color),
        quiet: command.quiet,
        max_subjects: command.max_subjects,
        show_coverage: command.show_coverage,
    };
    for (path, format) in files {
        output::write(&report, path, format, &RenderOptions { color: false, quiet: false, ..render.clone() })?;
    }
    output::print(&report, command.format.unwrap_or(Format::Text), &render)?;
    let tripped = gate::trips(&report, command.fail_on, command.change.fail_on_existing);
    Ok(if tripped { GATE } else { OK })
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
