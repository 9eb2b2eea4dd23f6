//! `kubereach can`

mod print;

use std::io::{BufRead, BufReader, BufWriter, Write as _};
use std::path::Path;

use kubereach_engine::evaluate::Cluster;
use kubereach_engine::policy::{Answer, Protocol, Request};
use kubereach_engine::question::{
    Answers, Because, Finder, PARTLY, Query, Row, Seen, Target, Unresolved, portable, split_port,
};
use kubereach_model::evidence::Locate;

use super::args::{Can, RequestFlags};
use super::{Failure, GATE, OK, input};

/// The policies do not decide it.
const UNDECIDED: u8 = 4;
/// A line of a query file longer than this is not a question.
const LONGEST_QUERY: u64 = 64 * 1024;

/// Answers one question, a matrix or a file of questions.
pub(super) fn run(mut command: Can) -> Result<u8, Failure> {
    let protocol = match command.protocol.as_deref() {
        None => None,
        Some(word) => Some(
            Protocol::of(word)
                .ok_or_else(|| Failure::Usage(format!("--protocol {word}: use one of TCP, UDP and SCTP")))?,
        ),
    };
    let carried = request(&mut command.request)?;
    let words = words(&mut command)?;
    let options = input::options(&command.reading)?;
    let read = input::read(&command.reading, &options, std::slice::from_ref(&command.namespace))?;
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
    let view = cluster.policies();
    let answers = Answers::new(view, Finder::new(view, &cluster)).carrying(carried.clone());
    if let Some(file) = &command.queries {
        return queries(&answers, file, &read);
    }
    let finder = Finder::new(view, &cluster);
    let namespace = command.namespace.as_str();
    let from = words
        .from
        .as_deref()
        .map(|from| finder.source(from, namespace))
        .transpose()
        .map_err(|error| unresolved(&error))?;
    let to = match words.to.as_deref().map(split_port) {
        Some((to, port)) => {
            Some(finder.destination(to, port, protocol, namespace).map_err(|error| unresolved(&error))?)
        }
        None => None,
    };
    match (from, to) {
        (Some(from), Some(to)) => {
            let mut rows = answers.rows(from.clone(), to.clone(), protocol, command.more.explain);
            if command.more.portable {
                portable(&cluster, (&from, &to), protocol, &carried, &mut rows);
            }
            Answers::locate_rows(&mut rows, &read);
            print::rows(&rows, view, &command.format)?;
            Ok(code(&rows))
        }
        (from, to) => {
            let port =
                command.port.map(|port| Target { protocol: protocol.unwrap_or(Protocol::Tcp), port: Some(port) });
            let mut matrix = answers.matrix(from, to, port, protocol, command.more.explain);
            let mut reasons: Vec<&mut Because> = matrix.rows.iter_mut().flat_map(|row| &mut row.because).collect();
            Answers::locate(&mut reasons, &read);
            print::matrix(&matrix, view, &command.format)?;
            Ok(OK)
        }
    }
}

/// What the flags say of the request.
fn request(flags: &mut RequestFlags) -> Result<Request, Failure> {
    let header = |text: String| match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        _ => Err(Failure::Usage(format!("--header {text}: write NAME:VALUE"))),
    };
    let headers = flags.header.drain(..).map(header).collect::<Result<Vec<_>, _>>()?;
    let request = Request {
        method: flags.method.take(),
        path: flags.path.take(),
        host: flags.host.take(),
        headers: std::collections::BTreeMap::new(),
        principal: flags.principal.take(),
        sni: flags.sni.take(),
    };
    Ok(request.with_headers(headers))
}

struct Words {
    from: Option<String>,
    to: Option<String>,
}

/// Takes SOURCE and DEST from in front of the inputs.
fn words(command: &mut Can) -> Result<Words, Failure> {
    // With --live no INPUT follows.
    let least = if input::is_live(&command.reading) { 1 } else { 2 };
    let inputs = &mut command.reading.inputs;
    let mut take = |what: &str| {
        if inputs.len() < least {
            return Err(Failure::Usage(format!("{what} or INPUT is missing; see 'kubereach can --help'")));
        }
        inputs.remove(0).into_os_string().into_string().map_err(|_| Failure::Usage(format!("{what} is not text")))
    };
    if command.queries.is_some() {
        return Ok(Words { from: None, to: None });
    }
    let from = if command.from_all { None } else { Some(take("SOURCE")?) };
    let to = if command.to_all { None } else { Some(take("DEST")?) };
    Ok(Words { from, to })
}

fn unresolved(error: &Unresolved) -> Failure {
    match error {
        Unresolved::Words(_)
        | Unresolved::ServiceAsSource
        | Unresolved::DoorAsDestination(_)
        | Unresolved::NoCarriers(_)
        | Unresolved::Dns(_)
        | Unresolved::NoSuchPort(..)
        | Unresolved::NotAPort(_)
        | Unresolved::Absent(_)
        | Unresolved::Unread(..)
        | Unresolved::ExternalName(..) => Failure::Usage(error.to_string()),
        Unresolved::NoPods(_) => Failure::Nothing(error.to_string()),
    }
}

/// Denied outweighs undecided, which outweighs allowed. Where it depends on the port and none was named there
/// is no one answer either.
fn code(rows: &[Row]) -> u8 {
    let any = |word: &str| rows.iter().any(|row| row.answer == word);
    if any(Answer::Denied.word()) {
        GATE
    } else if any(Answer::Unknown.word()) || any(PARTLY) {
        UNDECIDED
    } else {
        OK
    }
}

/// JSON lines in, JSON lines out, in the same order.
fn queries(answers: &Answers<'_, '_>, file: &Path, positions: &dyn Locate) -> Result<u8, Failure> {
    let reader: Box<dyn BufRead> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let opened = std::fs::File::open(file)
            .map_err(|error| Failure::Nothing(format!("--queries {}: {error}", file.display())))?;
        Box::new(BufReader::new(opened))
    };
    let mut reader = reader;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut seen = Seen::default();
    let mut places = std::collections::HashMap::new();
    let mut line = Vec::new();
    let mut number = 0_usize;
    loop {
        line.clear();
        let read = std::io::Read::take(&mut reader, LONGEST_QUERY)
            .read_until(b'\n', &mut line)
            .map_err(|error| Failure::Nothing(format!("--queries {}: {error}", file.display())))?;
        if read == 0 {
            break;
        }
        number += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let query: Query = serde_json::from_slice(&line)
            .map_err(|error| Failure::Nothing(format!("--queries {}: line {number}: {error}", file.display())))?;
        let mut answer = answers.query(&query, &mut seen);
        for because in &mut answer.because {
            because.place_from(&mut places, positions);
        }
        serde_json::to_writer(&mut out, &answer).map_err(|error| Failure::Output(error.into()))?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(OK)
}
