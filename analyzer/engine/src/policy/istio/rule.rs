//! The rules of an `AuthorizationPolicy`, as the proxy is told them.
//! (istio pilot/pkg/security/authz/model; ztunnel src/rbac.rs; docs/semantics/mesh-policy.md#rules)

use serde_json::Value;

use super::mesh::Mesh;
use super::text::{matches, matches_any_case, matches_glob, path_matches, plain_path};
use crate::policy::answer::{Missing, Truth};
use crate::policy::engine::Asked;
use crate::policy::mesh::{Identity, block, from_block, items};
use crate::policy::network::on_addresses;

/// What a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field<'s> {
    SourceAddress,
    /// The address of the client that proxies in front report.
    RemoteAddress,
    Namespace,
    ServiceAccount,
    TrustDomain,
    Principal,
    /// What a token says.
    Token,
    Header(&'s str),
    Host,
    Method,
    Path,
    Port,
    DestinationAddress,
    ServerName,
    /// Something this version does not know.
    Unknown,
}

/// Who enforces a rule, and what it can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sees {
    /// Envoy on a port that speaks HTTP.
    Http,
    /// Envoy on another port.
    Tcp,
    /// ztunnel.
    Ztunnel,
}

impl Field<'_> {
    /// Does it say who the client is?
    const fn is_of_client(self) -> bool {
        matches!(
            self,
            Self::SourceAddress
                | Self::RemoteAddress
                | Self::Namespace
                | Self::ServiceAccount
                | Self::TrustDomain
                | Self::Principal
                | Self::Token
        )
    }

    /// Does this part of a rule reach who enforces it?
    const fn is_seen(self, by: Sees) -> bool {
        match (self, by) {
            (_, Sees::Http) => true,
            (Self::Token | Self::Header(_) | Self::Host | Self::Method | Self::Path, _) => false,
            (Self::RemoteAddress | Self::ServerName | Self::TrustDomain | Self::Unknown, Sees::Ztunnel) => false,
            _ => true,
        }
    }
}

/// One line of a rule: any of the values, and none of the others.
#[derive(Debug)]
struct Clause<'s> {
    field: Field<'s>,
    values: Vec<&'s str>,
    not: Vec<&'s str>,
    /// A value is no text.
    unreadable: bool,
}

/// A rule: any of the sources does any of the operations, and every condition holds.
#[derive(Debug)]
pub(super) struct Rule<'s> {
    from: Vec<Vec<Clause<'s>>>,
    to: Vec<Vec<Clause<'s>>>,
    when: Vec<Clause<'s>>,
    /// A condition has a key that Istio does not know: it leaves the whole rule out.
    left_out: bool,
}

/// Does a policy let through, or turn away, whom its rules name?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    Allowed,
    Denied,
}

/// A connection, as the enforcing proxy sees it.
#[derive(Debug)]
pub(super) struct Seen<'a, 's> {
    pub(super) asked: &'a Asked<'a, 's>,
    pub(super) mesh: &'a Mesh<'s>,
    /// Who the client, or the proxy before it, proves to be.
    pub(super) identity: &'a Identity<'s>,
    /// Does another proxy stand in between, whose address is seen?
    pub(super) relayed: bool,
    /// Namespace of the policy.
    pub(super) namespace: &'s str,
    /// May a token have been accepted?
    pub(super) tokens: bool,
}

