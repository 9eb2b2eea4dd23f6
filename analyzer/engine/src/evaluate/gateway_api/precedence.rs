//! Routes with the very same match on the same listener and host name: the older takes the requests (API reference:
//! `HTTPRouteRule.matches`, precedence across routes).

use std::collections::HashMap;

use crate::resolve::route::attach::Attached;
use crate::resolve::route::matches;
use kubereach_model::snapshot::model::RouteKind;

/// Matches of a route beyond which others with the same match are not looked for (a note is not worth the memory).
const MOST: usize = 20_000;

/// The route that comes first, by listener, kind, host name and match.
#[derive(Debug, Default)]
pub(crate) struct Precedence {
    first: HashMap<(usize, RouteKind, String, String), usize>,
}

impl Precedence {
    pub(crate) fn new(routes: &[Attached<'_>]) -> Self {
        let mut this = Self::default();
        for (id, attached) in routes.iter().enumerate() {
            let route = attached.route.get();
            if !matches!(route.kind, RouteKind::Http | RouteKind::Grpc) {
                continue;
            }
            let rules = route.spec.rules.iter().enumerate();
            let texts: Vec<String> =
                rules.flat_map(|(i, r)| matches::of_rule(route, r, i)).filter_map(|m| m.text).collect();
            let attachments = || attached.parents.iter().flat_map(|p| &p.attachments).filter(|a| a.doubt.is_none());
            if texts.len().saturating_mul(attachments().map(|a| a.hosts.len()).sum()) > MOST {
                continue;
            }
            for attachment in attachments() {
                for host in &attachment.hosts {
                    for text in &texts {
                        let key =
                            (attachment.listener, route.kind, host.effective.clone().unwrap_or_default(), text.clone());
                        let first = this.first.entry(key).or_insert(id);
                        if *first != id && routes.get(*first).is_some_and(|other| comes_first(attached, other)) {
                            *first = id;
                        }
                    }
                }
            }
        }
        this
    }

    /// The route that takes the requests, if it is another one and both ages are known.
    pub(crate) fn winner(
        &self,
        routes: &[Attached<'_>],
        id: usize,
        (listener, host, text): (usize, Option<&str>, &str),
    ) -> Option<usize> {
        let own = routes.get(id)?;
        let key = (listener, own.route.kind, host.unwrap_or_default().to_owned(), text.to_owned());
        let winner = self.first.get(&key).copied().filter(|w| *w != id)?;
        let known = |r: &Attached<'_>| r.route.metadata.creation_timestamp.0.is_some();
        (known(own) && routes.get(winner).is_some_and(known)).then_some(winner)
    }
}

fn comes_first(a: &Attached<'_>, b: &Attached<'_>) -> bool {
    let key = |r: &Attached<'_>| {
        let meta = &r.route.metadata;
        (meta.creation_timestamp.0, meta.namespace.clone(), meta.name.clone())
    };
    key(a) < key(b)
}
