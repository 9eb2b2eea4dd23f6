//! What the manifests of a cluster leave open: values that something fills in later, and objects that operators make of
//! those in the input.

use std::collections::BTreeSet;

use kubereach_reports::report::Problem;

use super::content::Documents;
use super::item::Item;
use super::makers::Made;
use kubereach_model::snapshot::kinds::{KINDS, Kind, Served};
use kubereach_model::snapshot::model::WorkloadKind;
use kubereach_model::snapshot::{Assumption, Coverage, GroupKind};

/// What is open.
#[derive(Debug, Default)]
pub(super) struct Unsettled {
    /// What objects of the input make.
    pub(super) made: Vec<Made>,
    /// Kinds of which an object has a placeholder for its name, and the file that shows it.
    nameless: BTreeSet<(GroupKind, String)>,
}

/// Kinds that traffic needs and that a release or an application may bring.
const BROUGHT: [(&str, &str); 9] = [
    ("", "Service"),
    ("", "Pod"),
    ("", "Secret"),
    ("", "ConfigMap"),
    ("networking.k8s.io", "Ingress"),
    ("networking.k8s.io", "IngressClass"),
    ("gateway.networking.k8s.io", "GatewayClass"),
    ("gateway.networking.k8s.io", "Gateway"),
    ("gateway.networking.k8s.io", "HTTPRoute"),
];

impl Unsettled {
    /// Looks at a file; the answer is the one line about its placeholders.
    pub(super) fn file(&mut self, documents: &Documents<Item>, path: &str) -> Option<Problem> {
        let with_holes = documents.objects.iter().filter_map(|object| {
            let holes = &object.value.text.as_ref()?.holes;
            (holes.count > 0).then_some((object, holes))
        });
        let (mut count, mut first) = (0, None);
        for (decoded, holes) in with_holes {
            count += holes.count;
            first.get_or_insert((decoded.origin, &holes.example));
            if let Some(object) = decoded.value.object().filter(|_| holes.in_name) {
                self.nameless.insert((object.group_kind(), path.to_owned()));
            }
        }
        let (origin, example) = first?;
        let values =
            if count == 1 { "1 value is a placeholder".to_owned() } else { format!("{count} values are placeholders") };
        Some(Problem {
            path: path.to_owned(),
            line: Some(origin.line),
            column: None,
            message: format!(
                "{values} ({example}) and not readable: nothing is proved from such a value; check what fills it in"
            ),
        })
    }

    /// Takes what is open off what counts as complete. Where something installs objects beside a declared completeness,
    /// that is said.
    pub(super) fn settle(&self, coverage: &mut Coverage, declared: &[Assumption]) -> Vec<Problem> {
        for (kind, path) in &self.nameless {
            coverage.lessen(kind, None, "the name of an object of it is a placeholder", path);
        }
        let mut installers = BTreeSet::new();
        for made in &self.made {
            match made {
                Made::Named { kind, namespace, name, by } => {
                    coverage.make(GroupKind::known("", kind), namespace.clone(), name.clone(), by.clone());
                }
                Made::Anything { namespace, by } if !declared.is_empty() => {
                    let reason = format!("{by} may bring objects of it");
                    installers.insert(by.as_str());
                    for kind in brought() {
                        let scope = namespace.as_deref().filter(|_| kind.namespaced);
                        coverage.lessen(&kind.group_kind(), scope, &reason, "");
                    }
                }
                Made::Anything { .. } => {}
            }
        }
        let Some(first) = installers.first() else { return Vec::new() };
        let more = match installers.len() - 1 {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        vec![Problem {
            path: "--assume-complete".to_owned(),
            line: None,
            column: None,
            message: format!(
                "{first}{more} installs objects that are not in the input: where they go, what is not there is unknown \
                 and not missing; render them, and check that too"
            ),
        }]
    }
}

fn brought() -> impl Iterator<Item = &'static Kind> {
    let makes_pods = |kind: &Kind| WorkloadKind::of(&kind.group_kind()).is_some() && kind.served == Served::BuiltIn;
    KINDS.iter().filter(move |kind| BROUGHT.contains(&(kind.group, kind.kind)) || makes_pods(kind))
}
