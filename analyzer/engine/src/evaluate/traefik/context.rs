//! What the checks of an IngressRoute look at.

use kubereach_reports::report::ObjectRef;

use crate::evaluate::Cluster;
use crate::resolve::traefik::leaves::{Leaf, Naming, PortOf, Target};
use crate::resolve::traefik::middlewares::Middlewares;
use crate::resolve::traefik::objects::{self, Route, RouteSpec, Takes};
use crate::resolve::traefik::rule::Rule;
use crate::resolve::traefik::settings::{Answer, Tier, Told};
use crate::resolve::traefik::shape::{self, Syntax};
use crate::resolve::traefik::{Entry, Traefik};
use kubereach_model::evidence::{Finding, Step};
use kubereach_model::snapshot::model::{ServicePort, Unmodelled};
use kubereach_model::snapshot::{Gap, GroupKind, Lookup, ManifestsOnly};

/// One IngressRoute.
pub struct EntryContext<'a, 's> {
    /// The snapshot.
    pub cluster: &'a Cluster<'s>,
    /// Every other one.
    pub all: &'a Traefik<'s>,
    /// This one.
    pub entry: &'a Entry<'s>,
    /// Who serves them.
    pub tier: &'a Tier<'s>,
}

impl<'s> EntryContext<'_, 's> {
    /// Its name.
    pub fn object(&self) -> ObjectRef {
        self.entry.found.object()
    }

    /// What kubectl calls its kind: `ingressroute.traefik.io`.
    pub fn resource(&self) -> String {
        format!("{}.{}", self.entry.takes.kind().to_ascii_lowercase(), self.entry.group)
    }

    /// The spec, where it could be read.
    pub fn spec(&self) -> Option<&RouteSpec> {
        self.entry.spec.as_ref().ok()
    }

    /// The TLS options that it names, and what became of them; `None` where it names none, or those of another provider.
    pub fn tls_options(&self) -> Option<(&str, Lookup<'s, Unmodelled>)> {
        let options = self.spec()?.tls.as_ref()?.options.as_ref()?;
        let name = options.name.as_str();
        if name.is_empty() || name.contains('@') || name == "default" {
            return None;
        }
        let namespace = if options.namespace.is_empty() { self.entry.namespace() } else { &options.namespace };
        Some((name, objects::lookup(self.cluster, self.entry.group, "TLSOption", namespace, name)))
    }

    /// Points a finding at one of its fields.
    pub fn at<const N: usize>(&self, finding: Finding, field: [Step; N]) -> Finding {
        finding.at(self.entry.found.get().origin, field)
    }

    /// Nothing but manifests was read.
    pub fn manifests(&self) -> Option<ManifestsOnly> {
        self.cluster.manifests_only()
    }

    /// Would this Traefik serve it?
    pub fn fits(&self, told: &Told<'s>) -> bool {
        told.reads() && told.serves(self.entry.class()) && told.watches(self.entry.namespace())
    }

    /// Has this Traefik one of its entry points?
    pub fn listens(&self, told: &Told<'s>) -> bool {
        let named = self.spec().map(|spec| &*spec.entry_points).unwrap_or_default();
        let there = told.entry_points();
        named.is_empty() || named.iter().any(|name| there.keys().any(|known| name.eq_ignore_ascii_case(known)))
    }

    /// What every Traefik that would serve it was told.
    pub fn asked(&self, yes: impl Fn(&Told<'s>) -> bool, fact: &str) -> Answer {
        self.tier.asked(|told| self.fits(told), yes, fact)
    }

    /// Why nobody knows what Traefik was told.
    pub fn gap(&self) -> Gap {
        self.tier.gap()
    }

    /// The languages in which its rules may be written.
    fn syntaxes(&self, route: &Route) -> Vec<Syntax> {
        match route.syntax.as_deref() {
            Some("v2") => return vec![Syntax::V2],
            Some("v3") => return vec![Syntax::V3],
            _ => {}
        }
        let mut known: Vec<Syntax> = Vec::new();
        for told in self.tier.told.iter().filter(|told| self.fits(told)) {
            match told.syntax() {
                Some(syntax) if !known.contains(&syntax) => known.push(syntax),
                Some(_) => {}
                None => return vec![Syntax::V3, Syntax::V2],
            }
        }
        if known.is_empty() || !self.tier.is_known() { vec![Syntax::V3, Syntax::V2] } else { known }
    }

    /// The rule of one of its routes; the error says why Traefik does not take it.
    pub fn rule(&self, route: &Route) -> Result<Rule, String> {
        if !route.kind.is_empty() && route.kind != "Rule" {
            return Err(format!("Traefik knows no routes of kind '{}'", route.kind));
        }
        if route.rule.is_empty() {
            return Err("it has no rule".to_owned());
        }
        let rule = Rule::parse(&route.rule)?;
        let mut wrong = None;
        for syntax in self.syntaxes(route) {
            match shape::check(&rule, self.entry.takes, syntax) {
                Ok(()) => return Ok(rule),
                Err(why) => wrong = wrong.or(Some(why)),
            }
        }
        match wrong {
            Some(why) => Err(why),
            None => Ok(rule),
        }
    }
}

