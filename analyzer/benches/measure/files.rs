//! The generated clusters as files.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

use super::Any;
use crate::support::{self, Size};

/// A cluster as YAML or JSON, by the ending; of one kind of object only, if given. Says how many bytes it has.
pub(crate) fn write(path: &Path, pods: usize, only: Option<&str>) -> Any<usize> {
    let kind = |o: &serde_json::Value| only.is_none_or(|kind| o["kind"] == kind);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let objects = support::objects(Size { pods }).filter(kind);
    if path.extension().is_some_and(|e| e == "json") {
        support::write_json(objects, &mut file)?;
    } else {
        support::write_yaml(objects, &mut file)?;
    }
    file.flush()?;
    size(path)
}

/// The same YAML with a list in flow style in every object, so that each is left to the full parser.
pub(crate) fn other(from: &Path, to: &Path) -> Any<usize> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(to)?);
    for line in BufReader::with_capacity(1 << 20, File::open(from)?).lines() {
        let line = line?;
        writeln!(out, "{line}")?;
        if line.starts_with("    uid: ") {
            writeln!(out, "    finalizers: [example.com/kept]")?;
        }
    }
    out.flush()?;
    size(to)
}

/// The same cluster several times in one file, each time in other namespaces.
pub(crate) fn repeat(path: &Path, times: usize) -> Any<()> {
    let text = std::fs::read_to_string(path)?;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    for n in 0..times {
        write!(out, "---\n{}", text.replace("team-", &format!("tea{n:x}-")))?;
    }
    Ok(out.flush()?)
}

/// The file as the only member of a compressed archive.
pub(crate) fn pack(from: &Path, to: &Path) -> Any<usize> {
    let level = flate2::Compression::default();
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(File::create(to)?, level));
    archive.append_path_with_name(from, "bundle/cluster.yaml")?;
    archive.into_inner()?.finish()?.flush()?;
    size(to)
}

/// Bytes of a file.
pub(crate) fn size(path: &Path) -> Any<usize> {
    Ok(usize::try_from(std::fs::metadata(path)?.len())?)
}
