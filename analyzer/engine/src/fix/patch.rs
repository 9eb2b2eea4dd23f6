//! One change of one object: as a JSON Patch, as a diff, as a command, and applied in memory.

use kubereach_model::evidence::{FieldPath, Step};
use kubereach_model::snapshot::kinds::{KINDS, Kind};
use kubereach_reports::report::{Fix, FixChange, ObjectRef, Replacement};
use serde_json::{Map, Value, json};

use super::guard;
use super::prove::Proof;

/// Subjects that are listed with a repair; all of them are counted.
const LISTED: usize = 50;

/// An object as it was read, whole.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) object: ObjectRef,
    pub(super) kind: &'static Kind,
    pub(super) whole: Value,
    /// Where it was read.
    origin: Option<u32>,
    /// Who applies it from somewhere else.
    change_at: String,
}

impl Target {
    /// None for what cannot be named to kubectl.
    pub(super) fn new(object: ObjectRef, mut whole: Value, namespace: &str) -> Option<Self> {
        let kind = KINDS.iter().find(|k| k.kind == object.kind && k.group_kind().other_group() == object.group)?;
        let named = guard::is_name(&object.name) && object.namespace.as_deref().is_none_or(guard::is_name);
        if !named || kind.confidential {
            return None;
        }
        // Items of a list may leave out what the list says.
        let fields = whole.as_object_mut()?;
        fields.entry("apiVersion").or_insert_with(|| kind.api_version().into());
        fields.entry("kind").or_insert_with(|| kind.kind.into());
        let meta = fields.get_mut("metadata")?.as_object_mut()?;
        if kind.namespaced && !namespace.is_empty() {
            meta.entry("namespace").or_insert_with(|| namespace.into());
        }
        let change_at = guard::change_at(&whole);
        Some(Self { object, kind, whole, origin: None, change_at })
    }

    /// The same with the place where it was read.
    pub(super) fn read_at(self, origin: u32) -> Self {
        Self { origin: Some(origin), ..self }
    }

    /// What stands at a path.
    pub(super) fn at(&self, path: &[Step]) -> Option<&Value> {
        path.iter().try_fold(&self.whole, |value, step| match step {
            Step::Key(key) => value.get(key),
            Step::Index(index) => value.get(index),
        })
    }

    /// Its namespace; empty for kinds without.
    pub(super) fn namespace(&self) -> &str {
        self.object.namespace.as_deref().unwrap_or_default()
    }

    /// The patch that puts a value in the place of another.
    pub(super) fn replace(&self, path: impl IntoIterator<Item = Step>, new: impl Into<Value>) -> Option<Patch> {
        let path: FieldPath = path.into_iter().collect();
        let (old, new) = (self.at(&path)?.clone(), new.into());
        (old != new).then(|| self.patch(vec![Edit::Replace { path, old, new }]))
    }

    /// The patch that sets what is not set, or adds to the end of a list.
    pub(super) fn add(&self, path: impl IntoIterator<Item = Step>, new: impl Into<Value>) -> Option<Patch> {
        let path: FieldPath = path.into_iter().collect();
        let (_, above) = path.split_last()?;
        let above = self.at(above)?;
        let fits = match path.last()? {
            Step::Key(key) => above.is_object() && above.get(key).is_none(),
            Step::Index(index) => above.as_array().is_some_and(|list| list.len() == *index),
        };
        fits.then(|| self.patch(vec![Edit::Add { path, new: new.into() }]))
    }

    /// The patch that gives one entry of a map of texts another key, another value, or both.
    pub(super) fn respell(&self, map: &[Step], old: (&str, &str), new: (&str, &str)) -> Option<Patch> {
        let entry = |key: &str| map.iter().cloned().chain([Step::from(key)]);
        if old.0 == new.0 {
            return self.replace(entry(old.0), new.1);
        }
        let (from, to): (FieldPath, FieldPath) = (entry(old.0).collect(), entry(new.0).collect());
        if self.at(&from)?.as_str() != Some(old.1) || self.at(&to).is_some() {
            return None;
        }
        let edits = vec![Edit::Remove { path: from, old: old.1.into() }, Edit::Add { path: to, new: new.1.into() }];
        Some(self.patch(edits))
    }

