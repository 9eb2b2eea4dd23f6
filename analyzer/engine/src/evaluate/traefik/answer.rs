//! What Traefik does with a request: its entry point, then connections by server name, then the rule with the highest
//! priority that takes it.
//!
//! Sources: traefik/traefik `pkg/muxer/http/mux.go` (`GetRulePriority`, `Less`), `pkg/server/router/tcp/router.go` (rules
//! for connections before those for requests), `pkg/provider/traefik/internal.go` (`redirection`), documentation
//! "Routers" (a router with TLS takes nothing else, one without takes no TLS).

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use kubereach_reports::report::{ObjectRef, SegmentName};

use super::context::EntryContext;
use super::effect;
use crate::evaluate::Cluster;
use crate::evaluate::door::Place;
use crate::evaluate::door::answer::{Candidate, Fit, Handled, Listing, Outcome, Share, Taken};
use crate::evaluate::reached;
use crate::resolve::request::{Request, Speech, Takes};
use crate::resolve::route::redirect::Location;
use crate::resolve::traefik::leaves::{self, Follower, Leaf};
use crate::resolve::traefik::objects::{self, Takes as Kind};
use crate::resolve::traefik::rule::Rule;
use crate::resolve::traefik::settings::Tier;
use crate::resolve::traefik::shape::{Branch, asked, branches};
use crate::resolve::traefik::{Traefik, asked as matchers};
use kubereach_model::evidence::FieldPath;
use kubereach_model::evidence::command::cut;
use kubereach_model::field;
use kubereach_model::snapshot::GroupKind;
use kubereach_model::snapshot::model::lenient::PortRef;

/// Every rule, by the hosts that it names.
pub(super) struct Answers {
    rules: Vec<Parsed>,
    hosts: HashMap<String, Vec<usize>>,
    /// Those that may take any host.
    rest: Vec<usize>,
    places: Vec<Place>,
    /// The ports of the Services in front of Traefik: number, name, and what they lead to.
    ports: Vec<(u16, String, Option<PortRef>)>,
}

/// A rule of an IngressRoute.
struct Parsed {
    entry: usize,
    route: usize,
    rule: Rule,
    priority: i64,
}

/// The entry points at which a port leads in.
struct Points {
    names: BTreeSet<String>,
    /// They are shown, and not only usual.
    known: bool,
}

/// A request at Traefik.
struct At<'a, 's> {
    answers: &'a Answers,
    cluster: &'a Cluster<'s>,
    all: &'a Traefik<'s>,
    tier: &'a Tier<'s>,
    request: &'a Request,
    points: Points,
}

/// A rule that takes a request, or may.
struct Taking<'a> {
    parsed: &'a Parsed,
    takes: Takes,
    branch: Option<Branch>,
}

/// A route without a Service that can be made is not there; others are asked.
const UNMADE: &[SegmentName] =
    &[SegmentName::Controller, SegmentName::Listener, SegmentName::Rule, SegmentName::Reference];

impl Answers {
    pub(super) fn new(cluster: &Cluster<'_>, all: &Traefik<'_>) -> Self {
        let mut answers =
            Self { rules: Vec::new(), hosts: HashMap::new(), rest: Vec::new(), places: Vec::new(), ports: Vec::new() };
        let Some(tier) = &all.tier else { return answers };
        let services = reached::services(cluster, &tier.seen.pods);
        answers.places = reached::places(&services);
        for port in services.iter().flat_map(|service| service.get().value.spec.ports.iter()) {
            if let Some(number) = port.port.known().filter(|_| port.protocol != "UDP") {
                answers.ports.push((*number, port.name.clone(), port.target_port.clone()));
            }
        }
        for (entry, of) in all.entries.iter().enumerate() {
            let cx = EntryContext { cluster, all, entry: of, tier };
            for (route, own) in cx.spec().iter().flat_map(|spec| spec.routes.iter()).enumerate() {
                if of.takes == Kind::Udp {
                    continue;
                }
                let Ok(rule) = cx.rule(own) else { continue };
                answers.add(Parsed { entry, route, priority: own.priority(), rule });
            }
        }
        answers
    }

