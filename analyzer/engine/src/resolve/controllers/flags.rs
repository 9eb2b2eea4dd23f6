//! The command-line flags of a pod, in the spellings that flag parsers take.

use std::collections::BTreeMap;

use kubereach_model::snapshot::model::Pod;

/// Flags by name, in lower case and without their dashes; of one that is given twice the last counts.
#[derive(Debug, Clone, Default)]
pub struct Flags(BTreeMap<String, Value>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Known(String),
    /// It stands for something that the arguments do not show.
    Unreadable,
}

/// What a flag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'f> {
    /// It is not given.
    Nothing,
    /// Its value; empty for a bare flag.
    Value(&'f str),
    /// It is given, and its value is not shown.
    Unreadable,
}

impl Flags {
    /// Of the arguments of a pod's containers; `None` where there are none, or where one was masked.
    pub fn of(pod: &Pod) -> Option<Self> {
        let mut all = BTreeMap::new();
        let mut given = false;
        for container in &pod.spec.containers {
            let mut args = container.args.iter().peekable();
            while let Some(arg) = args.next() {
                given = true;
                let arg = arg.known()?;
                let Some(flag) = arg.strip_prefix('-') else { continue };
                let flag = flag.strip_prefix('-').unwrap_or(flag);
                let (name, value) = match flag.split_once('=') {
                    Some((name, value)) => (name, value),
                    None => match args.peek().map(|next| next.known()) {
                        Some(None) => return None,
                        Some(Some(next)) if !next.starts_with('-') => {
                            args.next();
                            (flag, next.as_str())
                        }
                        _ => (flag, ""),
                    },
                };
                all.insert(name.to_ascii_lowercase(), expanded(value, pod));
            }
        }
        given.then_some(Self(all))
    }

    /// What a flag says.
    pub fn said(&self, name: &str) -> Said<'_> {
        match self.0.get(name) {
            None => Said::Nothing,
            Some(Value::Known(value)) => Said::Value(value),
            Some(Value::Unreadable) => Said::Unreadable,
        }
    }

    /// Is a switch on? `None` where its value is not shown.
    pub fn is_on(&self, name: &str) -> Option<bool> {
        match self.said(name) {
            Said::Nothing => Some(false),
            Said::Value(value) => Some(!value.eq_ignore_ascii_case("false")),
            Said::Unreadable => None,
        }
    }

    /// Is a switch on, by itself or by something that is set below it (`providers.x.y=z` switches `providers.x` on)?
    pub fn is_on_or_set_below(&self, name: &str) -> Option<bool> {
        match self.said(name) {
            Said::Nothing => {
                let below = |key: &String| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
                Some(self.0.keys().any(below))
            }
            Said::Value(_) | Said::Unreadable => self.is_on(name),
        }
    }
}

/// `$(POD_NAMESPACE)` is by convention the pod's own namespace; of other variables the value is not in the arguments.
fn expanded(value: &str, pod: &Pod) -> Value {
    let known = value.replace("$(POD_NAMESPACE)", &pod.metadata.namespace);
    if known.contains("$(") { Value::Unreadable } else { Value::Known(known) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kubereach_model::snapshot::model::Container;
    use kubereach_model::snapshot::model::lenient::Field;

    fn flags(args: &[&str]) -> Option<Flags> {
        let mut pod = Pod::default();
        pod.metadata.namespace = "edge".into();
        let args: Vec<_> = args.iter().map(|arg| Field::Known((*arg).to_owned())).collect();
        pod.spec.containers = vec![Container { args: args.into(), ..Container::default() }].into();
        Flags::of(&pod)
    }

    #[test]
    fn flags_are_read_in_every_spelling() {
        let flags = flags(&[
            "/nginx-ingress-controller",
            "--ingress-class=public",
            "-watch-namespace",
            "a,b",
            "--Providers.KubernetesIngress.IngressClass=x",
            "--switch",
            "--off=false",
            "--service=$(POD_NAMESPACE)/web",
            "--other=$(HOME)",
        ])
        .unwrap();
        assert_eq!(flags.said("ingress-class"), Said::Value("public"));
        assert_eq!(flags.said("watch-namespace"), Said::Value("a,b"));
        assert_eq!(flags.said("service"), Said::Value("edge/web"));
        assert_eq!(flags.said("other"), Said::Unreadable);
        assert_eq!(flags.said("never"), Said::Nothing);
        assert_eq!(
            (flags.is_on("switch"), flags.is_on("off"), flags.is_on("never")),
            (Some(true), Some(false), Some(false))
        );
        assert_eq!(flags.is_on_or_set_below("providers.kubernetesingress"), Some(true));
        assert_eq!(flags.is_on_or_set_below("providers.kubernetes"), Some(false));
    }

    #[test]
    fn without_arguments_nothing_is_known_of_flags() {
        assert!(flags(&[]).is_none());
    }
}
