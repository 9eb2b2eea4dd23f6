//! `kubereach request`

mod print;
mod table;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, BufWriter, Write as _};
use std::path::Path;

use kubereach_engine::evaluate::Cluster;
use kubereach_engine::request::{Call, Ended, Journey, Query, Requests, Word};
use serde_json::Value;

use super::args::Request;
use super::{Failure, GATE, OK, input};

/// What the client gets cannot be told.
const UNDECIDED: u8 = 4;
/// A line of a query file longer than this is not a question.
const LONGEST_QUERY: u64 = 64 * 1024;

/// Answers one request or a file of them.
pub(super) fn run(mut command: Request) -> Result<u8, Failure> {
    if command.format == "csv" && !command.all {
        return Err(Failure::Usage("--format csv is for --all".to_owned()));
    }
    let many = command.queries.is_some() || command.all;
    let query = if many { None } else { Some(query(&mut command)?) };
    let options = input::options(&command.reading)?;
    let read = input::read(&command.reading, &options, &[])?;
    for problem in &read.problems {
        anstream::eprintln!("kubereach: {}: {}", problem.path, problem.message);
    }
    let [snapshot] = read.snapshots.as_slice() else {
        let many = read.snapshots.len();
        return Err(Failure::Nothing(match many {
            0 => "the input holds no objects".to_owned(),
            _ => format!("the input holds {many} clusters; give one of them"),
        }));
    };
    let cluster = Cluster::new(snapshot);
    let requests = Requests::new(&cluster);
    if let Some(file) = &command.queries {
        return queries(&requests, file);
    }
    let Some(query) = query else {
        table::print(&requests.table(), &command.format)?;
        return Ok(OK);
    };
    let journey = requests.journey(&query, !command.no_follow || command.follow).map_err(Failure::Usage)?;
    print::journey(&journey, command.explain, &command.format)?;
    Ok(code(&journey))
}

/// Takes METHOD and URL from in front of the inputs.
fn query(command: &mut Request) -> Result<Query, Failure> {
    let least = usize::from(!input::is_live(&command.reading));
    let inputs = &mut command.reading.inputs;
    let is_method = |word: &std::path::PathBuf| {
        word.to_str().is_some_and(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_uppercase()))
    };
    let method = if inputs.len() > least + 1 && inputs.first().is_some_and(is_method) {
        inputs.remove(0).into_os_string().into_string().ok()
    } else {
        None
    };
    if inputs.len() <= least {
        return Err(Failure::Usage("URL or INPUT is missing; see 'kubereach request --help'".to_owned()));
    }
    let url =
        inputs.remove(0).into_os_string().into_string().map_err(|_| Failure::Usage("URL is not text".to_owned()))?;
    let mut headers: BTreeMap<String, Value> = BTreeMap::new();
    for header in &command.header {
        let (name, value) = header
            .split_once(':')
            .filter(|(name, _)| !name.trim().is_empty())
            .ok_or_else(|| Failure::Usage(format!("-H '{header}' is not 'Name: value'")))?;
        let slot = headers.entry(name.trim().to_ascii_lowercase()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(values) = slot {
            values.push(Value::from(value.trim()));
        }
    }
    let grpc = match command.grpc.as_deref().map(|call| (call, call.split_once('/'))) {
        None => None,
        Some((_, Some((service, method)))) if !service.is_empty() && !method.is_empty() => {
            Some(Call { service: Some(service.to_owned()), method: Some(method.to_owned()) })
        }
        Some((call, _)) => return Err(Failure::Usage(format!("--grpc '{call}' is not SERVICE/METHOD"))),
    };
    Ok(Query {
        url: Some(url),
        method,
        headers: Some(headers),
        grpc,
        from: Some(in_namespace(&command.from, &command.namespace)),
        to: command.to.as_ref().map(|to| in_namespace(to, &command.namespace)),
        ..Query::default()
    })
}

/// `KIND/NAME` with its namespace.
fn in_namespace(words: &str, namespace: &str) -> String {
    match words.split('/').collect::<Vec<_>>().as_slice() {
        [kind, name] if kubereach_model::snapshot::kinds::by_name(kind).is_some() => {
            format!("{namespace}/{kind}/{name}")
        }
        _ => words.to_owned(),
    }
}

/// Not through outweighs undecided, which outweighs through.
fn code(journey: &Journey) -> u8 {
    if !matches!(journey.ended, Ended::Answered) {
        return GATE;
    }
    let last = journey.hops.last().map(|hop| hop.answers.as_slice()).unwrap_or_default();
    let any = |words: &[Word]| last.iter().any(|answer| words.contains(&answer.answer));
    if any(&[Word::Response, Word::Refused]) {
        GATE
    } else if last.is_empty() || any(&[Word::Unknown]) {
        UNDECIDED
    } else {
        OK
    }
}

/// JSON lines in, JSON lines out, in the same order.
fn queries(requests: &Requests<'_, '_>, file: &Path) -> Result<u8, Failure> {
    let wrong = |error: &dyn std::fmt::Display| Failure::Nothing(format!("--queries {}: {error}", file.display()));
    let mut reader: Box<dyn BufRead> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(BufReader::new(std::fs::File::open(file).map_err(|error| wrong(&error))?))
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut line = Vec::new();
    let mut number = 0_usize;
    loop {
        line.clear();
        let read = std::io::Read::take(&mut reader, LONGEST_QUERY)
            .read_until(b'\n', &mut line)
            .map_err(|error| wrong(&error))?;
        if read == 0 {
            break;
        }
        number += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let query: Query = serde_json::from_slice(&line).map_err(|error| wrong(&format!("line {number}: {error}")))?;
        let mut answer = requests.query(&query);
        answer.considered.clear();
        serde_json::to_writer(&mut out, &answer).map_err(|error| Failure::Output(error.into()))?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(OK)
}