    fn add(&mut self, parsed: Parsed) {
        let at = self.rules.len();
        let hosts: Option<BTreeSet<String>> = branches(&parsed.rule)
            .and_then(|all| all.into_iter().map(|branch| branch.host).collect::<Option<BTreeSet<String>>>());
        match hosts.filter(|hosts| !hosts.iter().any(|host| host.starts_with('*'))) {
            Some(hosts) => hosts
                .into_iter()
                .for_each(|host| self.hosts.entry(host.trim_end_matches('.').to_owned()).or_default().push(at)),
            None => self.rest.push(at),
        }
        self.rules.push(parsed);
    }

    /// Those that may take a request for a host.
    fn of_host(&self, host: &str) -> impl Iterator<Item = &Parsed> {
        let named = self.hosts.get(host).into_iter().flatten();
        named.chain(&self.rest).filter_map(|at| self.rules.get(*at))
    }

    pub(super) fn all<'s>(
        &self,
        cluster: &Cluster<'s>,
        all: &Traefik<'s>,
        request: &Request,
        only: Option<&ObjectRef>,
    ) -> Vec<Handled> {
        let Some(tier) = all.tier.as_ref().filter(|_| !all.entries.is_empty()) else { return Vec::new() };
        if request.speech == Speech::Udp {
            return Vec::new();
        }
        let points = self.points(tier, request.port);
        let at = At { answers: self, cluster, all, tier, request, points };
        at.fit(only).map(|fit| at.handled(fit)).into_iter().collect()
    }

    /// Which entry points a port leads to. The Helm chart names the ports of the Service after them.
    fn points(&self, tier: &Tier<'_>, port: u16) -> Points {
        let mut names = BTreeSet::new();
        let mut known = false;
        let told: Vec<_> = tier.told.iter().map(|told| told.entry_points()).collect();
        for (_, name, target) in self.ports.iter().filter(|(number, ..)| *number == port) {
            let named = match target {
                Some(PortRef::Name(name)) => Some(name),
                _ => None,
            };
            for word in [Some(name), named].into_iter().flatten().filter(|word| !word.is_empty()) {
                let is_told = told.iter().any(|points| points.contains_key(word.to_ascii_lowercase().as_str()));
                if told.is_empty() || is_told {
                    known |= is_told;
                    names.insert(word.to_ascii_lowercase());
                }
            }
            if let Some(PortRef::Number(number)) = target {
                let there = told.iter().flatten().filter(|(_, own)| **own == Some(*number));
                for (name, _) in there {
                    known = true;
                    names.insert((*name).to_owned());
                }
            }
        }
        if self.ports.is_empty() {
            for (name, _) in told.iter().flatten().filter(|(_, own)| **own == Some(port)) {
                known = true;
                names.insert((*name).to_owned());
            }
        }
        let usual = match port {
            80 => Some("web"),
            443 => Some("websecure"),
            _ => None,
        };
        if !known && let Some(usual) = usual {
            names.insert(usual.to_owned());
        }
        Points { names, known }
    }

    /// What each rule looks at.
    pub(super) fn listed(&self, all: &Traefik<'_>) -> Vec<Listing> {
        let mut found = Vec::new();
        for parsed in &self.rules {
            let takes = all.entries.get(parsed.entry).map(|entry| entry.takes);
            if takes != Some(Kind::Http) {
                continue;
            }
            let Some(branches) = branches(&parsed.rule) else {
                found.push(Listing { more: true, ..Listing::default() });
                continue;
            };
            found.extend(branches.into_iter().map(|branch| listing(&branch)));
        }
        found
    }
}

fn listing(branch: &Branch) -> Listing {
    let path = match &branch.path {
        None => Some("/".to_owned()),
        Some((kind, value)) if kind == "PathRegexp" || value.contains('{') => None,
        Some((_, value)) => Some(value.clone()),
    };
    // Two paths in one rule, and paths that are excluded, are cut at no place that is known.
    let paths = branch.words.iter().any(|word| word.to_ascii_lowercase().contains("path"));
    let hosts = branch.words.iter().any(|word| word.to_ascii_lowercase().contains("host"));
    Listing {
        host: branch.host.clone(),
        path: path.filter(|_| !paths && !hosts),
        more: !branch.words.is_empty(),
        method: branch.method.clone(),
        headers: branch.headers.clone(),
    }
}

