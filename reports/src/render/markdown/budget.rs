//! Whole blocks up to a limit. Lengths are UTF-16 units: never less than what any forge counts.

/// How long a text is for GitHub's limit.
pub(super) fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Blocks in their order until the next one would not fit, and how many were taken. Nothing is ever
/// cut inside a block, and no later, smaller block jumps the queue: what is shown is the worst.
pub(super) fn take(blocks: impl Iterator<Item = String>, limit: usize) -> (String, usize) {
    let mut out = String::new();
    let mut used = 0;
    let mut taken = 0;
    for block in blocks {
        let more = length(&block);
        if used + more > limit {
            break;
        }
        out.push_str(&block);
        used += more;
        taken += 1;
    }
    (out, taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_whole_blocks_in_order() {
        let blocks = || ["aaaa", "bbbbbb", "c"].into_iter().map(str::to_owned);
        assert_eq!(take(blocks(), 9), ("aaaa".to_owned(), 1));
        assert_eq!(take(blocks(), 10), ("aaaabbbbbb".to_owned(), 2));
        assert_eq!(take(blocks(), 100).1, 3);
        assert_eq!(length("a😀"), 3);
    }
}
