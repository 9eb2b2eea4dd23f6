//! The proxy that the environment names, as kubectl takes it: Go's `httpproxy` (<https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config>).

use std::net::IpAddr;

use http::Uri;

/// The proxy for a server; none where there is none, or where the server is to be reached without. Names of
/// variables are looked up in capitals first.
pub(super) fn of_environment(server: &Uri, variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Uri>, String> {
    let look = |name: &str| {
        let given = variable(name).filter(|value| !value.is_empty());
        given.or_else(|| variable(&name.to_ascii_lowercase())).filter(|value| !value.trim().is_empty())
    };
    let scheme = server.scheme_str().unwrap_or("https");
    let name = if scheme == "http" { "HTTP_PROXY" } else { "HTTPS_PROXY" };
    let Some(text) = look(name) else { return Ok(None) };
    let host = server.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    let port = server.port_u16().unwrap_or(if scheme == "http" { 80 } else { 443 });
    if is_loopback(&host)
        || look("NO_PROXY").is_some_and(|list| list.split(',').any(|entry| covers(entry, &host, port)))
    {
        return Ok(None);
    }
    let text = text.trim();
    let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    match whole.parse::<Uri>() {
        Ok(proxy) if proxy.host().is_some_and(|host| !host.is_empty()) => Ok(Some(proxy)),
        _ => Err(format!("${name} is no URL of a proxy")),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Does an entry of `NO_PROXY` cover a host and port? What is no entry covers nothing.
fn covers(entry: &str, host: &str, port: u16) -> bool {
    let entry = entry.trim().to_ascii_lowercase();
    if entry == "*" {
        return true;
    }
    let address = host.parse::<IpAddr>().ok();
    if let Ok(network) = entry.parse::<ipnet::IpNet>() {
        return address.is_some_and(|address| network.contains(&address));
    }
    if let Ok(own) = entry.trim_matches(['[', ']']).parse::<IpAddr>() {
        return address == Some(own);
    }
    let (name, only) = match entry.rsplit_once(':') {
        Some((name, digits)) => match digits.parse::<u16>() {
            Ok(port) => (name, Some(port)),
            Err(_) => (entry.as_str(), None),
        },
        None => (entry.as_str(), None),
    };
    if only.is_some_and(|only| only != port) {
        return false;
    }
    if let Ok(own) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
        return address == Some(own);
    }
    let name = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(name);
    match name.strip_prefix('.') {
        Some("") => false,
        Some(_) => host.ends_with(name),
        None => {
            !name.is_empty() && (host == name || host.strip_suffix(name).is_some_and(|before| before.ends_with('.')))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxied(server: &str, environment: &[(&str, &str)]) -> Option<String> {
        let variable = |name: &str| environment.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        of_environment(&server.parse().unwrap(), &variable).unwrap().map(|proxy| proxy.to_string())
    }

    #[test]
    fn the_scheme_of_the_server_says_which_variable_counts() {
        let both = [("HTTPS_PROXY", "http://a:1"), ("HTTP_PROXY", "http://b:2")];
        assert_eq!(proxied("https://api.example", &both).as_deref(), Some("http://a:1/"));
        assert_eq!(proxied("http://api.example", &both).as_deref(), Some("http://b:2/"));
        assert_eq!(proxied("https://api.example", &[("https_proxy", "a:1")]).as_deref(), Some("http://a:1/"));
        assert_eq!(proxied("https://api.example", &[]), None);
        let bad = |name: &str| (name == "HTTPS_PROXY").then(|| "http://".to_owned());
        assert!(of_environment(&"https://api.example".parse().unwrap(), &bad).is_err());
    }

    #[test]
    fn loopback_is_never_proxied() {
        for server in ["https://127.0.0.1:6443", "https://localhost:6443", "https://[::1]:6443", "https://127.9.9.9"] {
            assert_eq!(proxied(server, &[("HTTPS_PROXY", "http://a:1")]), None, "{server}");
        }
    }

    #[test]
    fn no_proxy_names_hosts_domains_ports_addresses_and_ranges() {
        for (list, server, direct) in [
            ("*", "https://api.example", true),
            ("example.com", "https://api.example.com", true),
            ("example.com", "https://example.com", true),
            ("example.com", "https://badexample.com", false),
            (".example.com", "https://example.com", false),
            (".example.com", "https://api.example.com", true),
            ("*.example.com", "https://api.example.com", true),
            ("api.example.com:6443", "https://api.example.com:6443", true),
            ("api.example.com:443", "https://api.example.com:6443", false),
            ("10.0.0.0/8, other", "https://10.1.2.3:6443", true),
            ("10.1.2.3", "https://10.1.2.3", true),
            ("10.1.2.3:6443", "https://10.1.2.3:6443", true),
            ("10.1.2.3:6443", "https://10.1.2.3:443", false),
            ("fd00::/8", "https://[fd00::1]:6443", true),
            ("API.Example", "https://api.example", true),
            (",,no/host, ", "https://api.example", false),
        ] {
            let environment = [("HTTPS_PROXY", "http://a:1"), ("NO_PROXY", list)];
            assert_eq!(proxied(server, &environment).is_none(), direct, "{list} {server}");
        }
    }
}
