//! `kubereach trace`

use std::borrow::Cow;
use std::io::Write as _;

use kubereach_engine::AnalysisOptions;
use kubereach_engine::Filter;
use kubereach_engine::analyze_intake;
use kubereach_engine::evaluate::door::{Kind, kinds};
use kubereach_engine::find_subject;
use kubereach_intake::IntakeOptions;
use kubereach_model::snapshot::nearest;
use kubereach_reports::render::{Format, RenderOptions, render_trace};

use super::args::Trace;
use super::{Failure, NOTHING, OK, input, output};

/// The kind a word stands for, case-insensitive, singular, plural or short.
pub(super) fn kind_of(word: &str) -> Result<String, Failure> {
    kinds().find(|kind| kind.is_called(word)).map(|kind| kind.word().into_owned()).ok_or_else(|| {
        let kinds: Vec<Cow<'_, str>> = kinds().map(Kind::word).collect();
        let near = nearest(word, kinds.iter().map(|kind| &**kind));
        let near = near.map_or_else(String::new, |near| format!(", did you mean {near}?"));
        Failure::Usage(format!("kubereach does not judge '{word}'{near}; it judges {}", kinds.join(", ")))
    })
}

/// What the command line says of the subject.
pub(super) fn help() -> String {
    let kinds: Vec<Cow<'_, str>> = kinds().map(Kind::word).collect();
    let (last, others) = kinds.split_last().unwrap_or((&Cow::Borrowed(""), &[]));
    format!("KIND/NAME: a {} or {last}", others.join(", "))
}

/// Prints one subject hop by hop.
pub(super) fn run(command: &Trace) -> Result<u8, Failure> {
    let Some((kind, name)) = command.subject.split_once('/') else {
        return Err(Failure::Usage(format!("'{}' is not KIND/NAME, for example ingress/web", command.subject)));
    };
    let kind = kind_of(kind)?;
    let mut options = AnalysisOptions {
        intake: IntakeOptions { thresholds: command.accept.thresholds(), ..input::options(&command.reading)? },
        observations: input::observations(&command.reading, &command.measured)?,
        words: input::words(&command.reading),
        filter: Filter {
            namespaces: vec![command.namespace.clone()],
            kinds: vec![kind.clone()],
            names: vec![name.to_owned()],
        },
        // Accepted findings are marked; a trace has no gate.
        gate: Some(command.accept.rules("never", false, true)?),
        ..AnalysisOptions::default()
    };
    let intake = input::read(&command.reading, &options.intake, std::slice::from_ref(&command.namespace))?;
    input::holds(&command.reading, &[&intake], &options.filter)?;
    options.observations.extend(input::relayed(&command.reading, &command.measured, &intake, &options.filter)?);
    let mut report = analyze_intake(&intake, &options);
    command.fixes.offer(&mut report, &intake, &options);
    let Some(index) = find_subject(&report, &kind, &command.namespace, name) else {
        anstream::eprintln!(
            "kubereach: the input holds no {kind} {name} in namespace {}; 'kubereach check' lists what it holds",
            command.namespace
        );
        return Ok(NOTHING);
    };
    let render = RenderOptions {
        width: output::width(),
        color: output::color(command.reading.color),
        ..RenderOptions::default()
    };
    if command.format == "json" {
        output::print(&report, Format::Json, &render)?;
    } else {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        render_trace(&report, index, &render, &mut out)?;
        out.flush()?;
    }
    Ok(OK)
}
