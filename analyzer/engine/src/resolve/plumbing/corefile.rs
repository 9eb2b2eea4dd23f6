//! A Corefile: server blocks with their zones and plugins.
//!
//! Source: coredns.io, "Configuration" (server blocks, comments, environment variables, import).

/// One server block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its zones, in lower case, without scheme, port and final dot; `.` is the root.
    pub zones: Vec<String>,
    /// Its plugins with their arguments, in the order of the text.
    pub plugins: Vec<(String, Vec<String>)>,
}

impl Block {
    /// Has it this plugin?
    pub fn has(&self, plugin: &str) -> bool {
        self.plugins.iter().any(|(name, _)| name == plugin)
    }

    /// Does it take names of this zone?
    pub fn takes(&self, zone: &str) -> bool {
        self.zones.iter().any(|own| own == "." || own == zone || zone.ends_with(&format!(".{own}")))
    }
}

/// A Corefile that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Corefile {
    /// Its server blocks.
    pub blocks: Vec<Block>,
    /// It takes in text that does not stand in it.
    pub imports: bool,
}

impl Corefile {
    /// Reads a Corefile; `None` where its braces do not fit or it has no server block.
    pub fn read(text: &str) -> Option<Self> {
        let mut this = Self::default();
        let mut open: Option<Block> = None;
        let mut depth = 0_usize;
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let words: Vec<&str> = line.split_whitespace().collect();
            let Some((last, first)) = words.split_last() else { continue };
            let opens = *last == "{";
            let words = if opens { first } else { words.as_slice() };
            if words == ["}"] {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    this.blocks.extend(open.take());
                }
                continue;
            }
            match (&mut open, depth, words) {
                (None, 0, ["import", ..]) => this.imports = true,
                (None, 0, names) if opens => {
                    open = Some(Block { zones: names.iter().copied().flat_map(zones).collect(), plugins: Vec::new() });
                }
                (Some(block), 1, [plugin, arguments @ ..]) => {
                    this.imports |= *plugin == "import";
                    let arguments = arguments.iter().map(|word| (*word).to_owned()).collect();
                    block.plugins.push(((*plugin).to_owned(), arguments));
                }
                // The options of a plugin.
                (Some(_), _, _) => {}
                // A snippet, or what is none.
                (None, ..) => return None,
            }
            depth += usize::from(opens);
        }
        (depth == 0 && !this.blocks.is_empty()).then_some(this)
    }

    /// The block that answers for a zone: the one with the longest zone that it ends in.
    pub fn of_zone(&self, zone: &str) -> Option<&Block> {
        let longest = |block: &&Block| {
            let fitting =
                block.zones.iter().filter(|own| *own == "." || *own == zone || zone.ends_with(&format!(".{own}")));
            fitting.map(|own| if own == "." { 0 } else { own.len() }).max()
        };
        self.blocks.iter().filter(|block| block.takes(zone)).max_by_key(longest)
    }
}

/// `dns://.:53`, `cluster.local:53`, `in-addr.arpa,`: the zones of a word.
fn zones(word: &str) -> Vec<String> {
    let of = |word: &str| {
        let word = word.split_once("://").map_or(word, |(_, rest)| rest);
        let port = word.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
        let zone = port.map_or(word, |(zone, _)| zone).trim_end_matches('.').to_ascii_lowercase();
        if zone.is_empty() { ".".to_owned() } else { zone }
    };
    word.split(',').filter(|word| !word.is_empty()).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::Corefile;

    const ORDINARY: &str = "
.:53 {
    errors
    health {
       lameduck 5s
    }
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
    }
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    loop   # a comment
}
corp.example:53, other.example {
    forward . 10.0.0.53
}
";

    #[test]
    fn blocks_zones_and_plugins_are_read() {
        let file = Corefile::read(ORDINARY).unwrap();
        assert_eq!(file.blocks.len(), 2);
        assert!(file.of_zone("cluster.local").unwrap().has("kubernetes") && !file.imports);
        assert_eq!(file.blocks[1].zones, ["corp.example", "other.example"]);
        assert_eq!(file.of_zone("db.corp.example").unwrap().plugins[0].1, [".", "10.0.0.53"]);
    }

    #[test]
    fn what_is_no_corefile_is_none() {
        for text in ["", "errors\n", ".:53 {\n errors\n", ".:53 {\n}\n}\n"] {
            assert_eq!(Corefile::read(text), None, "{text}");
        }
        assert!(Corefile::read("import custom/*.server\n.:53 {\n import custom/*.override\n}\n").unwrap().imports);
    }
}