    fn patch(&self, edits: Vec<Edit>) -> Patch {
        Patch { target: self.clone(), edits, creates: None }
    }
}

/// One step of a patch.
#[derive(Debug, Clone, PartialEq)]
enum Edit {
    Replace { path: FieldPath, old: Value, new: Value },
    Add { path: FieldPath, new: Value },
    Remove { path: FieldPath, old: Value },
}

/// A change of one object, or a new one.
#[derive(Debug, Clone)]
pub(super) struct Patch {
    target: Target,
    edits: Vec<Edit>,
    /// What a new object is for, in one imperative sentence.
    creates: Option<String>,
}

impl Patch {
    /// A new object.
    pub(super) fn create(object: ObjectRef, whole: Value, purpose: String) -> Option<Self> {
        let namespace = object.namespace.clone().unwrap_or_default();
        let target = Target::new(object, whole, &namespace)?;
        Some(Self { target, edits: Vec::new(), creates: Some(purpose) })
    }

    /// What tells it from others.
    pub(super) fn key(&self) -> (ObjectRef, String) {
        (self.target.object.clone(), self.text())
    }

    /// The object that it changes or makes.
    pub(super) const fn object(&self) -> &ObjectRef {
        &self.target.object
    }

    /// The object with it.
    pub(super) fn applied(&self) -> Option<Value> {
        let mut whole = self.target.whole.clone();
        for edit in &self.edits {
            match edit {
                Edit::Replace { path, new, .. } | Edit::Add { path, new } => set(&mut whole, path, new.clone())?,
                Edit::Remove { path, .. } => {
                    let (Step::Key(key), above) = path.split_last()? else { return None };
                    reach(&mut whole, above)?.as_object_mut()?.remove(key);
                }
            }
        }
        Some(whole)
    }

