//! What a rule takes: the alternatives that it offers, each with host and path, and what of it Traefik refuses.
//!
//! Sources: traefik/traefik `pkg/muxer/http/matcher.go`, `matcher_v2.go`, `pkg/muxer/tcp/matcher.go`,
//! `matcher_v2.go` (number and form of arguments), `pkg/rules/parser.go` (spellings, no empty argument).

use std::net::IpAddr;

use super::objects::Takes;
use super::rule::Rule;
use crate::resolve::request::Takes as Asked;

/// The language of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Of Traefik 2.
    V2,
    /// Of Traefik 3.
    V3,
}

/// One alternative of a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Branch {
    /// The host, if one is asked for.
    pub host: Option<String>,
    /// Everything else in words; the path, if one is asked for, comes last.
    pub words: Vec<String>,
    /// Kind and value of the path.
    pub path: Option<(String, String)>,
    /// The method, if one is asked for.
    pub method: Option<String>,
    /// Headers that are asked for.
    pub headers: Vec<(String, String)>,
    /// Something else is asked for that a plain request does not show, or something is excluded.
    pub guessed: bool,
}

/// Alternatives that are shown; a rule of more is shown as a whole.
const MOST: usize = 64;

/// A matcher's name as the documentation writes it.
fn known(name: &str, takes: Takes, syntax: Syntax) -> Option<&'static str> {
    const HTTP: [&str; 11] = [
        "ClientIP",
        "Method",
        "Host",
        "HostRegexp",
        "Path",
        "PathRegexp",
        "PathPrefix",
        "Header",
        "HeaderRegexp",
        "Query",
        "QueryRegexp",
    ];
    const HTTP_V2: [&str; 10] = [
        "Host",
        "HostHeader",
        "HostRegexp",
        "ClientIP",
        "Path",
        "PathPrefix",
        "Method",
        "Headers",
        "HeadersRegexp",
        "Query",
    ];
    const TCP: [&str; 4] = ["ALPN", "ClientIP", "HostSNI", "HostSNIRegexp"];
    let all: &[&'static str] = match (takes, syntax) {
        (Takes::Http, Syntax::V3) => &HTTP,
        (Takes::Http, Syntax::V2) => &HTTP_V2,
        (Takes::Tcp | Takes::Udp, _) => &TCP,
    };
    let is_it = |known: &&&str| {
        let lower = known.to_ascii_lowercase();
        let (first, rest) = lower.split_at(1);
        let title = format!("{}{rest}", first.to_ascii_uppercase());
        name == **known || name == lower || name == known.to_ascii_uppercase() || name == title
    };
    all.iter().find(is_it).copied()
}

/// Would Traefik take the rule? The error says why not.
pub fn check(rule: &Rule, takes: Takes, syntax: Syntax) -> Result<(), String> {
    match rule {
        Rule::Not(inner) => check(inner, takes, syntax),
        Rule::And(a, b) | Rule::Or(a, b) => check(a, takes, syntax).and_then(|()| check(b, takes, syntax)),
        Rule::Match(name, arguments) => {
            let Some(name) = known(name, takes, syntax) else {
                return Err(format!("there is no matcher '{name}'"));
            };
            if arguments.is_empty() || arguments.iter().any(String::is_empty) {
                return Err(format!("{name} has an empty argument"));
            }
            counted(name, arguments.len(), syntax)?;
            arguments.iter().try_for_each(|argument| fits(name, argument, takes, syntax))
        }
    }
}

fn counted(name: &str, count: usize, syntax: Syntax) -> Result<(), String> {
    let allowed: &[usize] = match (syntax, name) {
        (Syntax::V3, "Header" | "HeaderRegexp") => &[2],
        (Syntax::V3, "Query" | "QueryRegexp") => &[1, 2],
        (Syntax::V3, _) => &[1],
        (Syntax::V2, "Headers" | "HeadersRegexp") if count % 2 == 1 => &[2],
        (Syntax::V2, _) => return Ok(()),
    };
    if allowed.contains(&count) {
        Ok(())
    } else {
        Err(format!("{name} takes another number of arguments than {count}"))
    }
}

fn fits(name: &str, argument: &str, takes: Takes, syntax: Syntax) -> Result<(), String> {
    match name {
        "Host" | "HostHeader" | "HostRegexp" | "HostSNIRegexp" if !argument.is_ascii() => {
            Err(format!("{name} takes ASCII only"))
        }
        "Path" | "PathPrefix" if takes == Takes::Http && !argument.starts_with('/') => {
            Err(format!("the path '{argument}' does not start with '/'"))
        }
        "ClientIP" if !is_range(argument) => Err(format!("'{argument}' is no address and no range of addresses")),
        "HostSNI" if argument != "*" => {
            let host = argument.strip_prefix("*.").filter(|_| syntax == Syntax::V3).unwrap_or(argument);
            let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | ':');
            if !host.is_empty() && host.chars().all(fits) {
                Ok(())
            } else {
                Err(format!("'{argument}' is no host name"))
            }
        }
        _ => Ok(()),
    }
}

