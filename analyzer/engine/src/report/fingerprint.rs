//! The same finding in two runs, whatever moved in between.
//!
//! A fingerprint is made of the code, the object, the object that names it, the field without the
//! positions in its lists, and the message without its counts. Lines, columns, files and the order of
//! anything play no part. Findings that are equal in all of that are told apart by their number.

use std::collections::HashMap;

use kubereach_reports::report::Finding;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

/// Gives every finding its fingerprint.
pub fn assign(findings: &mut [Finding]) {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    let of = |n: usize| findings.get(n).map(|f| (f.message.as_str(), f.id.as_str()));
    order.sort_by(|a, b| of(*a).cmp(&of(*b)));
    let bases: Vec<String> = findings.par_iter().map(base).collect();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for n in order {
        let (Some(finding), Some(base)) = (findings.get_mut(n), bases.get(n)) else { continue };
        let nth = seen.entry(base).and_modify(|n| *n += 1).or_insert(1);
        finding.fingerprint = format!("{base}:{nth}");
    }
}

fn base(finding: &Finding) -> String {
    let field = finding.location.as_ref().and_then(|l| l.field.as_deref()).unwrap_or_default();
    let stands_in = finding.stands_in.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut hash = Sha256::new();
    let parts = [
        finding.code.as_str(),
        &finding.object.to_string(),
        &stands_in,
        &without_indexes(field),
        &without_counts(&finding.message),
    ];
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// `spec.ports[0].port` as `spec.ports[].port`; keys in quotes stay.
fn without_indexes(field: &str) -> String {
    let mut out = String::with_capacity(field.len());
    let mut rest = field;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at + 1);
        out.push_str(before);
        let digits = from.bytes().take_while(u8::is_ascii_digit).count();
        rest = from.get(digits..).unwrap_or_default();
    }
    out + rest
}

/// Words after a number that make it a count.
const COUNTED: [&str; 15] = [
    "pod",
    "pods",
    "address",
    "addresses",
    "time",
    "times",
    "endpoint",
    "endpoints",
    "second",
    "seconds",
    "more",
    "replica",
    "replicas",
    "completed",
    "failed",
];

/// Counts as `#`: `2 of 3 pods` is `# of # pods`; a port or a status stays what it is.
fn without_counts(message: &str) -> String {
    let words: Vec<&str> = message.split(' ').collect();
    let word = |n: Option<usize>| n.and_then(|n| words.get(n)).copied().unwrap_or_default();
    let core = |word: &'_ str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let number = |word: &str| {
        let core = core(word);
        !core.is_empty() && core.bytes().all(|b| b.is_ascii_digit())
    };
    let mut out = Vec::with_capacity(words.len());
    for (n, this) in words.iter().enumerate() {
        let (next, after) = (word(n.checked_add(1)), word(n.checked_add(2)));
        let (last, before) = (word(n.checked_sub(1)), word(n.checked_sub(2)));
        let counted = COUNTED.contains(&core(next).as_str())
            || (next == "of" && number(after))
            || (last == "of" && number(before));
        out.push(if counted && number(this) { this.replace(&core(this), "#") } else { (*this).to_owned() });
    }
    out.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_go_and_ports_stay() {
        assert_eq!(without_counts("2 of 3 pods behind it are ready"), "# of # pods behind it are ready");
        assert_eq!(without_counts("none of the 14 addresses (3 more)"), "none of the # addresses (# more)");
        assert_eq!(without_counts("port 8080 of Service web"), "port 8080 of Service web");
        assert_eq!(without_counts("port 80"), "port 80");
    }

    #[test]
    fn list_positions_go_and_names_stay() {
        assert_eq!(without_indexes("spec.ports[0].port"), "spec.ports[].port");
        assert_eq!(without_indexes("metadata.annotations[\"a/b\"]"), "metadata.annotations[\"a/b\"]");
    }
}
