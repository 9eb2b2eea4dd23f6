//! Judges an input with the library and prints one line for each subject:
//! `cargo run --example judge -- fixtures/bundles/troubleshoot/input/support-bundle-2026-01-02T03_04_05.tar.gz`

use std::path::Path;
use std::process::ExitCode;

use kubereach::Analyzer;

fn main() -> ExitCode {
    let Some(input) = std::env::args_os().nth(1) else {
        eprintln!("name a dump, a support bundle or manifests");
        return ExitCode::from(2);
    };
    match Analyzer::new().input(Path::new(&input)).run() {
        Ok(report) => {
            for subject in &report.subjects {
                println!("{:<10} {} {}/{}", subject.verdict, subject.kind, subject.namespace, subject.name);
                println!("           {}", subject.headline);
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(3)
        }
    }
}
