//! The line that asks the same by hand.

use super::http::request;
use crate::layer::Layer;
use crate::plan::Target;
use crate::words::{HttpVersion, Method, Protocol};

/// A shell line; empty where no common tool asks this question.
pub(super) fn command(target: &Target, layers: &[Layer]) -> String {
    let name = target.name.clone().unwrap_or_default();
    let port = request::port(target).unwrap_or_default();
    let dialled = layers.iter().rev().find_map(|layer| layer.peer).map(|peer| peer.ip());
    let address = dialled.or(target.address);
    let place = address.map_or_else(|| name.trim_end_matches('.').to_owned(), |ip| ip.to_string());
    let bracketed = if place.contains(':') { format!("[{place}]") } else { place.clone() };
    let sni = target.sni.clone().or_else(|| target.host.clone()).unwrap_or_else(|| name.clone());
    match target.protocol {
        Protocol::Tcp => format!("nc -vz -w 5 {} {port}", quoted(&place)),
        Protocol::Tls => {
            let sni = if sni.is_empty() { "-noservername".to_owned() } else { format!("-servername {}", quoted(&sni)) };
            format!("openssl s_client -connect {} {sni} </dev/null", quoted(&format!("{bracketed}:{port}")))
        }
        Protocol::Http | Protocol::Https => curl(target, &bracketed, port, address.is_some()),
        Protocol::Grpc | Protocol::Grpcs => {
            let plain = if target.protocol == Protocol::Grpc { "-plaintext" } else { "-insecure" };
            format!("grpcurl {plain} {} grpc.health.v1.Health/Check", quoted(&format!("{bracketed}:{port}")))
        }
        Protocol::Dns => {
            let server = target.address.map(|a| format!(" @{a}")).unwrap_or_default();
            format!("dig +search{server} {}", quoted(&name))
        }
        Protocol::Udp => target
            .query
            .as_ref()
            .map(|query| format!("dig @{} -p {port} {}", quoted(&place), quoted(query)))
            .unwrap_or_default(),
        Protocol::Sctp => String::new(),
    }
}

/// `curl` with the address pinned, as the prober pins it.
fn curl(target: &Target, place: &str, port: u16, pinned: bool) -> String {
    let scheme = if target.protocol == Protocol::Https { "https" } else { "http" };
    let host = request::host(target).ok().and_then(|h| h.to_str().map(str::to_owned).ok()).unwrap_or_default();
    let name = target.sni.clone().unwrap_or_else(|| {
        host.rsplit_once(':').filter(|(_, p)| p.parse::<u16>().is_ok()).map_or(host.clone(), |(n, _)| n.to_owned())
    });
    let mut line = "curl -sv --path-as-is --max-time 10".to_owned();
    if scheme == "https" {
        line.push_str(" -k");
    }
    match target.http {
        HttpVersion::Http1 => line.push_str(" --http1.1"),
        HttpVersion::Http2 if scheme == "http" => line.push_str(" --http2-prior-knowledge"),
        HttpVersion::Http2 => line.push_str(" --http2"),
        HttpVersion::Auto => {}
    }
    match target.method {
        Method::Get => {}
        Method::Head => line.push_str(" -I"),
        Method::Options => line.push_str(" -X OPTIONS"),
    }
    let mut option = |flag: &str, word: &str| {
        line.push_str(flag);
        line.push_str(&quoted(word));
    };
    if pinned && name != place {
        option(" --connect-to ", &format!("::{place}:{port}"));
    }
    if target.host.is_some() && target.sni.is_some() {
        option(" -H ", &format!("Host: {host}"));
    }
    for (header, value) in &target.headers {
        option(" -H ", &format!("{header}: {value}"));
    }
    let path = target.path.as_deref().filter(|p| !p.is_empty()).unwrap_or("/");
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{line} {}", quoted(&format!("{scheme}://{name}:{port}{slash}{path}")))
}

/// A word for a POSIX shell. Control characters are dropped: they have no place in any of these.
fn quoted(word: &str) -> String {
    let word: String = word.chars().filter(|c| !c.is_control()).collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Span;
    use crate::words::Segment;

    #[test]
    fn foreign_words_cannot_leave_their_quotes() {
        let mut target = Target::new("p", Span::new(Segment::Address, Segment::Port), Protocol::Http);
        target.address = Some("10.0.0.1".parse().unwrap());
        target.host = Some("a.example".to_owned());
        target.path = Some("/'; rm -rf $HOME #\n".to_owned());
        let line = command(&target, &[]);
        assert!(line.ends_with(r"'http://a.example:80/'\''; rm -rf $HOME #'"), "{line}");
        assert!(line.contains("--connect-to ::10.0.0.1:80"), "{line}");
    }
}
