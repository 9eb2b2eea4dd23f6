//! The Content-Security-Policy: nothing is loaded, nothing is sent, and only our own style and
//! script run — the hashes are of exactly the bytes between their tags (CSP Level 3, section 8.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

pub(super) const STYLE: &str = include_str!("../../../assets/report.css");
pub(super) const SCRIPT: &str = include_str!("../../../assets/report.js");
pub(super) const REQUEST: &str = include_str!("../../../assets/request.js");

pub(super) fn policy() -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}' '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT),
        hash(REQUEST)
    )
}

fn hash(source: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(source.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_browsers_compute() {
        // The example of CSP Level 3: `alert('Hello, world.');`
        assert_eq!(hash("alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }

    #[test]
    fn neither_asset_can_leave_its_tag_or_reach_out() {
        for source in [STYLE, SCRIPT, REQUEST] {
            let lower = source.to_ascii_lowercase();
            for forbidden in ["</", "<!--", "http:", "https:", "url(", "@import", "eval(", "innerhtml", "\r"] {
                assert!(!lower.contains(forbidden), "{forbidden}");
            }
        }
    }
}
