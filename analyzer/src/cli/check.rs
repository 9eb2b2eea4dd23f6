//! `kubereach check`

use kubereach::{Filter, Options, analyze_intake};
use kubereach_reports::render::{Format, Options as RenderOptions};

use super::args::Check;
use super::{Failure, GATE, OK, input, output};

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
    };
    let intake = input::read(&command.reading, &options.intake, &command.namespace)?;
    let report = analyze_intake(&intake, &options);
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
    let tripped = report.subjects.iter().any(|s| command.fail_on.trips(s.verdict));
    Ok(if tripped { GATE } else { OK })
}