fn is_range(text: &str) -> bool {
    let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= most))
}

/// A matcher with its arguments, or its opposite.
type Literal<'r> = (bool, &'r str, Vec<&'r str>);

/// The alternatives of a rule; `None` where there are too many to tell apart.
pub fn branches(rule: &Rule) -> Option<Vec<Branch>> {
    let all = alternatives(rule, false)?;
    Some(all.iter().map(|literals| branch(literals)).collect())
}

fn alternatives(rule: &Rule, negated: bool) -> Option<Vec<Vec<Literal<'_>>>> {
    match (rule, negated) {
        (Rule::Not(inner), _) => alternatives(inner, !negated),
        (Rule::Or(a, b), false) | (Rule::And(a, b), true) => {
            let (a, b) = (alternatives(a, negated)?, alternatives(b, negated)?);
            (a.len() + b.len() <= MOST).then(|| [a, b].concat())
        }
        (Rule::And(a, b), false) | (Rule::Or(a, b), true) => {
            let (a, b) = (alternatives(a, negated)?, alternatives(b, negated)?);
            if a.len() * b.len() > MOST {
                return None;
            }
            Some(a.iter().flat_map(|x| b.iter().map(move |y| [x.clone(), y.clone()].concat())).collect())
        }
        (Rule::Match(name, arguments), _) => {
            let lower = name.to_ascii_lowercase();
            // Several hosts or paths of one matcher are alternatives (Traefik 2).
            let splits = matches!(&*lower, "host" | "hostheader" | "hostsni" | "path" | "pathprefix" | "hostregexp");
            if splits && !negated && !arguments.is_empty() {
                return (arguments.len() <= MOST)
                    .then(|| arguments.iter().map(|a| vec![(negated, name.as_str(), vec![a.as_str()])]).collect());
            }
            Some(vec![vec![(negated, name.as_str(), arguments.iter().map(String::as_str).collect())]])
        }
    }
}

/// Does the rule take what is asked, and which of its alternatives does, where they are told apart? `one` says so of a
/// single matcher.
pub fn asked(rule: &Rule, one: &dyn Fn(&str, &[&str]) -> Asked) -> (Asked, Option<Branch>) {
    let Some(all) = alternatives(rule, false) else { return (whole(rule, one), None) };
    let mut open = (Asked::No, None);
    for literals in &all {
        let of = |(negated, name, arguments): &Literal<'_>| {
            let asked = one(name, arguments);
            if *negated { asked.negated() } else { asked }
        };
        let takes = literals.iter().fold(Asked::Yes, |takes, literal| takes.and(|| of(literal)));
        match takes {
            Asked::Yes => return (Asked::Yes, Some(branch(literals))),
            Asked::Unknown(_) if open.0 == Asked::No => open = (takes, Some(branch(literals))),
            Asked::Unknown(_) | Asked::No => {}
        }
    }
    open
}

fn whole(rule: &Rule, one: &dyn Fn(&str, &[&str]) -> Asked) -> Asked {
    match rule {
        Rule::Not(inner) => whole(inner, one).negated(),
        Rule::And(a, b) => whole(a, one).and(|| whole(b, one)),
        Rule::Or(a, b) => whole(a, one).or(|| whole(b, one)),
        Rule::Match(name, arguments) => one(name, &arguments.iter().map(String::as_str).collect::<Vec<_>>()),
    }
}

