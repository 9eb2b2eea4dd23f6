//! `kubereach/ignore.service.no-ready-endpoints: "reason"` on the object itself.

use kubereach_reports::report::{Finding, ObjectRef};

use kubereach_model::snapshot::Snapshot;

/// What every such annotation begins with; the code follows, with `.` for `/`.
pub const PREFIX: &str = "kubereach/ignore.";

/// One annotation that accepts a finding of its object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Annotation {
    /// The annotated object.
    pub object: ObjectRef,
    /// The code it accepts.
    pub code: String,
    /// Why: its value.
    pub reason: String,
    /// Is the object a manifest, never stored by an API server?
    pub manifest: bool,
}

impl Annotation {
    /// Is it about this finding? The finding blames the annotated object, or stands in it.
    pub fn matches(&self, finding: &Finding) -> bool {
        finding.code == self.code && (finding.object == self.object || finding.stands_in.as_ref() == Some(&self.object))
    }
}

/// The annotation's key for a code.
pub fn key(code: &str) -> String {
    format!("{PREFIX}{}", code.replacen('/', ".", 1))
}

/// Every such annotation of a snapshot, sorted.
pub fn collect<'s>(snapshots: impl IntoIterator<Item = &'s Snapshot>) -> Vec<Annotation> {
    let mut found = Vec::new();
    for snapshot in snapshots {
        snapshot.each(&mut |object, name| {
            for (key, reason) in object.meta.annotations.range(PREFIX.to_owned()..) {
                let Some(code) = key.strip_prefix(PREFIX) else { break };
                found.push(Annotation {
                    object: name(),
                    code: code.replacen('.', "/", 1),
                    reason: reason.trim().to_owned(),
                    manifest: object.manifest,
                });
            }
        });
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_fits_into_an_annotation_and_back() {
        for code in crate::checks::catalogue().keys() {
            let key = key(code);
            let (_, name) = key.split_once('/').unwrap();
            // The API's rule for the part behind the slash: at most 63 characters of these.
            assert!(name.len() <= 63, "{key}");
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')), "{key}");
            assert_eq!(key.strip_prefix(PREFIX).unwrap().replacen('.', "/", 1), *code);
        }
    }
}
