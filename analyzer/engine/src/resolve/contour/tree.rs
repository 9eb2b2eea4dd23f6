//! All `HTTPProxies` of a cluster together: roots, the objects that they include, and who shares a host.

use std::collections::HashMap;

use kubereach_model::evidence::Step;
use kubereach_model::field;
use kubereach_model::snapshot::Snapshot;
use kubereach_model::snapshot::model::MatchCondition;

use super::host::HostProblems;
use super::include::{self, Followed};
use super::routes::{self, Place};
use super::{Problem, Proxy, host};

/// Every object with what Contour makes of it.
#[derive(Debug)]
pub struct Tree<'s> {
    /// In the order of namespace and name.
    pub proxies: Vec<Node<'s>>,
    index: HashMap<(&'s str, &'s str), usize>,
}

/// One object.
#[derive(Debug)]
pub struct Node<'s> {
    /// The object.
    pub proxy: Proxy<'s>,
    /// Others with the same host.
    pub rivals: Vec<Proxy<'s>>,
    /// What keeps its host from being served.
    pub host: Vec<Problem>,
    /// Its includes, in order.
    pub includes: Vec<Followed<'s>>,
    /// What keeps its `tcpproxy` from being served.
    pub tcp: Vec<Problem>,
    /// What its `tcpproxy` leads to, where that is another object.
    pub tcp_include: Option<Proxy<'s>>,
    /// The ways that lead to it: of a root its own one.
    pub chains: Vec<Chain<'s>>,
}

/// One way from a root to an object.
#[derive(Debug, Clone)]
pub struct Chain<'s> {
    /// The root.
    pub root: Proxy<'s>,
    /// The conditions of the includes on the way.
    pub conditions: Vec<&'s MatchCondition>,
    /// What drops every route of the object on this way.
    pub routes: Vec<Problem>,
    /// What drops them further up: a problem of another object.
    pub above: Vec<(Proxy<'s>, Problem)>,
    /// By a `tcpproxy`.
    pub tcp: bool,
}

/// Ways beyond which no more are followed: a tree of includes may be crossed in very many.
const MOST: usize = 2000;

impl<'s> Tree<'s> {
    /// Looks at all that are given: those of Contour's class.
    pub fn of(snapshot: &'s Snapshot, proxies: impl Iterator<Item = Proxy<'s>>) -> Self {
        let proxies: Vec<Proxy<'s>> = proxies.collect();
        let mut hosts: HashMap<String, Vec<Proxy<'s>>> = HashMap::new();
        for proxy in &proxies {
            if let Some(host) = &proxy.get().value.spec.virtualhost {
                hosts.entry(host.fqdn.to_ascii_lowercase()).or_default().push(*proxy);
            }
        }
        let mut after: Vec<Vec<Problem>> = Vec::new();
        let mut nodes: Vec<Node<'s>> = Vec::new();
        for proxy in proxies {
            let spec = &proxy.get().value.spec;
            let problems = spec.virtualhost.as_ref().map(|own| host::problems(snapshot, proxy, own));
            let HostProblems { before, after: later } = problems.unwrap_or_default();
            let same = spec.virtualhost.as_ref().and_then(|own| hosts.get(&own.fqdn.to_ascii_lowercase()));
            let rivals = same.into_iter().flatten().filter(|other| !is_same(other, &proxy)).copied().collect();
            let (tcp, tcp_include) = tcp(snapshot, proxy);
            let includes = include::all(snapshot, proxy);
            after.push(later);
            nodes.push(Node { proxy, rivals, host: before, includes, tcp, tcp_include, chains: Vec::new() });
        }
        let index = nodes.iter().enumerate().map(|(id, node)| (key(&node.proxy), id)).collect();
        let mut tree = Self { proxies: nodes, index };
        tree.follow(snapshot);
        for (node, later) in tree.proxies.iter_mut().zip(after) {
            node.host.extend(later);
        }
        tree
    }

