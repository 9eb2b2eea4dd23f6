//! Writes reports of several situations, two of them of 15,000 subjects, in every format, into a directory:
//! `cargo run -p kubereach-reports --example sample_html -- DIRECTORY`. The browser test opens them. With
//! `-- DIRECTORY REPORT.json` it writes that report as a page.

#[path = "../tests/common/mod.rs"]
mod common;

use std::fs::File;
use std::io::{BufWriter, Write as _};

use kubereach_reports::render::{Format, RenderOptions, render};
use kubereach_reports::report::Report;

fn write(report: &Report, format: Format, place: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut out = BufWriter::new(File::create(place)?);
    render(report, format, &RenderOptions::default(), &mut out)?;
    Ok(out.flush()?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().ok_or("name a directory to write to")?;
    std::fs::create_dir_all(&directory)?;
    if let Some(report) = arguments.next() {
        let report: Report = serde_json::from_str(&std::fs::read_to_string(&report)?)?;
        return write(&report, Format::Html, &format!("{directory}/report.html"));
    }
    let reports = [
        ("sample", common::sample()),
        ("many", common::many(15_000, 20)),
        ("full", common::with_causes(common::each_with_its_own(15_000))),
        ("node", common::node_down()),
        ("class", common::class_missing()),
        ("deny", common::deny_all()),
        ("shop", common::shop()),
    ];
    for (name, report) in reports {
        for &format in Format::ALL {
            let ending = format.endings().first().copied().unwrap_or("txt");
            write(&report, format, &format!("{directory}/{name}.{ending}"))?;
        }
    }
    Ok(())
}