/// One of its routes.
pub struct RouteContext<'a, 's> {
    /// The IngressRoute.
    pub of: &'a EntryContext<'a, 's>,
    /// Its place among the routes.
    pub index: usize,
    /// The route.
    pub route: &'a Route,
    /// What it takes; the error says why Traefik does not take it.
    pub rule: &'a Result<Rule, String>,
    /// Where it leads.
    pub leaves: &'a [Leaf<'s>],
    /// What is done on the way.
    pub middlewares: &'a Middlewares<'s>,
}

impl RouteContext<'_, '_> {
    /// What it takes.
    pub const fn takes(&self) -> Takes {
        self.of.entry.takes
    }

    /// Without a Service and without a child that was read: why there may be a child all the same.
    pub fn may_have_children(&self) -> Option<Gap> {
        let of = self.of;
        let is_parent = self.takes() == Takes::Http && self.route.services.is_empty() && self.rule.is_ok();
        if !is_parent || of.all.children(of.entry).next().is_some() {
            return None;
        }
        of.cluster.snapshot.is_complete(&GroupKind::known(of.entry.group, Takes::Http.kind()), None).err()
    }

    /// Its rule for prose.
    pub fn title(&self) -> String {
        let text = self.route.rule.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() { format!("route {}", self.index + 1) } else { format!("the route {text}") }
    }

    /// Its priority.
    pub fn priority(&self) -> i64 {
        self.route.priority()
    }
}

/// One Service behind a route.
pub struct LeafContext<'a, 's> {
    /// The route.
    pub route: &'a RouteContext<'a, 's>,
    /// The Service.
    pub leaf: &'a Leaf<'s>,
}

impl<'s> LeafContext<'_, 's> {
    /// The port, as the Service declares it.
    pub fn port(&self) -> Option<&'s ServicePort> {
        match &self.leaf.target {
            Target::Service(_, PortOf::Declared(port)) => Some(port),
            _ => None,
        }
    }

    /// Is the cluster address or a node port dialled, and not what EndpointSlices list?
    pub fn is_native(&self) -> bool {
        let of = self.route.of;
        let told = of.tier.told.iter().any(|told| of.fits(told) && told.dials_cluster_addresses());
        let node_ports = match &self.leaf.target {
            Target::Service(service, _) => service.spec.kind == "NodePort",
            _ => false,
        };
        let reference = &self.leaf.reference;
        reference.native_lb.0.unwrap_or(told) || (node_ports && reference.node_port_lb.0 == Some(true))
    }

    /// Points a finding at the field that names the Service.
    pub fn at<const N: usize>(&self, finding: Finding, more: [Step; N]) -> Finding {
        at(finding, &self.leaf.naming, more)
    }

    /// The Service, or what the reference names in its place.
    pub fn named(&self) -> ObjectRef {
        let backend = &self.leaf.backend;
        ObjectRef {
            kind: backend.kind.clone(),
            namespace: Some(backend.namespace.clone()),
            name: backend.name.clone(),
            group: (backend.kind != "Service").then(|| self.route.of.entry.group.to_owned()),
        }
    }
}

/// Points a finding at a field of what names something.
pub fn at<const N: usize>(finding: Finding, naming: &Naming<'_>, more: [Step; N]) -> Finding {
    let mut field = naming.field.clone();
    field.extend(more);
    finding.at(naming.object.get().origin, field)
}
