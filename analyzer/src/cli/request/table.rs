//! The routing table, on standard output: text, JSON, Markdown, CSV.

use std::fmt::Write as _;
use std::io::Write as _;

use kubereach_engine::request::TableRow;
use kubereach_reports::render::neutral::neutral;

use crate::cli::Failure;

const HEADS: [&str; 7] = ["host", "match", "backend", "config", "route", "listener", "verdict"];

fn cells(row: &TableRow) -> [String; 7] {
    let config =
        if row.dormant.is_some() { format!("{} (carries nothing)", row.config) } else { row.config.to_owned() };
    [
        row.host.clone().unwrap_or_else(|| "*".to_owned()),
        row.matches.clone().unwrap_or_default(),
        row.backend.clone().unwrap_or_else(|| "(answers by itself)".to_owned()),
        config,
        row.route.clone(),
        row.listener.clone().unwrap_or_default(),
        row.verdict.to_owned(),
    ]
}

/// Prints every row.
pub(super) fn print(rows: &[TableRow], format: &str) -> Result<(), Failure> {
    let text = match format {
        "json" => {
            let value = serde_json::json!({ "schema": "kubereach/request-table/v1", "rows": rows });
            let text = serde_json::to_string_pretty(&value).map_err(|error| Failure::Output(error.into()))?;
            format!("{text}\n")
        }
        "csv" => csv(rows),
        "markdown" => markdown(rows),
        _ => text(rows),
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

fn csv(rows: &[TableRow]) -> String {
    let quoted = |cell: &str| {
        // A spreadsheet may not take a name for a formula.
        let cell = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.to_owned() };
        if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
    };
    let mut text = format!("{}\n", HEADS.join(","));
    for row in rows {
        let line: Vec<String> = cells(row).iter().map(|cell| quoted(cell)).collect();
        let _ = writeln!(text, "{}", line.join(","));
    }
    text
}

fn markdown(rows: &[TableRow]) -> String {
    let cell = |text: &str| neutral(text).replace('|', "\\|").replace(['\n', '\r'], " ");
    let mut text = format!("| {} |\n|{}\n", HEADS.join(" | "), "---|".repeat(HEADS.len()));
    for row in rows {
        let line: Vec<String> = cells(row).iter().map(|text| cell(text)).collect();
        let _ = writeln!(text, "| {} |", line.join(" | "));
    }
    text
}

fn text(rows: &[TableRow]) -> String {
    let rows: Vec<[String; 7]> =
        rows.iter().map(cells).map(|row| row.map(|cell| neutral(&cell).into_owned())).collect();
    let mut wide = HEADS.map(|head| head.chars().count());
    for row in &rows {
        for (width, cell) in wide.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    let mut line = |row: &[String]| {
        let cells: Vec<String> = row.iter().zip(wide).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    };
    line(&HEADS.map(str::to_owned));
    for row in &rows {
        line(row);
    }
    text
}