    /// The node of an object.
    pub fn node(&self, proxy: &Proxy<'s>) -> Option<&Node<'s>> {
        self.proxies.get(*self.index.get(&key(proxy))?)
    }

    /// Walks from every root that Contour looks at. The steps are kept on a stack: includes may be nested deeply.
    fn follow(&mut self, snapshot: &'s Snapshot) {
        let index = self.index.clone();
        let mut chains: Vec<Vec<Chain<'s>>> = vec![Vec::new(); self.proxies.len()];
        let mut steps = 0;
        for node in &mut self.proxies {
            if node.proxy.get().value.spec.virtualhost.is_none() {
                continue;
            }
            // A tcpproxy that fails keeps Contour from looking at the routes.
            let tcp = std::mem::take(&mut node.tcp);
            node.host.extend(tcp);
        }
        let mut nested: Vec<(usize, Vec<Problem>)> = Vec::new();
        for (id, node) in self.proxies.iter().enumerate() {
            let stopped = node.host.iter().any(Problem::is_certain) || !node.rivals.is_empty();
            if node.proxy.get().value.spec.virtualhost.is_none() {
                continue;
            }
            let own =
                Chain { root: node.proxy, conditions: Vec::new(), routes: Vec::new(), above: Vec::new(), tcp: false };
            if stopped {
                if let Some(slot) = chains.get_mut(id) {
                    slot.push(own);
                }
                continue;
            }
            if let Some(include) = node.tcp_include {
                nested.push((id, self.along_tcp(&index, id, include, &mut chains)));
            }
            let mut open: Vec<(usize, Chain<'s>, Vec<usize>)> = vec![(id, own, Vec::new())];
            while let Some((at, mut chain, visited)) = open.pop() {
                steps += 1;
                let Some(node) = self.proxies.get(at).filter(|_| steps < MOST.max(self.proxies.len() * 4)) else {
                    continue;
                };
                chain.routes = routes::problems(snapshot, node.proxy, &chain.conditions);
                let mut visited = visited;
                visited.push(at);
                let spec = &node.proxy.get().value.spec;
                for (include, followed) in spec.includes.iter().zip(&node.includes) {
                    let Followed::To(target) = followed else { continue };
                    let Some(target) = index.get(&key(target)).copied().filter(|id| !visited.contains(id)) else {
                        continue;
                    };
                    let mut conditions = chain.conditions.clone();
                    conditions.extend(include.conditions.iter());
                    let above = chain.above.iter().cloned().chain(chain.routes.iter().map(|p| (node.proxy, p.clone())));
                    let next =
                        Chain { root: chain.root, conditions, routes: Vec::new(), above: above.collect(), tcp: false };
                    open.push((target, next, visited.clone()));
                }
                if let Some(slot) = chains.get_mut(at) {
                    slot.push(chain);
                }
            }
        }
        for (id, problems) in nested {
            if let Some(node) = self.proxies.get_mut(id) {
                node.host.extend(problems);
            }
        }
        for (node, chains) in self.proxies.iter_mut().zip(chains) {
            node.chains = chains;
        }
    }

    /// Follows the include of a root's `tcpproxy`; what is wrong on the way keeps the root from being served.
    fn along_tcp(
        &self,
        index: &HashMap<(&'s str, &'s str), usize>,
        root: usize,
        first: Proxy<'s>,
        chains: &mut [Vec<Chain<'s>>],
    ) -> Vec<Problem> {
        let Some(from) = self.proxies.get(root).map(|node| node.proxy) else { return Vec::new() };
        let mut visited = vec![root];
        let mut next = Some(first);
        while let Some(proxy) = next {
            let Some(id) = index.get(&key(&proxy)).copied() else { break };
            if visited.contains(&id) {
                let what = "its tcpproxy is included in a circle";
                return vec![Problem::shown(
                    "TCPProxyIncludeError/IncludeCreatesCycle",
                    field!["spec", "tcpproxy"],
                    what,
                )];
            }
            visited.push(id);
            if let Some(slot) = chains.get_mut(id) {
                let chain =
                    Chain { root: from, conditions: Vec::new(), routes: Vec::new(), above: Vec::new(), tcp: true };
                slot.push(chain);
            }
            let Some(node) = self.proxies.get(id) else { break };
            if !node.tcp.is_empty() {
                let name = format!("{}/{}", node.proxy.value.metadata.namespace, node.proxy.value.metadata.name);
                return node.tcp.iter().map(|problem| named(problem, &name)).collect();
            }
            next = node.tcp_include;
        }
        Vec::new()
    }

    /// Does an include of this object lead back to an object on the way to it?
    pub fn is_circle(&self, from: &Proxy<'s>, to: &Proxy<'s>) -> bool {
        let index = &self.index;
        if self.proxies.len() > MOST {
            return false;
        }
        let Some(from) = index.get(&key(from)).copied() else { return false };
        let mut seen = vec![false; self.proxies.len()];
        let mut open: Vec<usize> = index.get(&key(to)).copied().into_iter().collect();
        while let Some(id) = open.pop() {
            if id == from {
                return true;
            }
            let Some(node) = self.proxies.get(id) else { continue };
            if seen.get_mut(id).is_none_or(|seen| std::mem::replace(seen, true)) {
                continue;
            }
            let targets = node.includes.iter().filter_map(|followed| match followed {
                Followed::To(target) => index.get(&key(target)).copied(),
                Followed::Nowhere(_) => None,
            });
            open.extend(targets);
        }
        false
    }
}

/// A problem of an included object, said of the root.
fn named(problem: &Problem, name: &str) -> Problem {
    let field: Vec<Step> = field!["spec", "tcpproxy"].into();
    Problem { what: format!("its tcpproxy includes {name}, and there: {}", problem.what), field, ..problem.clone() }
}

fn tcp<'s>(snapshot: &'s Snapshot, proxy: Proxy<'s>) -> (Vec<Problem>, Option<Proxy<'s>>) {
    let value = &proxy.get().value;
    let Some(tcp) = &value.spec.tcpproxy else { return (Vec::new(), None) };
    match include::of_tcp(snapshot, proxy) {
        Some(Followed::Nowhere(problem)) => (vec![problem], None),
        Some(Followed::To(target)) => (Vec::new(), Some(target)),
        None => {
            let mut found = routes::unresolved(snapshot, &value.metadata.namespace, &tcp.services);
            routes::services(snapshot, &value.metadata.namespace, &tcp.services, Place::Tcp, None, &mut found);
            (found, None)
        }
    }
}

fn key<'s>(proxy: &Proxy<'s>) -> (&'s str, &'s str) {
    let meta = &proxy.get().value.metadata;
    (&meta.namespace, &meta.name)
}

fn is_same(a: &Proxy<'_>, b: &Proxy<'_>) -> bool {
    std::ptr::eq(a.get(), b.get())
}
