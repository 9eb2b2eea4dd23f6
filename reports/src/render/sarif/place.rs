//! Files and lines as SARIF wants them.

use super::model::{ArtifactLocation, Location, LogicalLocation, PhysicalLocation, Region};
use crate::render::RenderOptions;
use crate::render::gate::is_absolute;
use crate::render::neutral::neutral;
use crate::report::{Finding, ObjectRef, Report};

/// The name of the repository's root in `originalUriBaseIds`.
pub(super) const BASE: &str = "%SRCROOT%";

/// Where a finding stands; without a place of its own, the first input.
pub(super) fn physical(report: &Report, finding: &Finding, options: &RenderOptions) -> Option<PhysicalLocation> {
    match &finding.location {
        Some(at) => Some(PhysicalLocation {
            artifact_location: artifact(&at.path, options),
            region: Some(Region {
                start_line: at.line.max(1),
                start_column: at.column.max(1),
                end_column: at.end_column.filter(|end| *end > at.column),
            }),
        }),
        None => report.snapshot.inputs.first().map(|input| PhysicalLocation {
            artifact_location: artifact(&input.path, options),
            region: Some(Region { start_line: 1, start_column: 1, end_column: None }),
        }),
    }
}

/// A line of a file.
pub(super) fn line(path: &str, line: u32, column: u32, options: &RenderOptions) -> Location {
    let region = Some(Region { start_line: line.max(1), start_column: column.max(1), end_column: None });
    let physical_location = Some(PhysicalLocation { artifact_location: artifact(path, options), region });
    Location { message: None, physical_location, logical_locations: Vec::new() }
}

/// The object as a logical location.
pub(super) fn logical(object: &ObjectRef) -> LogicalLocation {
    LogicalLocation { fully_qualified_name: neutral(&object.to_string()).into_owned(), kind: "resource" }
}

pub(super) fn artifact(path: &str, options: &RenderOptions) -> ArtifactLocation {
    let path = options.root.path(path);
    if is_absolute(&path) {
        // RFC 8089: the path of a file URI begins with a slash, before a drive's letter too.
        let slash = if path.starts_with('/') { "" } else { "/" };
        return ArtifactLocation { uri: format!("file://{slash}{}", escape(&path)), uri_base_id: None };
    }
    ArtifactLocation { uri: escape(&path), uri_base_id: Some(BASE) }
}

/// RFC 3986: what may stand in a path, and `%XX` for every other byte.
pub(super) fn escape(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'!' | b'@' | b'+' | b'=' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_relative_references() {
        assert_eq!(escape("a b/ü.yaml"), "a%20b/%C3%BC.yaml");
        assert_eq!(escape("b.tar.gz!x:1.yaml"), "b.tar.gz!x%3A1.yaml");
        let at = artifact("deploy/web.yaml", &RenderOptions::default());
        assert_eq!((at.uri.as_str(), at.uri_base_id), ("deploy/web.yaml", Some(BASE)));
        assert_eq!(artifact("/tmp/x.yaml", &RenderOptions::default()).uri, "file:///tmp/x.yaml");
    }
}