const SOURCE: [(&str, &str, Field<'static>); 7] = [
    ("principals", "notPrincipals", Field::Principal),
    ("requestPrincipals", "notRequestPrincipals", Field::Token),
    ("namespaces", "notNamespaces", Field::Namespace),
    ("serviceAccounts", "notServiceAccounts", Field::ServiceAccount),
    ("trustDomains", "notTrustDomains", Field::TrustDomain),
    ("ipBlocks", "notIpBlocks", Field::SourceAddress),
    ("remoteIpBlocks", "notRemoteIpBlocks", Field::RemoteAddress),
];

const OPERATION: [(&str, &str, Field<'static>); 4] = [
    ("hosts", "notHosts", Field::Host),
    ("methods", "notMethods", Field::Method),
    ("paths", "notPaths", Field::Path),
    ("ports", "notPorts", Field::Port),
];

impl<'s> Rule<'s> {
    pub(super) fn of(value: &'s Value) -> Self {
        let of = |list: &str, inner: &str, table: &[(&'static str, &'static str, Field<'static>)]| {
            let clauses = |item: &'s Value| clauses(item.get(inner), table);
            items(value.get(list)).iter().map(clauses).collect::<Vec<_>>()
        };
        let when: Vec<Option<Clause<'s>>> = items(value.get("when")).iter().map(condition).collect();
        Self {
            from: of("from", "source", &SOURCE),
            to: of("to", "operation", &OPERATION),
            left_out: when.iter().any(Option::is_none),
            when: when.into_iter().flatten().collect(),
        }
    }

    /// Ports that it names.
    pub(super) fn ports(&self) -> impl Iterator<Item = u16> {
        let clauses = self.to.iter().flatten().chain(&self.when).filter(|clause| clause.field == Field::Port);
        clauses.flat_map(|clause| clause.values.iter().chain(&clause.not)).filter_map(|port| port.parse().ok())
    }

    /// Address ranges of clients that it names.
    pub(super) fn ranges(&self) -> impl Iterator<Item = ipnet::IpNet> {
        let clauses = self.from.iter().flatten().chain(&self.when);
        let clauses = clauses.filter(|c| matches!(c.field, Field::SourceAddress | Field::RemoteAddress));
        let blocks = clauses.flat_map(|clause| clause.values.iter().chain(&clause.not)).filter_map(|text| block(text));
        blocks.flat_map(|block| block.ranges().collect::<Vec<_>>())
    }

    /// Whom it names: a phrase.
    pub(super) fn words(&self) -> String {
        let clauses = self.from.iter().flatten().chain(&self.when).filter(|clause| clause.field.is_of_client());
        let named: Vec<String> = clauses.map(Clause::words).collect();
        if named.is_empty() { "anybody".to_owned() } else { named.join(", ") }
    }

    /// Does the connection match, as far as who enforces it can see?
    ///
    /// Of a policy that allows, a rule with a part that is not seen is left out. Of one that denies only that part
    /// is, and the rule turns more away.
    pub(super) fn matches(&self, names: Names, sees: Sees, seen: &Seen<'_, 's>) -> Truth<'s> {
        let all = || self.from.iter().flatten().chain(self.to.iter().flatten()).chain(&self.when);
        let whole = |clause: &Clause<'s>| clause.field.is_seen(sees) && clause.is_valid();
        if self.left_out || (names == Names::Allowed && !all().all(whole)) {
            return Truth::No;
        }
        let of = |clauses: &[Clause<'s>]| {
            let mut left = clauses.iter().filter(|clause| clause.field.is_seen(sees)).peekable();
            // ztunnel takes an alternative of which nothing is left for one that matches nothing.
            if sees == Sees::Ztunnel && left.peek().is_none() {
                return Truth::No;
            }
            left.fold(Truth::Yes, |so_far, clause| so_far.and(clause.matches(seen)))
        };
        let any = |list: &[Vec<Clause<'s>>]| {
            if list.is_empty() { Truth::Yes } else { Truth::any(list.iter().map(|clauses| of(clauses))) }
        };
        let when = self.when.iter().map(|clause| of(std::slice::from_ref(clause)));
        any(&self.from).and(any(&self.to)).and(when.fold(Truth::Yes, Truth::and))
    }
}

fn clauses<'s>(of: Option<&'s Value>, table: &[(&'static str, &'static str, Field<'static>)]) -> Vec<Clause<'s>> {
    let Some(of) = of else { return Vec::new() };
    let of = |(values, not, field): &(&str, &str, Field<'static>)| {
        Clause::of(*field, items(of.get(*values)), items(of.get(*not)))
    };
    table.iter().filter_map(of).collect()
}

/// `None` where the key is none that Istio knows.
fn condition(value: &Value) -> Option<Clause<'_>> {
    let key = value.get("key").and_then(Value::as_str)?;
    let field = match key {
        "source.ip" => Field::SourceAddress,
        "remote.ip" => Field::RemoteAddress,
        "source.namespace" => Field::Namespace,
        "source.serviceAccount" => Field::ServiceAccount,
        "source.trustDomain" => Field::TrustDomain,
        "source.principal" => Field::Principal,
        "request.auth.principal" | "request.auth.audiences" | "request.auth.presenter" => Field::Token,
        "destination.ip" => Field::DestinationAddress,
        "destination.port" => Field::Port,
        "connection.sni" => Field::ServerName,
        key if key.starts_with("request.auth.claims[") => Field::Token,
        key if key.starts_with("request.headers[") => {
            let name = key.strip_prefix("request.headers[").and_then(|rest| rest.strip_suffix(']'));
            name.map_or(Field::Unknown, Field::Header)
        }
        key if key.starts_with("experimental.envoy.filters.") => Field::Unknown,
        _ => return None,
    };
    let (values, not) = (items(value.get("values")), items(value.get("notValues")));
    // Without values it asks for nothing.
    Some(Clause::of(field, values, not).unwrap_or(Clause {
        field,
        values: Vec::new(),
        not: Vec::new(),
        unreadable: false,
    }))
}

impl<'s> Clause<'s> {
    fn of(field: Field<'s>, values: &'s [Value], not: &'s [Value]) -> Option<Self> {
        let texts = |of: &'s [Value]| of.iter().filter_map(Value::as_str).collect::<Vec<_>>();
        let unreadable = values.iter().chain(not).any(|value| !value.is_string());
        let some = !values.is_empty() || !not.is_empty();
        some.then(|| Self { field, values: texts(values), not: texts(not), unreadable })
    }

    /// Can the proxy be told all of its values?
    fn is_valid(&self) -> bool {
        let valid = |text: &&&str| match self.field {
            Field::SourceAddress | Field::RemoteAddress | Field::DestinationAddress => block(text).is_some(),
            Field::Port => text.parse::<u16>().is_ok(),
            _ => true,
        };
        self.values.iter().chain(&self.not).filter(|text| !valid(text)).count() == 0
    }

    fn words(&self) -> String {
        let noun = match self.field {
            Field::Namespace => "namespaces",
            Field::ServiceAccount => "service accounts",
            Field::TrustDomain => "trust domains",
            Field::Principal => "principals",
            Field::Token => "tokens",
            _ => "addresses",
        };
        match (self.values.as_slice(), self.not.as_slice()) {
            ([], not) => format!("{noun} other than {}", not.join(", ")),
            (values, []) => format!("{noun} {}", values.join(", ")),
            (values, not) => format!("{noun} {} but not {}", values.join(", "), not.join(", ")),
        }
    }

    fn matches(&self, seen: &Seen<'_, 's>) -> Truth<'s> {
        if self.unreadable || self.field == Field::Unknown {
            return Truth::Unknown(Missing::Form);
        }
        let any = |texts: &[&'s str]| Truth::any(texts.iter().filter_map(|text| self.field.matches(text, seen)));
        let fits = if self.values.is_empty() { Truth::Yes } else { any(&self.values) };
        let kept_out = if self.not.is_empty() { Truth::No } else { any(&self.not) };
        fits.and(kept_out.negated())
    }
}

impl<'s> Field<'s> {
    /// Does the connection have this value? `None` where the proxy cannot be told it.
    fn matches(self, value: &'s str, seen: &Seen<'_, 's>) -> Option<Truth<'s>> {
        let asked = seen.asked;
        let request = asked.request.filter(|request| request.is_http());
        let of = |text: Option<&String>, fits: fn(&str, &str) -> bool| match (request, text) {
            (Some(_), Some(text)) => Truth::of(fits(value, text)),
            _ => Truth::Unknown(Missing::Request),
        };
        Some(match self {
            Self::SourceAddress | Self::RemoteAddress => {
                let block = block(value)?;
                let forwarded = request.is_some_and(|request| request.headers.contains_key("x-forwarded-for"));
                if (seen.relayed || self == Self::RemoteAddress && forwarded) && !block.is_everything() {
                    Truth::Unknown(Missing::SourceTranslation)
                } else {
                    from_block(&block, asked.other)
                }
            }
            Self::Namespace => {
                seen.identity.is(|identity| part(identity, "ns").is_some_and(|ns| matches_glob(value, ns)))
            }
            Self::ServiceAccount => {
                let (namespace, account) = value.split_once('/').unwrap_or((seen.namespace, value));
                seen.identity
                    .is(|identity| part(identity, "ns") == Some(namespace) && part(identity, "sa") == Some(account))
            }
            Self::TrustDomain => {
                seen.identity.is(|identity| matches(value, identity.split('/').next().unwrap_or_default()))
            }
            Self::Principal => principal(value, seen),
            Self::Token if !seen.tokens => Truth::No,
            Self::Token => Truth::Unknown(Missing::Token),
            Self::Header(":method") | Self::Method => of(request.and_then(|r| r.method.as_ref()), matches),
            Self::Header(":authority") | Self::Host => of(request.and_then(|r| r.host.as_ref()), matches_any_case),
            Self::Header(":path") => of(request.and_then(|r| r.path.as_ref()), matches),
            Self::Header(name) => match request {
                None => Truth::Unknown(Missing::Request),
                Some(request) => {
                    let sent = request.headers.get(&name.to_ascii_lowercase());
                    Truth::of(sent.is_some_and(|sent| value == "*" || matches(value, sent)))
                }
            },
            Self::Path => {
                of(request.and_then(|r| r.path.as_ref()), |value, path| path_matches(value, &plain_path(path)))
            }
            Self::Port => {
                let wanted = value.parse::<u16>().ok()?;
                asked.port.map_or(Truth::Unknown(Missing::Port), |port| Truth::of(port == wanted))
            }
            Self::DestinationAddress => on_addresses(&block(value)?, &asked.pod.addresses),
            Self::ServerName => match asked.request.and_then(|request| request.sni.as_deref()) {
                Some(name) => Truth::of(matches(value, name)),
                None => Truth::Unknown(Missing::ServerName),
            },
            Self::Unknown => Truth::Unknown(Missing::Form),
        })
    }
}

/// What follows a word in an identity such as `cluster.local/ns/shop/sa/web`.
fn part<'i>(identity: &'i str, word: &str) -> Option<&'i str> {
    let mut parts = identity.split('/').skip(1);
    parts.find(|part| *part == word)?;
    parts.next()
}

/// The mesh's own trust domain goes by any of its names, and `cluster.local` always means it.
/// (istio pilot/pkg/security/trustdomain)
fn principal<'s>(value: &str, seen: &Seen<'_, 's>) -> Truth<'s> {
    let direct = seen.identity.is(|identity| matches(value, identity));
    if direct == Truth::Yes {
        return direct;
    }
    let Some((domain, rest)) = value.split_once('/') else { return direct };
    let Identity::Proven(identity) = seen.identity else { return direct };
    let Some((own, _)) = identity.split_once('/') else { return direct };
    let renamed = Truth::of(matches(&format!("{own}/{rest}"), identity));
    match seen.mesh.config.trust_domains() {
        Some(all) => {
            let ours = |domain: &str| domain == "cluster.local" || all.iter().any(|own| matches(domain, own));
            if ours(domain) && all.iter().any(|known| known == own) { renamed } else { direct }
        }
        None if domain == "cluster.local" || renamed == Truth::No => renamed,
        None => Truth::Unknown(Missing::MeshConfig("istio")),
    }
}
