//! Values that a collector or a cleaner masked, or that something fills in later: *redacted*, never *invalid* and
//! never *empty*.

use super::placeholder::is_placeholder;

/// How what stands for a value in our own snapshots begins: the same for the same value, so that two that differ
/// still do, and without a sign that would make a path, a host or a pattern of it invalid.
pub const HIDDEN: &str = "kubereach-hid-";

/// Is this text a mask that some collector put where a value was, or a placeholder where one will be? Either way it
/// cannot be read, and nothing is proved from it.
///
/// Known masks: Troubleshoot `***HIDDEN***` and its tokens, must-gather-clean `x-ipv4-…-x`,
/// `oc adm inspect` `N bytes long`, crust-gather `xxx`, cilium sysdump `XXXXXX`, and our own snapshots'.
pub fn is_masked(text: &str) -> bool {
    if is_placeholder(text) {
        return true;
    }
    let text = text.trim();
    // Every address and number of a dump is asked: most have none of the letters that a mask has.
    if !text.bytes().any(|b| matches!(b, b'*' | b'x' | b'X' | b'd' | b' ' | b'+')) {
        return false;
    }
    if text.contains("***HIDDEN***") || text.contains("***TOKEN_") {
        return true;
    }
    if ["x-ipv4-", "x-ipv6-", "x-mac-", "domain000", HIDDEN].iter().any(|mask| text.contains(mask)) {
        return true;
    }
    // Argo CD shows values of Secrets as plus signs, more of them where they differ (gitops-engine, `HideSecretData`).
    if text.len() >= 8 && text.bytes().all(|b| b == b'+') {
        return true;
    }
    if text.len() >= 3 && text.bytes().all(|b| b == b'x' || b == b'X') {
        return true;
    }
    text.strip_suffix(" bytes long").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::is_masked;

    #[test]
    fn masks_of_every_collector_are_recognized() {
        for mask in [
            "***HIDDEN***",
            "/a/kubereach-hid-x1y2",
            "x-ipv4-0000000001-x",
            "xxx",
            "XXXXXX",
            "1708 bytes long",
            "http://***HIDDEN***:80",
            "++++++++",
        ] {
            assert!(is_masked(mask), "{mask}");
        }
    }

    #[test]
    fn ordinary_values_are_not_masks() {
        for value in ["", "10.0.0.1", "x", "None", "null", "max", "many bytes long"] {
            assert!(!is_masked(value), "{value}");
        }
    }
}