    /// Every text in it that came from the input.
    pub(super) fn texts(&self) -> Vec<String> {
        let mut all = Vec::new();
        let mut take = |value: &Value| all.push(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        for edit in &self.edits {
            match edit {
                Edit::Replace { old, new, .. } => [old, new].into_iter().for_each(&mut take),
                Edit::Add { new, .. } => take(new),
                Edit::Remove { old, .. } => take(old),
            }
        }
        all
    }

    /// The JSON Patch (RFC 6902), or the new object.
    fn text(&self) -> String {
        if self.creates.is_some() {
            return self.target.whole.to_string();
        }
        let mut steps = Vec::new();
        for edit in &self.edits {
            match edit {
                Edit::Replace { path, old, new } => {
                    steps.push(json!({"op": "test", "path": pointer(path), "value": old}));
                    steps.push(json!({"op": "replace", "path": pointer(path), "value": new}));
                }
                // The end of a list is `-` (RFC 6902, section 4.1), so that another's addition is not in the way.
                Edit::Add { path, new } => {
                    let end = path.split_last().filter(|(last, _)| matches!(last, Step::Index(_)));
                    let place = end.map_or_else(|| pointer(path), |(_, above)| format!("{}/-", pointer(above)));
                    steps.push(json!({"op": "add", "path": place, "value": new}));
                }
                Edit::Remove { path, old } => {
                    steps.push(json!({"op": "test", "path": pointer(path), "value": old}));
                    steps.push(json!({"op": "remove", "path": pointer(path)}));
                }
            }
        }
        Value::from(steps).to_string()
    }

    /// As a report shows it.
    pub(super) fn fix(&self, proof: &Proof, judged: usize) -> Fix {
        let object = &self.target.object;
        let text = self.text();
        let scope = object.namespace.as_ref().map_or_else(String::new, |namespace| format!(" -n {namespace}"));
        let (resource, change_at) = (self.target.kind.full_name(), self.target.change_at.clone());
        let kubectl = match (&self.creates, change_at.is_empty()) {
            (_, false) => String::new(),
            (Some(_), _) => format!("printf '%s' {} | kubectl apply -f -", quoted(&ascii(&text))),
            (None, _) => {
                format!("kubectl patch {resource} {}{scope} --type=json -p {}", object.name, quoted(&ascii(&text)))
            }
        };
        let (patch, diff) = if self.creates.is_some() {
            let lines = yaml(&self.target.whole);
            (lines.join("\n") + "\n", lines.iter().map(|line| format!("+{line}")).collect())
        } else {
            (text, self.diff())
        };
        let changes = proof.better.iter().take(LISTED).map(|(subject, before, after)| FixChange {
            kind: subject.kind.clone(),
            namespace: subject.namespace.clone().unwrap_or_default(),
            name: subject.name.clone(),
            group: subject.group.clone(),
            before: *before,
            after: *after,
        });
        Fix {
            object: object.clone(),
            creates: self.creates.is_some(),
            summary: self.summary(),
            patch,
            diff,
            kubectl,
            change_at,
            verified: true,
            changes: changes.collect(),
            better: proof.better.len(),
            judged,
            replaces: self.replacement(),
            location: None,
        }
    }

    fn summary(&self) -> String {
        if let Some(purpose) = &self.creates {
            return purpose.clone();
        }
        let name = match &self.target.object.namespace {
            Some(namespace) => format!("{} {namespace}/{}", self.target.object.kind, self.target.object.name),
            None => format!("{} {}", self.target.object.kind, self.target.object.name),
        };
        match self.edits.as_slice() {
            [Edit::Replace { path, old, new }] => {
                format!("Set {} of {name} to {} (it is {}).", dotted(path), scalar(new), scalar(old))
            }
            [Edit::Add { path, new }] if matches!(path.last(), Some(Step::Index(_))) => {
                let list = path.split_last().map(|(_, above)| dotted(above)).unwrap_or_default();
                format!("Add {} to {list} of {name}.", scalar(new))
            }
            [Edit::Add { path, new }] => format!("Set {} of {name} to {}.", dotted(path), scalar(new)),
            [Edit::Remove { path: from, .. }, Edit::Add { path: to, .. }] => {
                let last = to.last().map(|step| dotted(std::slice::from_ref(step))).unwrap_or_default();
                format!("Rename {} of {name} to {last}.", dotted(from))
            }
            _ => format!("Change {name}."),
        }
    }

    /// Lines of a diff in the manner of the object's YAML, below the path of what stands above them.
    pub(super) fn diff(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut heading = String::new();
        let mut below = |path: &[Step], lines: &mut Vec<String>| -> String {
            let (last, above) = path.split_last().map_or((String::new(), String::new()), |(last, above)| match last {
                Step::Key(key) => (format!("{}: ", scalar(&Value::from(key.as_str()))), dotted(above)),
                Step::Index(_) => ("- ".to_owned(), dotted(above)),
            });
            if heading != above {
                lines.push(format!(" {above}:"));
                heading = above;
            }
            last
        };
        for edit in &self.edits {
            match edit {
                Edit::Replace { path, old, new } => {
                    let last = below(path, &mut lines);
                    lines.push(format!("-  {last}{}", scalar(old)));
                    lines.push(format!("+  {last}{}", scalar(new)));
                }
                Edit::Add { path, new } => {
                    let last = below(path, &mut lines);
                    lines.push(format!("+  {last}{}", scalar(new)));
                }
                Edit::Remove { path, old } => {
                    let last = below(path, &mut lines);
                    lines.push(format!("-  {last}{}", scalar(old)));
                }
            }
        }
        lines
    }

    /// Where the one scalar stands that it replaces.
    pub(super) fn place(&self) -> Option<(u32, FieldPath)> {
        self.replacement()?;
        match self.edits.as_slice() {
            [Edit::Replace { path, .. }] => Some((self.target.origin?, path.clone())),
            _ => None,
        }
    }

    fn replacement(&self) -> Option<Replacement> {
        let [Edit::Replace { path, old, new }] = self.edits.as_slice() else { return None };
        let same = (old.is_string() && new.is_string()) || (old.is_number() && new.is_number());
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        same.then(|| Replacement { field: dotted(path), old: text(old), new: text(new), shown: String::new() })
    }
}

fn reach<'v>(value: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(index),
    })
}