fn branch(literals: &[Literal<'_>]) -> Branch {
    let mut branch = Branch::default();
    for (negated, name, arguments) in literals {
        let lower = name.to_ascii_lowercase();
        let first = arguments.first().copied().unwrap_or_default();
        match (&*lower, negated) {
            ("host" | "hostheader" | "hostsni", false) if first == "*" => {}
            ("host" | "hostheader" | "hostsni", false) if branch.host.is_none() => {
                branch.host = Some(first.to_ascii_lowercase());
            }
            ("path" | "pathprefix" | "pathregexp", false) => {
                let kind = match &*lower {
                    "path" => "Path",
                    "pathprefix" => "PathPrefix",
                    _ => "PathRegexp",
                };
                if let Some((kind, value)) = branch.path.replace((kind.to_owned(), first.to_owned())) {
                    branch.words.push(format!("{kind} {value}"));
                }
            }
            _ => {
                match (&*lower, negated) {
                    ("method", false) if arguments.len() == 1 => branch.method = Some(first.to_ascii_uppercase()),
                    ("header" | "headers", false) if arguments.len() == 2 => {
                        branch
                            .headers
                            .push((first.to_owned(), arguments.get(1).copied().unwrap_or_default().to_owned()));
                    }
                    _ => branch.guessed = true,
                }
                let not = if *negated { "not " } else { "" };
                branch.words.push(format!("{not}{name} {}", arguments.join(",")));
            }
        }
    }
    branch.words.sort();
    branch.words.dedup();
    branch
}

impl Branch {
    /// As a path of a report: what is asked for, the path at the end.
    pub fn matches(&self, takes: Takes) -> Option<String> {
        let mut words = self.words.clone();
        match (&self.path, takes) {
            (Some((kind, value)), _) => words.push(format!("{kind} {value}")),
            (None, Takes::Http) => words.push("PathPrefix /".to_owned()),
            (None, Takes::Tcp | Takes::Udp) => {}
        }
        (!words.is_empty()).then(|| words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(Option<String>, Option<String>)> {
        let rule = Rule::parse(text).unwrap();
        branches(&rule).unwrap().iter().map(|b| (b.host.clone(), b.matches(Takes::Http))).collect()
    }

    fn pair(host: &str, matches: &str) -> (Option<String>, Option<String>) {
        ((!host.is_empty()).then(|| host.to_owned()), Some(matches.to_owned()))
    }

    #[test]
    fn a_rule_offers_its_alternatives() {
        assert_eq!(shown("Host(`a`) && PathPrefix(`/x`)"), [pair("a", "PathPrefix /x")]);
        assert_eq!(shown("Host(`a`) || Host(`B`)"), [pair("a", "PathPrefix /"), pair("b", "PathPrefix /")]);
        assert_eq!(shown("Host(`a`,`b`)"), [pair("a", "PathPrefix /"), pair("b", "PathPrefix /")]);
        assert_eq!(
            shown("Host(`a`) && (Path(`/x`) || Path(`/y`)) && Method(`GET`)"),
            [pair("a", "Method GET Path /x"), pair("a", "Method GET Path /y")]
        );
        assert_eq!(shown("Path(`/api`)"), [pair("", "Path /api")]);
        assert_eq!(shown("!(Host(`a`) || Path(`/x`))"), [pair("", "not Host a not Path /x PathPrefix /")]);
        assert_eq!(shown("HostRegexp(`^.+$`)"), [pair("", "HostRegexp ^.+$ PathPrefix /")]);
    }

    #[test]
    fn too_many_alternatives_are_not_told_apart() {
        let many = (0..7).map(|i| format!("(Method(`A{i}`) || Method(`B{i}`))")).collect::<Vec<_>>().join(" && ");
        assert_eq!(branches(&Rule::parse(&many).unwrap()), None);
    }

    #[test]
    fn traefik_refuses_what_its_matchers_do_not_take() {
        use Syntax::{V2, V3};
        for (text, takes, syntax, fine) in [
            ("Host(`a`)", Takes::Http, V3, true),
            ("host(`a`)", Takes::Http, V3, true),
            ("HOSTREGEXP(`a`)", Takes::Http, V3, true),
            ("hostRegexp(`a`)", Takes::Http, V3, false),
            ("Host(`a`, `b`)", Takes::Http, V3, false),
            ("Host(`a`, `b`)", Takes::Http, V2, true),
            ("Host()", Takes::Http, V3, false),
            ("Host(``)", Takes::Http, V3, false),
            ("Host(`bücher.example`)", Takes::Http, V3, false),
            ("Path(`x`)", Takes::Http, V3, false),
            ("Headers(`a`, `b`)", Takes::Http, V3, false),
            ("Headers(`a`, `b`)", Takes::Http, V2, true),
            ("Header(`a`, `b`)", Takes::Http, V3, true),
            ("Header(`a`)", Takes::Http, V3, false),
            ("Query(`a`)", Takes::Http, V3, true),
            ("ClientIP(`10.0.0.0/8`)", Takes::Http, V3, true),
            ("ClientIP(`10.0.0.0/40`)", Takes::Http, V3, false),
            ("HostSNI(`*`)", Takes::Tcp, V3, true),
            ("HostSNI(`*.a.example`)", Takes::Tcp, V3, true),
            ("HostSNI(`*.a.example`)", Takes::Tcp, V2, false),
            ("HostSNI(`a b`)", Takes::Tcp, V3, false),
            ("Host(`a`)", Takes::Tcp, V3, false),
            ("HostSNI(`a`)", Takes::Http, V3, false),
        ] {
            assert_eq!(check(&Rule::parse(text).unwrap(), takes, syntax).is_ok(), fine, "{text}");
        }
    }
}
