//! The middlewares of a route: which are there, and which redirect.
//!
//! Sources: traefik/traefik `pkg/provider/kubernetes/crd/kubernetes.go` (`resolveReference`,
//! `createBasicAuthMiddleware`, `createErrorPageMiddleware`: one that cannot be made is left out) and
//! `pkg/server/middleware/middlewares.go` (a route with a middleware that does not exist, or that leads back to
//! itself, is not served).

use kubereach_model::evidence::{FieldPath, Step};
use kubereach_model::field;
use kubereach_model::snapshot::model::{Secret, Unmodelled};
use kubereach_model::snapshot::{Absence, Found, Gap, Lookup};

use super::leaves::{Follower, Leaf, Naming, Target};
use super::objects::{self, MiddlewareSpec, NameRef};

/// The middlewares of a route, in order.
#[derive(Debug, Default)]
pub struct Middlewares<'s> {
    /// What is wrong with one of them, or not known.
    pub faults: Vec<Fault<'s>>,
    /// Those that redirect.
    pub redirects: Vec<Redirect<'s>>,
    /// How many were found.
    pub found: usize,
    /// Those that act, one after the other; a chain stands there as its members.
    pub acting: Vec<Found<'s, Unmodelled>>,
}

/// Something about a middleware.
#[derive(Debug, Clone)]
pub struct Fault<'s> {
    /// Its name as written.
    pub name: String,
    /// What names it.
    pub naming: Naming<'s>,
    /// What it is.
    pub what: What<'s>,
}

/// What is so about a middleware.
#[derive(Debug, Clone)]
pub enum What<'s> {
    /// There is none.
    Missing(Absence),
    /// It was not read.
    Unseen(Gap),
    /// It is in this other namespace.
    Crosses(String),
    /// It is of another provider.
    Elsewhere,
    /// It is there and Traefik cannot make it: what it lacks.
    Lacks(Found<'s, Unmodelled>, Absence),
    /// It is there, and what it needs of a Secret was not read.
    SecretUnseen(Found<'s, Unmodelled>, Gap),
    /// It is there and Traefik cannot make it: why.
    Unusable(Found<'s, Unmodelled>, String),
}

/// A middleware that redirects.
#[derive(Debug, Clone)]
pub struct Redirect<'s> {
    /// It.
    pub object: Found<'s, Unmodelled>,
    /// To this scheme; none for a redirect by an expression.
    pub scheme: Option<String>,
}

/// Chains in chains are followed this far.
const DEPTH: usize = 8;

impl<'s> Follower<'_, 's> {
    /// Looks at the middlewares that an object names.
    pub fn middlewares(&self, from: Found<'s, Unmodelled>, names: &[NameRef], field: &FieldPath) -> Middlewares<'s> {
        let mut all = Middlewares::default();
        self.add(from, names, field, &mut Vec::new(), &mut all);
        all
    }

    fn add(
        &self,
        from: Found<'s, Unmodelled>,
        names: &[NameRef],
        field: &FieldPath,
        above: &mut Vec<(String, String)>,
        all: &mut Middlewares<'s>,
    ) {
        let own = from.get().value.metadata.namespace.as_str();
        for (i, reference) in names.iter().enumerate() {
            let mut field = field.clone();
            field.push(Step::Index(i));
            let mut fault = |what: What<'s>| {
                let naming = Naming { object: from, field: field.clone() };
                all.faults.push(Fault { name: reference.name.clone(), naming, what });
            };
            if reference.name.contains('@') {
                fault(What::Elsewhere);
                continue;
            }
            let namespace = if reference.namespace.is_empty() { own } else { reference.namespace.as_str() };
            if namespace != own {
                fault(What::Crosses(namespace.to_owned()));
            }
            match objects::lookup(self.cluster, self.group, self.takes.middleware(), namespace, &reference.name) {
                Lookup::Absent(absence) => fault(What::Missing(absence)),
                Lookup::Unknown(gap) => fault(What::Unseen(gap)),
                Lookup::Found(found) => {
                    let key = (namespace.to_owned(), reference.name.clone());
                    if above.contains(&key) || above.len() >= DEPTH {
                        fault(What::Unusable(found, "it leads back to itself".to_owned()));
                        continue;
                    }
                    match objects::spec::<MiddlewareSpec>(&found.get().value) {
                        Err(why) => fault(What::Unusable(found, why)),
                        Ok(spec) => {
                            if let Some(what) = self.unmade(found, &spec) {
                                fault(what);
                            }
                            all.found += 1;
                            if let Some(redirect) = redirect(found, &spec) {
                                all.redirects.push(redirect);
                            }
                            if spec.chain.is_none() {
                                all.acting.push(found);
                            }
                            if let Some(chain) = &spec.chain {
                                above.push(key);
                                let field = field!["spec", "chain", "middlewares"].into();
                                self.add(found, &chain.middlewares, &field, above, all);
                                above.pop();
                            }
                        }
                    }
                }
            }
        }
    }

    /// Why Traefik cannot make it.
    fn unmade(&self, found: Found<'s, Unmodelled>, spec: &MiddlewareSpec) -> Option<What<'s>> {
        let namespace = found.get().value.metadata.namespace.as_str();
        for auth in [&spec.basic_auth, &spec.digest_auth].into_iter().flatten() {
            if auth.secret.is_empty() {
                return Some(What::Unusable(found, "it names no Secret with its users".to_owned()));
            }
            match self.cluster.snapshot.lookup::<Secret>(namespace, &auth.secret) {
                Lookup::Absent(absence) => return Some(What::Lacks(found, absence)),
                Lookup::Unknown(gap) => return Some(What::SecretUnseen(found, gap)),
                Lookup::Found(_) => {}
            }
        }
        let page = spec.errors.as_ref()?;
        let leaves = self.leaf(found, &page.service, field!["spec", "errors", "service"].into());
        leaves.iter().find_map(|leaf: &Leaf<'_>| match &leaf.target {
            Target::Missing(_, absence) if leaf.is_direct => Some(What::Lacks(found, absence.clone())),
            Target::Unseen(_, gap) if leaf.is_direct => Some(What::Unseen(gap.clone())),
            _ => None,
        })
    }
}

fn redirect<'s>(found: Found<'s, Unmodelled>, spec: &MiddlewareSpec) -> Option<Redirect<'s>> {
    match (&spec.redirect_scheme, &spec.redirect_regex) {
        (Some(scheme), _) => Some(Redirect { object: found, scheme: Some(scheme.scheme.clone()) }),
        (None, Some(_)) => Some(Redirect { object: found, scheme: None }),
        (None, None) => None,
    }
}