impl<'s> At<'_, 's> {
    fn fit(&self, only: Option<&ObjectRef>) -> Option<Fit> {
        if let Some(only) = only {
            let mut known = self.all.entries.iter();
            return known.any(|entry| entry.found.object() == *only).then_some(Fit::Named);
        }
        let is_here = |place: &Place| match place {
            Place::Address(address) => self.request.dialled.parse::<IpAddr>().is_ok_and(|own| own == *address),
            Place::Name(name) => *name == self.request.dialled,
        };
        if self.answers.places.iter().any(is_here) {
            return Some(Fit::Address);
        }
        if self.request.dialled.parse::<IpAddr>().is_ok() || self.points.names.is_empty() {
            return None;
        }
        let name = self.name().unwrap_or_default();
        if self.answers.hosts.contains_key(&name) {
            return Some(Fit::Host);
        }
        let mut rest = self.answers.rest.iter().filter_map(|at| self.answers.rules.get(*at));
        rest.any(|parsed| self.takes(parsed).takes != Takes::No).then_some(Fit::Any)
    }

    /// The name that rules are asked for.
    fn name(&self) -> Option<String> {
        if self.request.speech.is_http() { Some(self.request.host.clone()) } else { self.request.asked_name() }
    }

    fn handled(&self, fit: Fit) -> Handled {
        let (entry, outcome, candidates) = self.answered();
        let door = entry.map_or_else(|| "Traefik".to_owned(), |entry| format!("{entry} (Traefik)"));
        Handled { door, fit, outcome, candidates }
    }

    fn answered(&self) -> (Option<ObjectRef>, Outcome, Vec<Candidate>) {
        if self.points.names.is_empty() {
            let because = format!("port {} leads to no entry point of Traefik that was read", self.request.port);
            return (None, Outcome::Unknown(because), Vec::new());
        }
        let plain = !self.request.speech.is_tls();
        let unordered = || {
            let because = "two rules of one priority take it, and Traefik does not order them".to_owned();
            (None, Outcome::Unknown(because), Vec::new())
        };
        match self.ranked(Kind::Tcp) {
            None => return unordered(),
            Some(found) if !found.is_empty() => {
                return self.settled(&found, Outcome::Refused("no rule takes the connection".to_owned()));
            }
            Some(_) => {}
        }
        if !self.request.speech.is_http() {
            return (None, self.unless_unread(Outcome::Refused("no rule takes the connection".to_owned())), Vec::new());
        }
        if plain && let Some(outcome) = self.sent() {
            return (None, outcome, Vec::new());
        }
        let Some(found) = self.ranked(Kind::Http) else { return unordered() };
        let nobody = Outcome::Reply { status: vec![404], because: "no rule of Traefik takes it".to_owned() };
        self.settled(&found, nobody)
    }

    /// That nothing takes it is known only where every IngressRoute was read.
    fn unless_unread(&self, outcome: Outcome) -> Outcome {
        let gap = objects::GROUPS.into_iter().find_map(|group| {
            let kind = GroupKind::known(group, Kind::Http.kind());
            self.cluster.snapshot.is_complete(&kind, None).err()
        });
        match (gap, outcome) {
            (Some(gap), Outcome::Reply { because, .. } | Outcome::Refused(because)) => {
                Outcome::Unknown(format!("{because}; and an IngressRoute that was not read may: {}", gap.sentence()))
            }
            (_, outcome) => outcome,
        }
    }

    /// An entry point may send every plain request to another.
    fn sent(&self) -> Option<Outcome> {
        let told = || self.tier.told.iter().flat_map(|told| self.points.names.iter().map(move |name| (told, name)));
        let all: Vec<_> = told().map(|(told, name)| told.sends(name)).collect();
        let first = all.iter().flatten().next()?;
        if all.iter().any(|one| one.as_ref() != Some(first)) {
            return Some(Outcome::Unknown("not every entry point of Traefik redirects requests alike".to_owned()));
        }
        Some(match first {
            Err(why) => Outcome::Unknown(why.clone()),
            Ok((scheme, port, permanent)) => Outcome::Sent(
                Location {
                    scheme: scheme.clone(),
                    host: self.request.host.clone(),
                    port: *port,
                    path: self.request.path.clone(),
                    status: effect::status_of(*permanent, self.request),
                },
                "the entry point redirects every request (redirections.entryPoint)".to_owned(),
            ),
        })
    }

    /// Does the rule take it, all in all?
    fn takes<'a>(&self, parsed: &'a Parsed) -> Taking<'a> {
        let no = |takes: Takes| Taking { parsed, takes, branch: None };
        let Some(entry) = self.all.entries.get(parsed.entry) else { return no(Takes::No) };
        let cx = EntryContext { cluster: self.cluster, all: self.all, entry, tier: self.tier };
        let served = self.tier.told.iter().any(|told| cx.fits(told));
        if self.tier.is_known() && !served {
            return no(Takes::No);
        }
        let listens = self.listens(&cx);
        let tls = cx.spec().is_some_and(|spec| spec.tls.is_some())
            || self.tier.told.iter().any(|told| self.points.names.iter().any(|name| told.speaks_tls(name)));
        if listens == Takes::No || tls != self.request.speech.is_tls() {
            return no(Takes::No);
        }
        let name = self.request.asked_name().filter(|_| self.request.speech.is_tls());
        let (takes, branch) = asked(&parsed.rule, &|matcher, arguments| match entry.takes {
            Kind::Http => matchers::of_request(matcher, arguments, self.request),
            Kind::Tcp | Kind::Udp => matchers::of_connection(matcher, arguments, name.as_deref()),
        });
        let layered =
            cx.spec().is_some_and(|spec| !spec.parent_refs.is_empty()) || self.all.children(entry).next().is_some();
        let takes = listens.and(|| takes);
        let takes = match takes {
            Takes::Yes if layered => Takes::Unknown("rules in several layers (parentRefs) are not followed".to_owned()),
            takes => takes,
        };
        Taking { parsed, takes, branch }
    }

    /// Does the IngressRoute stand at one of the entry points?
    fn listens(&self, cx: &EntryContext<'_, 's>) -> Takes {
        let named = cx.spec().map(|spec| &*spec.entry_points).unwrap_or_default();
        if named.is_empty() {
            let told = || self.tier.told.iter().filter(|told| cx.fits(told));
            let default = |name: &String| told().next().is_none() || told().any(|told| told.is_default(name));
            return Takes::from(self.points.names.iter().any(default));
        }
        if named.iter().any(|name| self.points.names.contains(&name.to_ascii_lowercase())) {
            return Takes::Yes;
        }
        let usual = |name: &String| matches!(name.to_ascii_lowercase().as_str(), "web" | "websecure");
        if self.points.known || named.iter().all(usual) {
            return Takes::No;
        }
        let name = named.first().map_or("", String::as_str);
        Takes::Unknown(format!("whether port {} leads to the entry point {name} is not shown", self.request.port))
    }

    /// The rules of one kind that take it or may, the first first; `None` where two of one priority do.
    fn ranked(&self, kind: Kind) -> Option<Vec<Taking<'_>>> {
        let name = self.name().unwrap_or_default();
        let is_kind = |parsed: &&Parsed| self.all.entries.get(parsed.entry).is_some_and(|entry| entry.takes == kind);
        let asked = self.answers.of_host(&name).filter(is_kind).map(|parsed| self.takes(parsed));
        let mut found: Vec<Taking<'_>> = asked.filter(|taking| taking.takes != Takes::No).collect();
        found.sort_by_key(|taking| std::cmp::Reverse(taking.parsed.priority));
        let same = |a: &Taking<'_>, b: &Taking<'_>| a.parsed.priority == b.parsed.priority;
        match found.as_slice() {
            [first, second, ..] if same(first, second) => None,
            _ => Some(found),
        }
    }

    fn settled(&self, found: &[Taking<'_>], otherwise: Outcome) -> (Option<ObjectRef>, Outcome, Vec<Candidate>) {
        let object = |taking: &Taking<'_>| self.all.entries.get(taking.parsed.entry).map(|entry| entry.found.object());
        let candidates = found.iter().enumerate().filter_map(|(at, taking)| {
            Some(Candidate {
                entry: object(taking)?,
                rule: Some(taking.parsed.route),
                matches: cut(&taking.parsed.rule.to_string()),
                why: match &taking.takes {
                    Takes::Unknown(why) => why.clone(),
                    _ if at == 0 => format!("comes first: priority {}", taking.parsed.priority),
                    _ => format!("loses by its priority {}", taking.parsed.priority),
                },
            })
        });
        let candidates = candidates.collect();
        let entry = found.first().and_then(object);
        let otherwise = self.unless_unread(otherwise);
        let mut rules = Vec::new();
        for taking in found {
            if let Takes::Unknown(why) = &taking.takes {
                let unknown = Outcome::Unknown(why.clone());
                let outcome = if rules.is_empty() { unknown } else { Outcome::FirstOf(rules, Box::new(unknown)) };
                return (entry, outcome, candidates);
            }
            rules.extend(self.taken(taking));
        }
        let outcome = if rules.is_empty() { otherwise } else { Outcome::FirstOf(rules, Box::new(otherwise)) };
        (entry, outcome, candidates)
    }

    fn taken(&self, taking: &Taking<'_>) -> Option<Taken> {
        let entry = self.all.entries.get(taking.parsed.entry)?;
        let route = entry.spec.as_ref().ok()?.routes.get(taking.parsed.route)?;
        let index = taking.parsed.route;
        let follower = Follower { cluster: self.cluster, group: entry.group, takes: entry.takes };
        let field = |key: &'static str| -> FieldPath { field!["spec", "routes", index, key].into() };
        let leaves = follower.leaves(entry.found, &route.services, &field("services"));
        let (host, matches) = match &taking.branch {
            Some(branch) => (branch.host.clone(), branch.matches(entry.takes)),
            None => (None, Some(cut(&route.rule))),
        };
        let mut taken = Taken {
            host,
            matches,
            rule: Some(index),
            shares: shares(&leaves),
            lost: &[404],
            unmade_at: UNMADE,
            ..Taken::by(entry.found.object())
        };
        if entry.takes == Kind::Tcp {
            (taken.connection, taken.unmade_at) = (true, UNMADE.get(..3).unwrap_or_default());
            return Some(taken);
        }
        if leaves.iter().any(Leaf::is_internal) {
            taken.doubts.push("Traefik answers by itself, and what is not followed".to_owned());
        }
        let mirrors = leaves.iter().filter(|leaf| leaf.share == leaves::Share::Mirror);
        taken.changes.extend(mirrors.map(|leaf| format!("a copy goes to {}", leaf.backend.name)));
        let middlewares = follower.middlewares(entry.found, &route.middlewares, &field("middlewares"));
        let passed = effect::pass(&middlewares.acting, self.request);
        taken.changes.extend(passed.changes);
        taken.doubts.extend(passed.doubts);
        (taken.redirect, taken.reply) = (passed.redirect, passed.reply);
        if taken.redirect.is_some() || taken.reply.is_some() {
            taken.shares = Vec::new();
        }
        Some(taken)
    }
}

/// The Services that answer, with their parts.
fn shares(leaves: &[Leaf<'_>]) -> Vec<Share> {
    let answering =
        || leaves.iter().filter(|leaf| matches!(leaf.share, leaves::Share::Answers | leaves::Share::Drained));
    let direct = answering().all(|leaf| leaf.is_direct);
    let one = answering().count() == 1;
    let divisor = answering().map(|leaf| leaf.part).fold(0, divisor).max(1);
    let mut all: Vec<Share> = Vec::new();
    for leaf in answering() {
        let weight = match (one, direct) {
            (true, _) => 1,
            (_, true) => leaf.reference.weight.known().copied().unwrap_or(1),
            (_, false) => leaf.part / divisor,
        };
        match all.iter_mut().find(|known| known.backend == leaf.backend) {
            Some(known) => known.weight = known.weight.saturating_add(weight),
            None => all.push(Share { backend: leaf.backend.clone(), weight }),
        }
    }
    all
}

/// The greatest common divisor.
const fn divisor(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
