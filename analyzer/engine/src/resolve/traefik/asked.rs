//! Do the matchers of a rule take a request?
//!
//! Sources: traefik/traefik `pkg/muxer/http/matcher.go`, `matcher_v2.go`, `pkg/muxer/tcp/matcher.go`. Expressions are
//! searched for, prefixes are those of the text. What is written in the templates of version 2 (`{name:expression}`) is
//! not evaluated.

use crate::resolve::request::{Reading, Request, Takes, fits};

/// A matcher for requests.
pub fn of_request(name: &str, arguments: &[&str], request: &Request) -> Takes {
    let any =
        |takes: &dyn Fn(&str) -> Takes| arguments.iter().fold(Takes::No, |all, argument| all.or(|| takes(argument)));
    let first = arguments.first().copied().unwrap_or_default();
    let second = arguments.get(1).copied();
    match name.to_ascii_lowercase().as_str() {
        "host" | "hostheader" => any(&|host| of_host(host, &request.host)),
        "hostregexp" => any(&|pattern| searched(pattern, &request.host)),
        "path" => any(&|path| plain(path, Takes::from(request.path == path))),
        "pathprefix" => any(&|path| plain(path, Takes::from(request.path.starts_with(path)))),
        "pathregexp" => any(&|pattern| searched(pattern, &request.path)),
        "method" => any(&|method| Takes::from(method.eq_ignore_ascii_case(&request.method))),
        "header" | "headers" => Takes::from(values(request, first).any(|value| Some(value) == second)),
        "headerregexp" | "headersregexp" => {
            values(request, first).fold(Takes::No, |all, value| all.or(|| searched(second.unwrap_or_default(), value)))
        }
        "query" => of_query(arguments, request),
        "queryregexp" => match second {
            None => of_query(arguments, request),
            Some(pattern) => request.parameter(first).fold(Takes::No, |all, value| all.or(|| searched(pattern, value))),
        },
        "clientip" => Takes::Unknown("a rule asks for the address of the client".to_owned()),
        _ => Takes::Unknown(format!("the matcher {name} is not evaluated")),
    }
}

/// A matcher for connections: `name` is that of the TLS handshake.
pub fn of_connection(matcher: &str, arguments: &[&str], name: Option<&str>) -> Takes {
    let any =
        |takes: &dyn Fn(&str) -> Takes| arguments.iter().fold(Takes::No, |all, argument| all.or(|| takes(argument)));
    match matcher.to_ascii_lowercase().as_str() {
        "hostsni" => any(&|host| match name {
            _ if host == "*" => Takes::Yes,
            Some(name) => of_host(host, name),
            None => Takes::No,
        }),
        "hostsniregexp" => any(&|pattern| name.map_or(Takes::No, |name| searched(pattern, name))),
        "clientip" => Takes::Unknown("a rule asks for the address of the client".to_owned()),
        _ => Takes::Unknown(format!("the matcher {matcher} is not evaluated")),
    }
}

fn of_host(host: &str, asked: &str) -> Takes {
    if host == "*" {
        return Takes::Yes;
    }
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if let Some(parent) = host.strip_prefix("*.") {
        let below = asked.split_once('.').is_some_and(|(_, rest)| rest == parent);
        let versions =
            || Takes::Unknown("whether Host takes a wildcard differs between versions of Traefik".to_owned());
        return if below { versions() } else { Takes::No };
    }
    Takes::from(host == asked)
}

fn of_query(arguments: &[&str], request: &Request) -> Takes {
    let first = arguments.first().copied().unwrap_or_default();
    let has = |key: &str, value: &str| Takes::from(request.parameter(key).any(|own| own == value));
    match arguments {
        [key, value] if !key.contains('=') => has(key, value),
        // Of version 2: pairs, all of which must be there.
        _ if first.contains('=') => arguments.iter().fold(Takes::Yes, |all, pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            all.and(|| plain(value, has(key, value)))
        }),
        _ => has(first, ""),
    }
}

fn values<'r>(request: &'r Request, name: &'r str) -> impl Iterator<Item = &'r str> {
    let own = request.headers.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name));
    own.map(|(_, value)| value.as_str())
}

fn searched(pattern: &str, text: &str) -> Takes {
    plain_pattern(pattern, || fits(pattern, text, Reading::Search, true))
}

/// A template of version 2 is another language.
fn plain_pattern(pattern: &str, takes: impl FnOnce() -> Takes) -> Takes {
    let template = pattern
        .find('{')
        .and_then(|at| pattern.get(at + 1..))
        .is_some_and(|rest| rest.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_'));
    if template { Takes::Unknown(format!("the template {pattern} is not evaluated")) } else { takes() }
}

fn plain(text: &str, takes: Takes) -> Takes {
    plain_pattern(text, || takes)
}

#[cfg(test)]
mod tests {
    use super::{of_connection, of_request};
    use crate::resolve::request::{Request, Speech, Takes, query_of};

    #[test]
    fn matchers_are_read_as_traefik_documents_them() {
        let request = Request {
            speech: Speech::Http,
            host: "shop.example".to_owned(),
            dialled: "shop.example".to_owned(),
            port: 80,
            method: "GET".to_owned(),
            path: "/cart/1".to_owned(),
            query: query_of("v=2&w="),
            raw_query: "v=2&w=".to_owned(),
            headers: vec![("x-user".to_owned(), "ann".to_owned())],
            call: None,
            server_name: None,
            inside: false,
        };
        for (name, arguments, expected) in [
            ("Host", &["Shop.example."][..], true),
            ("Host", &["other.example", "shop.example"], true),
            ("HostRegexp", &[r"^.+\.example$"], true),
            ("Path", &["/cart"], false),
            ("PathPrefix", &["/car"], true),
            ("PathRegexp", &["[0-9]$"], true),
            ("Method", &["get"], true),
            ("Header", &["X-User", "ann"], true),
            ("HeaderRegexp", &["X-User", "^b"], false),
            ("Query", &["v", "2"], true),
            ("Query", &["v"], false),
            ("Query", &["w"], true),
            ("Query", &["v=2"], true),
            ("QueryRegexp", &["v", "[0-9]"], true),
        ] {
            assert_eq!(of_request(name, arguments, &request), Takes::from(expected), "{name} {arguments:?}");
        }
        for (name, arguments) in
            [("ClientIP", "10.0.0.0/8"), ("HostRegexp", "{sub:[a-z]+}.example"), ("Host", "*.example")]
        {
            assert!(matches!(of_request(name, &[arguments], &request), Takes::Unknown(_)), "{name} {arguments}");
        }
        assert_eq!(of_connection("HostSNI", &["*"], None), Takes::Yes);
        assert_eq!(of_connection("HostSNI", &["db.example"], Some("db.example")), Takes::Yes);
        assert_eq!(of_connection("HostSNI", &["db.example"], None), Takes::No);
    }
}
