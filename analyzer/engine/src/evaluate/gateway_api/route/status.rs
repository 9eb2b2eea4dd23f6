//! What controllers say of a route at one parent. It settles what could not be read and is inconclusive what the
//! configuration does not explain; it never decides what the configuration decides.

use crate::checks::route::{condition_false, controllers_disagree, not_reconciled, partially_invalid, status_stale};
use crate::resolve::conditions::{Says, says};
use crate::resolve::route::attach::Tie;
use crate::resolve::route::{parent, status};
use kubereach_model::evidence::Finding;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{ParentStatus, Route};

/// What the controllers say.
#[derive(Debug)]
pub(crate) struct Word<'s> {
    route: Found<'s, Route>,
    entries: Vec<&'s ParentStatus>,
}

impl<'s> Word<'s> {
    pub(crate) fn new(route: Found<'s, Route>, tie: &Tie<'_>) -> Self {
        Self { route, entries: status::entries(route.get(), tie.reference) }
    }

    fn all(&self, kind: &str) -> Vec<(&'s str, Says<'s>)> {
        let generation = &self.route.get().metadata.generation;
        self.entries.iter().map(|e| (e.controller_name.as_str(), says(&e.conditions, kind, generation))).collect()
    }

    /// A controller accepted the present spec.
    pub(crate) fn accepted(&self) -> bool {
        self.all("Accepted").iter().any(|(_, s)| s.is_yes())
    }

    /// A controller resolved every reference of the present spec.
    pub(crate) fn resolved(&self) -> bool {
        self.all("ResolvedRefs").iter().any(|(_, s)| s.is_yes())
    }

    /// What the status adds. `at_fault`: the configuration shows why the route is not accepted;
    /// `refs_at_fault`: it shows a reference that cannot be resolved; `reconciled`: a controller is at
    /// work on the parent.
    pub(crate) fn findings(
        &self,
        tie: &Tie<'_>,
        at_fault: bool,
        refs_at_fault: bool,
        reconciled: bool,
    ) -> Vec<Finding> {
        let mut found = Vec::new();
        let partial = self.all("PartiallyInvalid").into_iter().find_map(|(_, s)| match s {
            Says::Yes(c) => Some(c),
            _ => None,
        });
        if let Some(condition) = partial {
            found.push(partially_invalid::finding(self.route, condition));
        }
        let accepted = self.all("Accepted");
        let yes = accepted.iter().find(|(_, s)| s.is_yes()).map(|(name, _)| *name);
        let no = accepted.iter().find_map(|(name, s)| if let Says::No(c) = s { Some((*name, *c)) } else { None });
        let stale = accepted.iter().find_map(|(_, s)| if let Says::Stale(c) = s { Some(*c) } else { None });
        match (yes, no, stale) {
            (Some(yes), Some((no, _)), _) => found.push(controllers_disagree::finding(self.route, yes, no)),
            (Some(_), None, _) => {}
            _ if at_fault => {}
            (None, Some((name, condition)), _) => found.push(condition_false::finding(self.route, name, condition)),
            // A fall-back leaves the generation behind on purpose.
            (None, None, Some(_)) if partial.is_some() => {}
            (None, None, Some(condition)) => found.push(status_stale::finding(self.route, condition)),
            (None, None, None) if reconciled && !self.route.is_manifest() => {
                found.push(not_reconciled::finding(self.route, &parent::object(&self.route, tie.reference)));
            }
            (None, None, None) => {}
        }
        if refs_at_fault || at_fault || self.resolved() || (yes.is_none() && no.is_some()) {
            return found;
        }
        let unresolved = self.all("ResolvedRefs").into_iter().find_map(|(name, s)| match s {
            Says::No(c) => Some((name, c)),
            _ => None,
        });
        if let Some((name, condition)) = unresolved {
            found.push(condition_false::finding(self.route, name, condition));
        }
        found
    }
}
