//! Directories: every file below, in the order of their names, links never followed out.

use std::fs::File;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::member::take_stream;
use super::names::{self, Class};
use super::{Reading, io_words};
use crate::paths::display;

/// Reads the files below `root`.
pub(super) fn read(reading: &mut Reading<'_>, root: &Path) {
    let real_root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let mut links: Vec<(String, PathBuf)> = Vec::new();
    let mut files = 0_usize;
    let walk = WalkDir::new(root).follow_links(false).follow_root_links(true).sort_by_file_name();
    let visible = |entry: &walkdir::DirEntry| !(entry.file_type().is_dir() && entry.file_name() == ".git");
    for entry in walk.into_iter().filter_entry(visible) {
        if reading.stopped {
            return;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().map_or_else(|| reading.name.to_owned(), |p| p.to_string_lossy().into_owned());
                let what = error.io_error().map_or_else(|| error.to_string(), io_words);
                reading.say_of(path, &what, "it was not read");
                continue;
            }
        };
        let kind = entry.file_type();
        if kind.is_dir() {
            continue;
        }
        let label = entry.path().strip_prefix(root).unwrap_or(entry.path()).to_string_lossy().replace('\\', "/");
        files += 1;
        if kind.is_symlink() {
            links.push((label, entry.path().to_path_buf()));
        } else if kind.is_file() {
            file(reading, label, entry.path());
        } else {
            reading.summary.skipped += 1;
        }
    }
    // A link to a file inside is the same file under another name: a layout may look for either.
    for (label, path) in links {
        if reading.stopped {
            return;
        }
        let target = path.canonicalize();
        match target {
            Ok(target) if target.starts_with(&real_root) && target.is_file() => {
                link(reading, label, &path);
            }
            _ => reading.summary.skipped += 1,
        }
    }
    if files == 0 {
        reading.say("a directory without files", "there is nothing in it to read");
    }
}

fn file(reading: &mut Reading<'_>, label: String, path: &Path) {
    if names::classify(&label) == Class::Skip {
        reading.summary.skipped += 1;
        return;
    }
    match File::open(path) {
        Ok(file) => {
            let metadata = file.metadata().ok();
            reading.newest(
                metadata.as_ref().and_then(|m| m.modified().ok()).and_then(|t| jiff::Timestamp::try_from(t).ok()),
            );
            // Counted for the progress here: no decompressor stands between.
            reading.progress.bytes(metadata.as_ref().map_or(0, std::fs::Metadata::len));
            take_stream(reading, label, None, Box::new(file));
        }
        Err(error) => {
            let shown = display(reading.summary.container, reading.name, &label);
            reading.say_of(shown, &io_words(&error), "it was not read");
        }
    }
}

fn link(reading: &mut Reading<'_>, label: String, path: &Path) {
    if names::classify(&label) == Class::Skip {
        reading.summary.skipped += 1;
        return;
    }
    let target = std::fs::read_link(path).map(|t| t.to_string_lossy().replace('\\', "/")).unwrap_or_default();
    let Some(id) = reading.next_id() else { return };
    if reading.sink.wants(id, &label) {
        reading.give(super::RawMember {
            id,
            path: label,
            class: Class::Structured,
            body: super::RawBody::Link(target),
            direct: false,
            cut: false,
        });
    }
}
