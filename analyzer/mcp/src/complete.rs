//! Completion of the arguments of prompts and resources, from what was read already; nothing is read for it.

use std::collections::BTreeSet;

use kubereach_engine::evaluate::door;
use kubereach_reports::report::Subject;

use crate::quote::odd;
use crate::source::{Loaded, Source};
use crate::tools::codes;

/// A client gets no more (the protocol's limit is 100).
pub(crate) const MOST: usize = 100;

/// What else was filled in: the value of another argument.
pub(crate) type Given<'g> = &'g dyn Fn(&str) -> Option<String>;

/// What the argument of this name may be, in order; how many fit may be more than are listed.
pub(crate) fn complete(sources: &[Source], argument: &str, value: &str, given: Given<'_>) -> (Vec<String>, usize) {
    let begins = |word: &str| word.to_lowercase().starts_with(&value.to_lowercase());
    let all: BTreeSet<String> = match argument {
        "source" | "before" | "after" => ids(sources, argument == "before"),
        "code" => codes(value).into_iter().map(ToOwned::to_owned).collect(),
        "kind" => door::kinds().map(|kind| kind.word().into_owned()).collect(),
        "namespace" => of_subjects(sources, given, &|_| true, &|subject| &subject.namespace),
        "name" => {
            let kind = given("kind");
            let namespace = given("namespace");
            let is = |subject: &Subject| {
                kind.as_deref().is_none_or(|word| door::names(word, &subject.kind, subject.group.as_deref()))
                    && namespace.as_deref().is_none_or(|one| one == subject.namespace)
            };
            of_subjects(sources, given, &is, &|subject| &subject.name)
        }
        _ => BTreeSet::new(),
    };
    let found: Vec<String> = all.into_iter().filter(|word| argument == "code" || begins(word)).collect();
    let total = found.len();
    (found.into_iter().take(MOST).collect(), total)
}

fn ids(sources: &[Source], before: bool) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = sources.iter().map(|source| source.id.clone()).collect();
    if before {
        all.extend(sources.iter().filter(|s| s.before().is_some()).map(|source| format!("{}@before", source.id)));
    }
    all
}

fn of_subjects(
    sources: &[Source],
    given: Given<'_>,
    is: &dyn Fn(&Subject) -> bool,
    word: &dyn Fn(&Subject) -> &String,
) -> BTreeSet<String> {
    let asked = given("source");
    let sources = sources.iter().filter(|source| asked.as_deref().is_none_or(|id| id == source.id));
    let loaded: Vec<std::sync::Arc<Loaded>> = sources.filter_map(Source::known).collect();
    let subjects = loaded.iter().flat_map(|loaded| &loaded.report.subjects);
    // A name that is a sentence is nobody's choice.
    subjects.filter(|subject| is(subject)).map(word).filter(|word| !odd(word)).cloned().collect()
}
