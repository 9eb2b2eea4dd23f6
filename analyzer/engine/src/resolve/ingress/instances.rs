//! The instances of ingress controllers that were read, and what each does with an Ingress.
//!
//! Pods of one controller with the same arguments in one namespace are an instance. What its flags mean stands in
//! [`crate::resolve::controllers::selection`].

use std::collections::HashMap;

use crate::resolve::controllers::flags::{Flags, Said};
use crate::resolve::controllers::selection::{ByClass, Classless, Provider};
use crate::resolve::controllers::{CONTROLLERS, Controller};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::lenient::{Field, List};
use kubereach_model::snapshot::model::{IngressClass, Pod};

use super::class::Named;

/// Pods of one controller that were started alike.
#[derive(Debug)]
pub struct Instance<'s> {
    /// Whose.
    pub controller: &'static Controller,
    /// Pods that are neither finished nor being deleted; never empty.
    pub pods: Vec<Found<'s, Pod>>,
    namespace: &'s str,
    args: Vec<&'s List<Field<String>>>,
    flags: Option<Flags>,
}

/// How an Ingress asks to be taken.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a, 's> {
    /// The class it names.
    pub named: Named<'s>,
    /// The object of that class, or of the one that admission assigns.
    pub object: Option<Found<'s, IngressClass>>,
    /// Its namespace.
    pub namespace: &'a str,
}

/// What an instance does with an Ingress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It takes it.
    Takes,
    /// It does not: why, as a clause about the instance.
    Ignores(String),
    /// It cannot be told.
    Unknown,
    /// No provider of the kind that is asked for is switched on.
    Off,
}

/// Every instance of the recognised controllers, in the order of the table.
pub(super) fn all<'s>(by_name: &HashMap<&'static str, Vec<Found<'s, Pod>>>) -> Vec<Instance<'s>> {
    let mut all: Vec<Instance<'s>> = Vec::new();
    for controller in CONTROLLERS {
        let first = all.len();
        for pod in by_name.get(controller.name).map(Vec::as_slice).unwrap_or_default() {
            let value = &pod.get().value;
            let namespace = value.metadata.namespace.as_str();
            let args: Vec<_> = value.spec.containers.iter().map(|c| &c.args).collect();
            let same = |one: &&mut Instance<'s>| one.namespace == namespace && one.args == args;
            if let Some(known) = all.iter_mut().skip(first).find(same) {
                known.pods.push(*pod);
            } else {
                let flags = Flags::of(value);
                all.push(Instance { controller, pods: vec![*pod], namespace, args, flags });
            }
        }
    }
    all
}

impl<'s> Instance<'s> {
    /// What it does with an Ingress.
    pub fn answer(&self, asked: Asked<'_, 's>) -> Answer {
        let providers = self.controller.providers;
        let Some(flags) = self.flags.as_ref().filter(|_| !providers.is_empty()) else { return Answer::Unknown };
        let mut best = Answer::Off;
        for answer in providers.iter().map(|provider| of_provider(provider, flags, asked)) {
            best = match (best, answer) {
                (Answer::Takes, _) | (_, Answer::Takes) => Answer::Takes,
                (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
                (Answer::Ignores(why), _) | (_, Answer::Ignores(why)) => Answer::Ignores(why),
                (Answer::Off, Answer::Off) => Answer::Off,
            };
        }
        best
    }

    /// Could it take Ingresses that another controller is named for, if only its flags could be read?
    pub fn may_stand_in(&self) -> bool {
        let foreign = |provider: &Provider| matches!(provider.class, ByClass::Controller { id, .. } if !self.controller.ids.contains(&id));
        self.flags.is_none() && self.controller.providers.iter().any(foreign)
    }

    /// Does its answer depend on the namespace?
    pub fn watches_some(&self) -> bool {
        let Some(flags) = &self.flags else { return false };
        let given = |name: &&str| flags.said(name) != Said::Nothing;
        self.controller.providers.iter().any(|p| p.namespaces.iter().any(given))
    }
}

fn of_provider(provider: &Provider, flags: &Flags, asked: Asked<'_, '_>) -> Answer {
    match provider.on.map_or(Some(true), |flag| flags.is_on_or_set_below(flag)) {
        Some(true) => {}
        Some(false) => return Answer::Off,
        None => return Answer::Unknown,
    }
    for name in provider.namespaces {
        match flags.said(name) {
            Said::Nothing | Said::Value("") => {}
            Said::Unreadable => return Answer::Unknown,
            Said::Value(list) => {
                if !list.split(',').any(|one| one.trim() == asked.namespace) {
                    return Answer::Ignores(format!("it watches {list} only (--{name})"));
                }
            }
        }
    }
    let answer = by_class(provider, flags, asked);
    let selects = provider.selectors.iter().any(|name| !matches!(flags.said(name), Said::Nothing | Said::Value("")));
    if selects && answer == Answer::Takes { Answer::Unknown } else { answer }
}

fn by_class(provider: &Provider, flags: &Flags, asked: Asked<'_, '_>) -> Answer {
    let (flag, default) = provider.word;
    let (word, given) = match flags.said(flag) {
        Said::Nothing | Said::Value("") => (default, false),
        Said::Value(word) => (word, true),
        Said::Unreadable => return Answer::Unknown,
    };
    match (asked.named, asked.object) {
        (Named::Field(name), object) => of_object(provider, flags, (word, given), name, object),
        (Named::Nothing, Some(object)) => {
            of_object(provider, flags, (word, given), &object.metadata.name, Some(object))
        }
        (Named::Annotation(value), _) if value == word => Answer::Takes,
        (Named::Annotation(value), _) => {
            Answer::Ignores(format!("it takes the annotation value {word} (--{flag}), not {value}"))
        }
        (Named::Nothing, None) => match provider.classless {
            Classless::WithoutWord if !given => Answer::Takes,
            Classless::With(flag) => match flags.is_on(flag) {
                Some(true) => Answer::Takes,
                Some(false) => Answer::Ignores(format!("it takes no Ingress without a class (no --{flag})")),
                None => Answer::Unknown,
            },
            Classless::WithoutWord | Classless::Never => {
                Answer::Ignores(format!("it takes Ingresses of class {word} only"))
            }
        },
    }
}

fn of_object(
    provider: &Provider,
    flags: &Flags,
    (word, given): (&str, bool),
    name: &str,
    object: Option<Found<'_, IngressClass>>,
) -> Answer {
    let ByClass::Controller { flag, id, by_name, only_word } = provider.class else {
        let why = || Answer::Ignores(format!("it takes class {word}, not {name}"));
        return if name == word { Answer::Takes } else { why() };
    };
    let Some(object) = object else { return Answer::Unknown };
    let wanted = match flag.map_or(Said::Nothing, |flag| flags.said(flag)) {
        Said::Nothing | Said::Value("") => id,
        Said::Value(id) => id,
        Said::Unreadable => return Answer::Unknown,
    };
    if by_name.is_some_and(|flag| flags.is_on(flag) != Some(false)) && name == word {
        return Answer::Takes;
    }
    let own = object.spec.controller.as_deref().unwrap_or_default();
    if own != wanted {
        return Answer::Ignores(format!("it serves classes of the controller {wanted}, and class {name} is of {own}"));
    }
    if only_word && given && name != word {
        return Answer::Ignores(format!("it takes class {word} only (--{})", provider.word.0));
    }
    Answer::Takes
}
