//! The one line a reader is given to run. Names come from the dump and may be hostile: characters that no
//! API server accepts in a name or label are masked, and the argument is quoted for a POSIX shell.

use std::borrow::Cow;

use kubereach_reports::report::ObjectRef;

/// An argument as the shell has to be given it.
pub fn arg(text: &str) -> Cow<'_, str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:=,@".contains(&b);
    if !text.is_empty() && !text.starts_with('-') && text.bytes().all(plain) {
        Cow::Borrowed(text)
    } else {
        let masked: String =
            text.chars().map(|c| if plain(u8::try_from(c).unwrap_or_default()) { c } else { '?' }).collect();
        Cow::Owned(format!("'{masked}'"))
    }
}

fn scope(object: &ObjectRef) -> String {
    // An empty one is none: the kind is in no namespace.
    object.namespace.as_ref().filter(|ns| !ns.is_empty()).map_or_else(String::new, |ns| format!(" -n {}", arg(ns)))
}

/// The resource name of a kind, with its group where the short name would be taken for another one.
fn resource(kind: &str) -> String {
    match kind {
        "Rollout" => "rollouts.argoproj.io".to_owned(),
        _ => kind.to_ascii_lowercase(),
    }
}

/// `kubectl describe KIND NAME -n NAMESPACE`
pub fn describe(object: &ObjectRef) -> String {
    format!("kubectl describe {} {}{}", resource(&object.kind), arg(&object.name), scope(object))
}

/// The same of a resource by its full name, where its kind has namesakes in other groups.
pub fn describe_as(resource: &str, object: &ObjectRef) -> String {
    format!("kubectl describe {resource} {}{}", arg(&object.name), scope(object))
}

/// `kubectl get KIND NAME -n NAMESPACE` with an output flag (`-o yaml`), or none if empty.
pub fn get(object: &ObjectRef, output: &str) -> String {
    let output = if output.is_empty() { String::new() } else { format!(" {output}") };
    format!("kubectl get {} {}{}{output}", resource(&object.kind), arg(&object.name), scope(object))
}

/// Everything of a resource in a namespace that carries these labels.
pub fn labelled<'l>(what: &str, namespace: &str, labels: impl IntoIterator<Item = (&'l String, &'l String)>) -> String {
    let pairs: Vec<String> = labels.into_iter().map(|(k, v)| format!("{k}={v}")).collect();
    format!("kubectl get {what} -n {} -l {}", arg(namespace), arg(&pairs.join(",")))
}

/// Everything of a resource in a namespace.
pub fn list(what: &str, namespace: &str) -> String {
    format!("kubectl get {what} -n {}", arg(namespace))
}

/// The logs of one container; `previous` only for one that ran before.
pub fn logs(pod: &ObjectRef, container: &str, previous: bool) -> String {
    let previous = if previous { " --previous" } else { "" };
    format!("kubectl logs {}{} -c {}{previous}", arg(&pod.name), scope(pod), arg(container))
}

/// Text of a component, cut and put on one line: for names and values. A sentence of it is quoted ([`super::said`]).
pub fn cut(text: &str) -> String {
    const MOST: usize = 200;
    let line = on_one_line(text);
    if line.chars().count() <= MOST { line } else { line.chars().take(MOST).chain("…".chars()).collect() }
}

/// On one line, and without the quotation marks that stand for the cluster's words only.
pub(super) fn on_one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.contains(MARKS) { line.replace(MARKS, "\"") } else { line }
}

/// The quotation marks around the cluster's words.
const MARKS: [char; 2] = ['“', '”'];

#[cfg(test)]
mod tests {
    use super::{arg, cut};

    #[test]
    fn a_hostile_name_cannot_leave_its_argument() {
        assert_eq!(arg("web-0"), "web-0");
        assert_eq!(arg("web; rm -rf ~"), "'web??rm?-rf??'");
        assert_eq!(arg("a'b"), "'a?b'");
        assert_eq!(arg("-o"), "'-o'");
        assert_eq!(arg("a\nb"), "'a?b'");
        assert_eq!(arg("<script>"), "'?script?'");
    }

    #[test]
    fn long_words_are_cut() {
        assert!(cut(&"x".repeat(1000)).chars().count() < 250);
        assert_eq!(cut("a\n  b"), "a b");
    }
}
