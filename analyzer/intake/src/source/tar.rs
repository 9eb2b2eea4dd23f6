//! Tar archives, read as a stream.

use std::io::{self, Read as _};

use super::compress::{self, Stream};
use super::names::{self, Class};
use super::{RawBody, RawMember, Reading, label};

/// Reads every member in the order of the archive.
pub(super) fn read(reading: &mut Reading<'_>, stream: Stream<'_>) {
    let mut archive = tar::Archive::new(stream);
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => {
            return reading.say(&format!("not a tar archive ({error})"), "nothing was read from it");
        }
    };
    let mut files = 0_usize;
    for entry in entries {
        if reading.stopped {
            return;
        }
        match entry {
            // A packaged chart holds templates, not objects; its description comes first.
            Ok(entry) if files == 0 && !reading.inside.is_empty() && entry.path_bytes().ends_with(b"/Chart.yaml") => {
                return;
            }
            Ok(mut entry) => {
                files += usize::from(!entry.header().entry_type().is_dir());
                member(reading, &mut entry);
            }
            Err(error) => {
                let what = match compress::limit_of(&error) {
                    Some(limit) => limit.to_owned(),
                    None => format!("the archive is damaged or cut off ({error})"),
                };
                let then = format!("{files} members before that were read");
                return reading.say(&what, &then);
            }
        }
    }
    if files == 0 {
        reading.say("an archive without files", "there is nothing in it to read");
    }
}

fn member(reading: &mut Reading<'_>, entry: &mut tar::Entry<'_, Stream<'_>>) {
    let path = reading.label(&entry.path_bytes());
    let kind = entry.header().entry_type();
    if kind.is_dir() || path.is_empty() || path.ends_with('/') {
        return;
    }
    reading.newest(
        entry
            .header()
            .mtime()
            .ok()
            .and_then(|s| i64::try_from(s).ok())
            .and_then(|s| jiff::Timestamp::from_second(s).ok()),
    );
    if kind.is_symlink() || kind.is_hard_link() {
        if names::classify(&path) == Class::Skip {
            reading.summary.skipped += 1;
            return;
        }
        let target = entry.link_name_bytes().map(|raw| label(&raw)).unwrap_or_default();
        // A hard link names its target from the root of the archive, a symbolic link from where it stands.
        let target = if kind.is_hard_link() { relative(&path, &format!("{}{target}", reading.inside)) } else { target };
        let Some(id) = reading.next_id() else { return };
        if reading.sink.wants(id, &path) {
            reading.give(RawMember {
                id,
                path,
                class: Class::Structured,
                body: RawBody::Link(target),
                direct: false,
                cut: false,
            });
        }
        return;
    }
    if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
        reading.summary.skipped += 1;
        return;
    }
    let size = entry.size();
    super::member::take_stream(reading, path, Some(size), Box::new(io::BufReader::new(entry.by_ref())));
}

/// A path from the root, as a link that stands at `from` would write it.
fn relative(from: &str, target: &str) -> String {
    let up = from.matches('/').count();
    format!("{}{target}", "../".repeat(up))
}
