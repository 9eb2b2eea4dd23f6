//! Answers on standard output: text, JSON, Markdown, CSV.

use std::fmt::Write as _;
use std::io::Write as _;

use kubereach_engine::policy::PolicyView;
use kubereach_engine::policy::cni::Enforcement;
use kubereach_engine::question::{Addresses, Because, Elsewhere, Matrix, MatrixRow, PARTLY, Ports, Row};
use kubereach_reports::report::Assumption;

use crate::cli::Failure;

/// Prints the rows of one question.
pub(super) fn rows(rows: &[Row], view: &PolicyView<'_>, format: &str) -> Result<(), Failure> {
    let text = match format {
        "json" => {
            json(&serde_json::json!({ "schema": "kubereach/can/v1", "enforcement": enforcement(view), "rows": rows }))?
        }
        "markdown" => table_markdown(
            &["from", "to", "port", "answer", "because"],
            rows.iter().map(|row| {
                let because: Vec<String> = row.because.iter().map(reason).collect();
                vec![
                    label(&row.from, row.from_all.len()),
                    label(&row.to, row.to_all.len()),
                    port(row),
                    row.answer.to_owned(),
                    because.join("; "),
                ]
            }),
        ),
        "csv" => table_csv(
            &["from", "to", "protocol", "port", "answer", "ingress", "egress", "because"],
            rows.iter().flat_map(|row| {
                let because: Vec<String> = row.because.iter().map(reason).collect();
                let because = because.join("; ");
                // A machine wants every pair.
                row.from_all.iter().flat_map(move |from| {
                    let because = because.clone();
                    row.to_all.iter().map(move |to| {
                        vec![
                            from.clone(),
                            to.clone(),
                            row.protocol.unwrap_or_default().to_owned(),
                            row.port.map(|p| p.to_string()).unwrap_or_default(),
                            row.answer.to_owned(),
                            row.ingress.to_owned(),
                            row.egress.to_owned(),
                            because.clone(),
                        ]
                    })
                })
            }),
        ),
        _ => text(rows, view),
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

/// Prints a matrix.
pub(super) fn matrix(matrix: &Matrix, view: &PolicyView<'_>, format: &str) -> Result<(), Failure> {
    let cells =
        |row: &MatrixRow| vec![label(&row.from, row.from_count), label(&row.to, row.to_count), matrix_answer(row)];
    let text = match format {
        "json" => json(&serde_json::json!({
            "schema": "kubereach/can-matrix/v1",
            "enforcement": enforcement(view),
            "groups": matrix.groups,
            "rows": matrix.rows,
            "assumptions": matrix.assumptions,
        }))?,
        "markdown" => table_markdown(&["from", "to", "answer"], matrix.rows.iter().map(cells)),
        "csv" => table_csv(
            &["from", "from_count", "to", "to_count", "port", "answer"],
            matrix.rows.iter().map(|row| {
                vec![
                    row.from.clone(),
                    row.from_count.to_string(),
                    row.to.clone(),
                    row.to_count.to_string(),
                    row.port.clone().unwrap_or_default(),
                    row.answer.map_or_else(|| ports(&row.ports), str::to_owned),
                ]
            }),
        ),
        _ => {
            let rows: Vec<Vec<String>> = matrix.rows.iter().map(cells).collect();
            let wide = |column: usize| {
                rows.iter().filter_map(|r| r.get(column)).map(|c| visible(c).chars().count()).max().unwrap_or(0)
            };
            let (from, to) = (wide(0), wide(1));
            let mut text = String::new();
            for (row, reasons) in rows.iter().zip(&matrix.rows) {
                if let [a, b, answer] = row.as_slice() {
                    let _ = writeln!(text, "{:<from$}  {:<to$}  {}", visible(a), visible(b), visible(answer));
                }
                for because in &reasons.because {
                    let _ = writeln!(text, "    {}", visible(&reason(because)));
                }
            }
            let _ = writeln!(text);
            for assumed in &matrix.assumptions {
                let _ = writeln!(text, "{}", visible(&assumption(assumed)));
            }
            let _ = writeln!(text, "{}", visible(&footer(view)));
            text
        }
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

fn json(value: &serde_json::Value) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| Failure::Output(error.into()))?;
    text.push('\n');
    Ok(text)
}

/// Names come from the input: what could move a cursor or hide text is shown, not sent to the terminal.
fn visible(text: &str) -> std::borrow::Cow<'_, str> {
    kubereach_reports::render::neutral::neutral(text)
}

fn label(first: &str, count: usize) -> String {
    match count {
        0 | 1 => first.to_owned(),
        2 => format!("{first} and 1 more"),
        more => format!("{first} and {} more", more - 1),
    }
}

fn port(row: &Row) -> String {
    match (row.protocol, row.port) {
        (Some(protocol), Some(port)) => format!("{port}/{protocol}"),
        (Some(protocol), None) => format!("?/{protocol}"),
        (None, _) => ports(&row.ports),
    }
}

fn ports(all: &[Ports]) -> String {
    let mut parts = Vec::new();
    for ports in all {
        let mut words = Vec::new();
        for (word, runs) in [("allowed", &ports.allowed), ("denied", &ports.denied), ("unknown", &ports.unknown)] {
            if runs != "none" {
                words.push(if runs == "all" { word.to_owned() } else { format!("{word} {runs}") });
            }
        }
        parts.push(format!("{} {}", ports.protocol, words.join("; ")));
    }
    let same = |word: &str| {
        all.iter().all(|p| {
            [&p.allowed, &p.denied, &p.unknown].iter().filter(|r| *r == &"all").count() == 1
                && match word {
                    "allowed" => p.allowed == "all",
                    "denied" => p.denied == "all",
                    _ => p.unknown == "all",
                }
        })
    };
    match ["allowed", "denied", "unknown"].into_iter().find(|word| same(word)) {
        Some(word) if all.len() == 3 => format!("{word} on every port"),
        _ => parts.join(" | "),
    }
}

fn matrix_answer(row: &MatrixRow) -> String {
    match (row.answer, &row.port) {
        (Some(answer), Some(port)) => format!("{answer} {port}"),
        (Some(answer), None) => answer.to_owned(),
        (None, _) => ports(&row.ports),
    }
}

fn reason(because: &Because) -> String {
    let place = because.location.as_ref().map(|at| format!(" ({}:{})", at.path, at.line));
    format!("{}: {}{}", because.direction, because.text, place.unwrap_or_default())
}

/// `allowed on Calico and Antrea; denied on Amazon VPC CNI`.
fn elsewhere(row: &Row) -> String {
    let one = |of: &Elsewhere| match of.plugins.split_last() {
        Some((last, [])) => format!("{} on {last}", of.answer),
        Some((last, first)) => format!("{} on {} and {last}", of.answer, first.join(", ")),
        None => String::new(),
    };
    row.portable.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn text(rows: &[Row], view: &PolicyView<'_>) -> String {
    let mut text = String::new();
    for row in rows {
        let pairs = row.from_all.len() * row.to_all.len();
        let how_many = if pairs > 1 { format!(" ({pairs} pairs of pods alike)") } else { String::new() };
        let _ = writeln!(
            text,
            "{:<8} {} -> {} {}{how_many}",
            row.answer,
            visible(&label(&row.from, row.from_all.len())),
            visible(&label(&row.to, row.to_all.len())),
            port(row),
        );
        if row.because.is_empty() {
            let _ = writeln!(text, "         no network policy that was read applies to it");
        }
        for because in &row.because {
            let _ = writeln!(text, "         {}", visible(&reason(because)));
        }
        for near in &row.near {
            let _ = writeln!(text, "         nearly: {}", visible(&reason(near)));
        }
        if !row.portable.is_empty() {
            let _ = writeln!(text, "         portable: {}", elsewhere(row));
        }
        for line in row.addresses.iter().flat_map(addresses) {
            let _ = writeln!(text, "         {line}");
        }
        if row.answer == PARTLY {
            let _ = writeln!(text, "         it depends on the port: name one (DEST:PORT) for a yes or no");
        }
        for assumed in &row.assumptions {
            let _ = writeln!(text, "         {}", visible(&assumption(assumed)));
        }
        if !row.considered.is_empty() {
            let _ = writeln!(text, "         considered:");
            for because in &row.considered {
                let _ = writeln!(text, "           {}", visible(&reason(because)));
            }
        }
    }
    let _ = writeln!(text, "\n{}", visible(&footer(view)));
    text
}

/// What is known about enforcement, for machines.
fn enforcement(view: &PolicyView<'_>) -> serde_json::Value {
    let (state, why) = match &view.plugins.enforcement {
        Enforcement::Enforced { proof, .. } => ("enforced", proof.sentence()),
        Enforcement::NotEnforced { proof, .. } => ("not-enforced", proof.sentence()),
        Enforcement::Unknown(gap) => ("unknown", gap.sentence()),
    };
    serde_json::json!({ "state": state, "reason": why })
}

/// The same for people.
fn footer(view: &PolicyView<'_>) -> String {
    match &view.plugins.enforcement {
        Enforcement::Enforced { proof, .. } => format!("Enforced: {}", proof.sentence()),
        Enforcement::NotEnforced { proof, .. } => format!("Not enforced: {}", proof.sentence()),
        Enforcement::Unknown(gap) => format!("Not known: {}", gap.sentence()),
    }
}

/// Addresses by answer; what is neither allowed nor unknown is said in one word, as its CIDRs are many.
fn addresses(of: &Addresses) -> Vec<String> {
    const SHOWN: usize = 16;
    let mut lines = Vec::new();
    let kinds = [("allowed", &of.allowed), ("denied", &of.denied), ("unknown", &of.unknown)];
    let largest = kinds.iter().map(|(_, cidrs)| cidrs.len()).max().unwrap_or(0);
    let mut others = false;
    for (word, cidrs) in kinds.iter().filter(|(_, cidrs)| !cidrs.is_empty()) {
        if !others
            && cidrs.len() == largest
            && cidrs.len() > SHOWN
            && kinds.iter().any(|(_, c)| !c.is_empty() && c.len() < largest)
        {
            others = true;
            lines.push(format!("{} {word}: all other addresses", of.family));
            continue;
        }
        let shown = cidrs.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = cidrs.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more (--format json lists them)") } else { String::new() };
        lines.push(format!("{} {word}: {shown}{more}", of.family));
    }
    lines.sort_by_key(|line| line.ends_with("all other addresses"));
    lines
}

/// What the answer rests on, and how that is settled.
fn assumption(assumed: &Assumption) -> String {
    let mut line = format!("assuming: {}", assumed.text);
    if let Some(declared) = assumed.declaration() {
        let _ = write!(line, "; read them with {}, or if there are none: {declared}", assumed.command);
    }
    line
}

fn table_markdown(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let escape =
        |cell: &str| visible(cell).replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('`', "\\`");
    let mut text = format!("| {} |\n|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| escape(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// RFC 4180; a cell that a spreadsheet would run as a formula is quoted with an apostrophe.
fn table_csv(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let cell = |cell: &str| {
        let guard = if cell.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
        format!("\"{guard}{}\"", visible(cell).replace('"', "\"\""))
    };
    let mut text = heads.join(",");
    text.push_str("\r\n");
    for row in rows {
        let cells: Vec<String> = row.iter().map(|c| cell(c)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}
