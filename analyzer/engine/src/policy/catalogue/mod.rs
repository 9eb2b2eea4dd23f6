//! What is evaluated of each kind of policy, field by field: the table that `docs/policies.md` is written from. Each row
//! names the situation that shows it, and a test holds that the situation has such a field.

mod fields;

use std::fmt::Write as _;

use super::engine::ENGINES;
use super::habits::HABITS;
use super::options::{AgainstPods, EndPorts};
use kubereach_model::snapshot::GroupKind;

pub use fields::KINDS;

/// Kinds that mean the same.
#[derive(Debug)]
pub struct Kinds {
    /// Whose they are.
    pub system: &'static str,
    /// Group and kind.
    pub kinds: &'static [(&'static str, &'static str)],
    /// A page of `docs/semantics`, with its heading.
    pub page: &'static str,
    /// Their fields.
    pub fields: &'static [Field],
}

/// A field, or several that belong together.
#[derive(Debug)]
pub struct Field {
    /// Below `spec`, unless it is `data` or `metadata`.
    pub path: &'static str,
    /// How far it is evaluated.
    pub how: How,
    /// What that means, where the word alone does not say it.
    pub says: &'static str,
    /// A folder of `fixtures/policy` that has it.
    pub shown: &'static str,
}

/// How far a field is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// As its documentation says.
    Exactly,
    /// Undecided in some cases, which are named.
    Partly,
    /// Answers that depend on it are unknown, with its name.
    Undecided,
    /// It turns nobody away and lets nobody in.
    NoEffect,
}

impl How {
    const fn word(self) -> &'static str {
        match self {
            Self::Exactly => "yes",
            Self::Partly => "partly",
            Self::Undecided => "undecided",
            Self::NoEffect => "no effect",
        }
    }
}

/// The kinds that some engine reads.
pub fn evaluated() -> impl Iterator<Item = &'static GroupKind> {
    ENGINES.iter().flat_map(|engine| engine.kinds())
}

/// The page.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Policies\n\n\
         Generated from the table of what is evaluated (`analyzer/engine/src/policy/catalogue`); do not edit.\n\n\
         `kubereach can` and the `policy` segment of every path ask all of these together: the policies of the network \
         in their tiers, then the waypoint and the proxy of a mesh, at both ends. *yes*: as its documentation says. \
         *partly*: undecided in the cases that are named. *undecided*: an answer that depends on it is unknown, and says \
         why. *no effect*: it turns nobody away and lets nobody in. Each line names the situation in \
         [fixtures/policy](../fixtures/policy) that shows it.\n",
    );
    for of in KINDS {
        let names: Vec<String> = of.kinds.iter().map(|(group, kind)| format!("`{kind}.{group}`")).collect();
        let _ = write!(
            text,
            "\n## {}: {}\n\nRules: [semantics/{page}](semantics/{page}).\n\n| field | evaluated | | situation |\n|---|---|---|---|\n",
            of.system,
            names.join(", "),
            page = of.page,
        );
        for Field { path, how, says, shown } in of.fields {
            let _ = writeln!(text, "| `{path}` | {} | {says} | [{shown}](../fixtures/policy/{shown}) |", how.word());
        }
    }
    text.push_str(
        "\n## Network plugins\n\nWhat the API leaves to the plugin, chosen by the plugin that was seen running; \
         `kubereach can --portable` asks under each of them.\n\n\
         | plugin | enforces | address rules on pods | `endPort` | cluster address of a Service |\n|---|---|---|---|---|\n",
    );
    for habits in HABITS {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            habits.name,
            if habits.enforces { "yes" } else { "no" },
            match habits.against_pods {
                AgainstPods::Matches => "match",
                AgainstPods::Never | AgainstPods::Undecidable(_) => "never match where it runs",
            },
            match habits.end_ports {
                EndPorts::Honoured => "honoured",
                EndPorts::Undecidable(_) => "undecided",
            },
            if habits.before_translation { "asked before it is translated" } else { "translated first" },
        );
    }
    text
}