fn set(whole: &mut Value, path: &[Step], new: Value) -> Option<()> {
    let (last, above) = path.split_last()?;
    match (reach(whole, above)?, last) {
        (Value::Object(map), Step::Key(key)) => {
            map.insert(key.clone(), new);
        }
        (Value::Array(list), Step::Index(index)) if *index == list.len() => list.push(new),
        (Value::Array(list), Step::Index(index)) => *list.get_mut(*index)? = new,
        _ => return None,
    }
    Some(())
}

/// RFC 6901.
fn pointer(path: &[Step]) -> String {
    path.iter().fold(String::new(), |all, step| match step {
        Step::Key(key) => format!("{all}/{}", key.replace('~', "~0").replace('/', "~1")),
        Step::Index(index) => format!("{all}/{index}"),
    })
}

/// `spec.ports[0].targetPort`.
fn dotted(path: &[Step]) -> String {
    path.iter().fold(String::new(), |all, step| match step {
        Step::Key(key) if all.is_empty() => key.clone(),
        Step::Key(key) => format!("{all}.{key}"),
        Step::Index(index) => format!("{all}[{index}]"),
    })
}

/// A value as YAML writes it on one line: plain where nobody could take it for anything else.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'/');
            let like_a_word = text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic()) && text.bytes().all(plain);
            let special = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
            let is_special = special.iter().any(|word| text.eq_ignore_ascii_case(word));
            if like_a_word && !is_special { text.clone() } else { value.to_string() }
        }
        Value::Object(map) => {
            let all: Vec<String> = map.iter().map(|(key, value)| format!("{key}: {}", scalar(value))).collect();
            format!("{{{}}}", all.join(", "))
        }
        _ => value.to_string(),
    }
}

/// An object as YAML, one line for each scalar; the usual fields of an object first.
fn yaml(value: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    if let Value::Object(map) = value {
        block(map, 0, &mut lines);
    }
    lines
}

fn block(map: &Map<String, Value>, depth: usize, lines: &mut Vec<String>) {
    const FIRST: [&str; 5] = ["apiVersion", "group", "kind", "metadata", "name"];
    let rank = |key: &str| FIRST.iter().position(|first| *first == key).unwrap_or(FIRST.len());
    let mut entries: Vec<(&String, &Value)> = map.iter().collect();
    entries.sort_by_key(|(key, _)| rank(key));
    let indent = "  ".repeat(depth);
    for (key, value) in entries {
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                lines.push(format!("{indent}{key}:"));
                block(inner, depth + 1, lines);
            }
            Value::Array(items) if items.iter().all(Value::is_object) && !items.is_empty() => {
                lines.push(format!("{indent}{key}:"));
                for inner in items.iter().filter_map(Value::as_object) {
                    let start = lines.len();
                    block(inner, depth + 1, lines);
                    if let Some(first) = lines.get_mut(start) {
                        *first = format!("{indent}- {}", first.trim_start());
                    }
                }
            }
            other => lines.push(format!("{indent}{key}: {}", scalar(other))),
        }
    }
}

/// JSON in ASCII, so that a terminal shows what a shell is given.
fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && !c.is_ascii_control() {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

/// One word for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
#[path = "patch_tests.rs"]
mod tests;
