//! Which subjects a command is about.

use clap::Args;
use kubereach_engine::Filter;

use super::Failure;
use super::trace::kind_of;

/// All of the input, or some of it.
#[derive(Debug, Args)]
pub(super) struct Subjects {
    /// Only subjects of these namespaces (repeatable)
    #[arg(short, long, value_name = "NAMESPACE")]
    pub namespace: Vec<String>,
    /// Only subjects of these kinds (repeatable)
    #[arg(long, value_name = "KIND", hide_possible_values = true, value_parser = super::trace::kinds_of_subjects())]
    pub kind: Vec<String>,
    /// Only subjects of these names (repeatable)
    #[arg(long, value_name = "NAME")]
    pub name: Vec<String>,
}

impl Subjects {
    /// Not all of them.
    pub(super) fn is_partial(&self) -> bool {
        !(self.namespace.is_empty() && self.kind.is_empty() && self.name.is_empty())
    }

    pub(super) fn filter(&self) -> Result<Filter, Failure> {
        let kinds = self.kind.iter().map(|kind| kind_of(kind));
        Ok(Filter {
            namespaces: self.namespace.clone(),
            kinds: kinds.collect::<Result<_, _>>()?,
            names: self.name.clone(),
        })
    }
}
