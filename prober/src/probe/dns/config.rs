//! The resolver's configuration: `resolv.conf` as a pod has it (resolv.conf(5)).
//!
//! Written by hand: hickory-resolver's `system_conf` refuses a whole file for one line that it does not understand,
//! where the C library passes over that line and a pod's names go on resolving
//! (<https://github.com/hickory-dns/hickory-dns/blob/main/crates/resolver/src/system_conf/unix.rs>); it knows no limit
//! of three servers, and brings a cache, a pool and their dependencies into a program of a few megabytes.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use crate::observations::Resolver;

/// Name servers, search list and `ndots`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolverConfig {
    /// Asked one after the other, at most three.
    pub servers: Vec<SocketAddr>,
    /// Suffixes to try, without leading or final dots.
    pub search: Vec<String>,
    /// Dots a name needs to be tried as it is first.
    pub ndots: u32,
}

impl ResolverConfig {
    /// Read a file. An unreadable one is `None`: then names cannot be measured here.
    pub fn read(path: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(path).ok()?;
        Some(Self::parse(&text))
    }

    /// Read the text of a `resolv.conf`. What is not understood is ignored, as resolvers do.
    pub fn parse(text: &str) -> Self {
        let mut config = Self { servers: Vec::new(), search: Vec::new(), ndots: 1 };
        for line in text.lines() {
            let line = line.split(['#', ';']).next().unwrap_or_default();
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") => {
                    let server = words.next().and_then(|word| {
                        // A zone (`fe80::1%eth0`) cannot be written into a plain address.
                        word.parse::<IpAddr>().ok()
                    });
                    if let Some(server) = server.filter(|_| config.servers.len() < 3) {
                        config.servers.push(SocketAddr::new(server, 53));
                    }
                }
                // The last of the two counts.
                Some("search" | "domain") => {
                    config.search = words
                        .map(|word| word.trim_matches('.').to_owned())
                        .filter(|word| !word.is_empty())
                        .take(32)
                        .collect();
                }
                Some("options") => {
                    for option in words {
                        if let Some(n) = option.strip_prefix("ndots:").and_then(|n| n.parse::<u32>().ok()) {
                            config.ndots = n.min(15);
                        }
                    }
                }
                _ => {}
            }
        }
        config
    }

    /// The absolute names to try for `name`, in the order in which the C library does: the name
    /// itself first if it has enough dots, last otherwise, and alone if it ends with a dot.
    pub fn candidates(&self, name: &str) -> Vec<String> {
        if name.ends_with('.') {
            return vec![name.to_owned()];
        }
        let itself = format!("{name}.");
        let suffixed = self.search.iter().map(|suffix| format!("{name}.{suffix}."));
        let dots = u32::try_from(name.matches('.').count()).unwrap_or(u32::MAX);
        let mut names = Vec::with_capacity(self.search.len() + 1);
        if dots >= self.ndots {
            names.push(itself);
            names.extend(suffixed);
        } else {
            names.extend(suffixed);
            names.push(itself);
        }
        // What a suffix makes too long cannot be asked for (RFC 1035 section 3.1).
        names.retain(|name| name.len() <= 254);
        names
    }

    /// `address` is one of the name servers: the one case in which port 53 of a link-local address
    /// is dialled (node-local caches, the metadata server of some clouds).
    pub fn has_server(&self, address: IpAddr) -> bool {
        self.servers.iter().any(|server| server.ip() == address)
    }

    /// The configuration as a fact of the vantage.
    pub fn facts(&self) -> Resolver {
        Resolver {
            nameservers: self.servers.iter().map(SocketAddr::ip).collect(),
            search: self.search.clone(),
            ndots: self.ndots,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POD: &str = "search shop.svc.cluster.local svc.cluster.local cluster.local\n\
                       nameserver 10.96.0.10\noptions ndots:5 timeout:2\n";

    #[test]
    fn a_pods_resolver_walks_the_search_list_first() {
        let config = ResolverConfig::parse(POD);
        assert_eq!(
            config.candidates("cart.shop.svc"),
            [
                "cart.shop.svc.shop.svc.cluster.local.",
                "cart.shop.svc.svc.cluster.local.",
                "cart.shop.svc.cluster.local.",
                "cart.shop.svc.",
            ]
        );
        assert_eq!(config.candidates("cart.shop.svc."), ["cart.shop.svc."]);
        assert_eq!(config.candidates("a.b.c.d.e.f").first().unwrap(), "a.b.c.d.e.f.");
        assert!(config.has_server("10.96.0.10".parse().unwrap()));
    }

    #[test]
    fn odd_files_are_read_as_far_as_they_go() {
        let config = ResolverConfig::parse(
            "# none\nnameserver nonsense\nnameserver fe80::1%eth0\ndomain a.example\nsearch b.example. ; c\n\
             options ndots:99 rotate\nnameserver 1.1.1.1\nnameserver 2.2.2.2\nnameserver 3.3.3.3\nnameserver 4.4.4.4\n",
        );
        assert_eq!(config.servers.len(), 3);
        assert_eq!(config.search, ["b.example"]);
        assert_eq!(config.ndots, 15);
        assert_eq!(ResolverConfig::parse("").candidates("x"), ["x."]);
    }
}
