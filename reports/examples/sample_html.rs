//! Writes the sample report and two of 10,000 subjects, in every format, into a directory:
//! `cargo run -p kubereach-reports --example sample_html -- DIRECTORY`. The browser test opens them.

#[path = "../tests/common/mod.rs"]
mod common;

use std::fs::File;
use std::io::{BufWriter, Write as _};

use kubereach_reports::render::{Format, RenderOptions, render};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args().nth(1).ok_or("name a directory to write to")?;
    std::fs::create_dir_all(&directory)?;
    let reports =
        [("sample", common::sample()), ("many", common::many(10_000, 20)), ("full", common::each_with_its_own(10_000))];
    for (name, report) in reports {
        for &format in Format::ALL {
            let ending = format.endings().first().copied().unwrap_or("txt");
            let mut out = BufWriter::new(File::create(format!("{directory}/{name}.{ending}"))?);
            render(&report, format, &RenderOptions::default(), &mut out)?;
            out.flush()?;
        }
    }
    Ok(())
}
