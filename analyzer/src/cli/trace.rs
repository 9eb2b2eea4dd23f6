//! `kubereach trace`

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::LazyLock;

use kubereach_engine::AnalysisOptions;
use kubereach_engine::Filter;
use kubereach_engine::analyze_intake;
use kubereach_engine::evaluate::door::{Kind, kinds, names};
use kubereach_engine::find_subject;
use kubereach_intake::IntakeOptions;
use kubereach_model::snapshot::nearest;
use kubereach_reports::render::{Format, RenderOptions, render_trace};
use kubereach_reports::report::{Report, Subject};

use super::args::Trace;
use super::word::Word;
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

/// For clap: a kind. Which words stand for one is settled where they are used.
pub(super) fn kinds_of_subjects() -> Word<String> {
    static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| kinds().map(|kind| kind.word().into_owned()).collect());
    Word { parse: |kind| Ok(kind.to_owned()), words: || WORDS.iter().map(String::as_str).collect() }
}

/// What the words ask about: `KIND/NAME`, or `NAMESPACE/KIND/NAME`.
struct Asked {
    kind: String,
    name: String,
    /// Where no namespace is named, the only subject of that name is meant.
    namespace: Option<String>,
}

fn asked(command: &Trace) -> Result<Asked, Failure> {
    let words: Vec<&str> = command.subject.split('/').collect();
    let (place, kind, name) = match *words.as_slice() {
        [kind, name] if !name.is_empty() => (None, kind, name),
        [place, kind, name] if !place.is_empty() && !name.is_empty() => (Some(place.to_owned()), kind, name),
        _ => return Err(Failure::Usage(format!("'{}' is not KIND/NAME, for example ingress/web", command.subject))),
    };
    if let (Some(place), Some(flag)) = (&place, command.namespace.as_ref().filter(|flag| place.as_ref() != Some(*flag)))
    {
        return Err(Failure::Usage(format!("'{}' is in namespace {place}, and -n says {flag}", command.subject)));
    }
    let namespace = place.or_else(|| command.namespace.clone());
    Ok(Asked { kind: kind_of(kind)?, name: name.to_owned(), namespace })
}

/// Its place in the report.
fn find(report: &Report, asked: &Asked) -> Result<Option<usize>, Failure> {
    if let Some(namespace) = &asked.namespace {
        return Ok(find_subject(report, &asked.kind, namespace, &asked.name));
    }
    let of_name = |s: &&Subject| s.name == asked.name && names(&asked.kind, &s.kind, s.group.as_deref());
    let places: BTreeSet<&str> = report.subjects.iter().filter(of_name).map(|s| s.namespace.as_str()).collect();
    let mut places = places.into_iter();
    match (places.next(), places.next()) {
        (None, _) => Ok(None),
        (Some(namespace), None) => Ok(find_subject(report, &asked.kind, namespace, &asked.name)),
        (Some(first), Some(second)) => {
            let all: Vec<String> =
                [first, second].into_iter().chain(places).map(|place| format!("-n {place}")).collect();
            let (kind, name) = (&asked.kind, &asked.name);
            let words =
                format!("there are {} of kind {kind} named '{name}': say which, with {}", all.len(), all.join(", "));
            Err(Failure::Usage(words))
        }
    }
}

/// Prints one subject hop by hop.
pub(super) fn run(command: &Trace) -> Result<u8, Failure> {
    let asked = asked(command)?;
    let namespaces: Vec<String> = asked.namespace.iter().cloned().collect();
    let mut options = AnalysisOptions {
        intake: IntakeOptions { thresholds: command.accept.thresholds(), ..input::options(&command.reading)? },
        observations: input::observations(&command.reading, &command.measured)?,
        words: input::words(&command.reading),
        filter: Filter {
            namespaces: namespaces.clone(),
            kinds: vec![asked.kind.clone()],
            names: vec![asked.name.clone()],
        },
        // Accepted findings are marked; a trace has no gate.
        gate: Some(command.accept.rules("never", false, true)?),
        ..AnalysisOptions::default()
    };
    let intake = input::read(&command.reading, &options.intake, &namespaces)?;
    input::holds(&command.reading, &[&intake], &options.filter)?;
    options.observations.extend(input::relayed(&command.reading, &command.measured, &intake, &options.filter)?);
    let mut report = analyze_intake(&intake, &options);
    command.fixes.offer(&mut report, &intake, &options);
    let Some(index) = find(&report, &asked)? else {
        let place = asked.namespace.as_ref().map_or_else(String::new, |place| format!(" in namespace {place}"));
        anstream::eprintln!(
            "kubereach: the input holds no {} {}{place}; 'kubereach check' lists what it holds",
            asked.kind,
            asked.name
        );
        return Ok(NOTHING);
    };
    let render = RenderOptions {
        width: output::width(),
        color: output::color(command.reading.color),
        audience: output::audience(command.audience, &report),
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
