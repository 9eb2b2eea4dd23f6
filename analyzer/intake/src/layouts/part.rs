//! One bundle inside an input: its files, and what each of them shows.

use std::collections::HashMap;

use kubereach_reports::report::CoverageState;

use super::Layout;
use super::facts::CoverageStatement;
use crate::content::{CapturedError, Content, Decoded, Documents, ErrorClass};
use crate::item::{Item, What};
use kubereach_model::evidence::said::quote;
use kubereach_model::snapshot::AnyObject;
use kubereach_model::snapshot::kinds::{Kind, Served};

/// A file of a part.
#[derive(Debug)]
pub(crate) struct File<'s> {
    /// Below the root of the part.
    pub(crate) path: &'s str,
    /// As reports name it.
    pub(crate) display: String,
    pub(crate) content: &'s Content<Item>,
    /// Input and member.
    pub(crate) at: (usize, usize),
}

impl<'s> File<'s> {
    pub(crate) fn documents(&self) -> Option<&'s Documents<Item>> {
        match self.content {
            Content::Documents(documents) => Some(documents),
            _ => None,
        }
    }

    pub(crate) fn data(&self) -> Option<&'s serde_json::Value> {
        match self.content {
            Content::Data(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&'s str> {
        match self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A collector's document about its run.
    pub(crate) fn about(&self) -> Option<&'s serde_json::Value> {
        self.items().find_map(|d| match &d.value.what {
            What::About(value) => Some(&**value),
            _ => None,
        })
    }

    pub(crate) fn items(&self) -> impl Iterator<Item = &'s Decoded<Item>> {
        self.documents().into_iter().flat_map(|d| &d.objects)
    }

    pub(crate) fn objects(&self) -> impl Iterator<Item = &'s AnyObject> {
        self.items().filter_map(|d| d.value.object())
    }

    /// Name without folders.
    pub(crate) fn name(&self) -> &'s str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// What a file shows that a collector wrote for the list of one kind in one scope. `None` for a
    /// file that is no list and says nothing about one.
    pub(crate) fn listing(&self) -> Option<CoverageStatement> {
        let missing = |reason: &str| Some(CoverageStatement::new(CoverageState::NotCollected, reason, &self.display));
        match self.content {
            Content::Documents(documents) => {
                if let Some(statement) = self.of_lists(documents) {
                    return Some(statement);
                }
                if let Some(error) = documents.errors.first() {
                    return Some(self.of_error(error, None));
                }
                if !documents.tables.is_empty() {
                    return missing("the file holds a table, and tables hold no specs (export with -o yaml)");
                }
                None
            }
            Content::Data(value) if is_empty_list(value) => {
                Some(CoverageStatement::complete("the collector listed them and found none", &self.display))
            }
            Content::Empty => missing("the file is empty: the collector wrote nothing into it"),
            Content::Data(_) | Content::Text(_) => missing("the file holds no list"),
            Content::Link { .. } => None,
        }
    }

    fn of_lists(&self, documents: &Documents<Item>) -> Option<CoverageStatement> {
        if documents.lists.is_empty() {
            return None;
        }
        let expected: usize = documents.lists.iter().map(|l| l.items).sum();
        let read = documents.objects.iter().filter(|o| o.list.is_some()).count();
        let remaining: Option<u64> = documents.lists.iter().find_map(|l| l.remaining);
        let state = if let Some(remaining) = remaining {
            CoverageStatement::partial(
                format!("the list is one page and {remaining} more objects were not fetched"),
                &self.display,
            )
        } else if documents.lists.iter().any(|l| l.truncated) {
            CoverageStatement::partial("the list breaks off before its end", &self.display)
        } else if read < expected {
            CoverageStatement::partial(
                format!("{} items of the list could not be read", expected - read),
                &self.display,
            )
        } else if let Some(error) = documents.errors.first() {
            CoverageStatement::partial(
                format!("an error was captured beside the list: {}", words(&error.text)),
                &self.display,
            )
        } else if expected == 0 {
            CoverageStatement::complete("the collector listed them and found none", &self.display)
        } else {
            CoverageStatement::complete("the collector listed them", &self.display)
        };
        Some(state)
    }

    /// A captured error as a statement about what was asked for.
    ///
    /// That kubectl found no such resource type is a fact about the cluster only for kinds that have to be
    /// installed; other answers of that sort may be about the version that was asked for.
    pub(crate) fn of_error(&self, error: &CapturedError, kind: Option<&Kind>) -> CoverageStatement {
        let state = match error.class {
            ErrorClass::Forbidden => CoverageState::Forbidden,
            ErrorClass::NotServed
                if error.text.contains("doesn't have a resource type")
                    && kind.is_some_and(|k| k.served != Served::BuiltIn) =>
            {
                CoverageState::NotServed
            }
            ErrorClass::NoResources => {
                return CoverageStatement::complete("the API server answered that there are none", &self.display);
            }
            ErrorClass::NotServed | ErrorClass::NotFound | ErrorClass::Other => CoverageState::NotCollected,
        };
        CoverageStatement::new(state, format!("the collector was answered: {}", quote(&error.text)), &self.display)
    }
}

/// A statement from an error text that a collector kept. `the server could not find the requested
/// resource` is no proof that the kind is missing: collectors ask for fixed versions, and old ones for
/// versions that a newer API server dropped.
pub(crate) fn refused(text: &str, source: &str) -> CoverageStatement {
    let lower = text.to_ascii_lowercase();
    let state = if lower.contains("forbidden") || lower.contains("unauthorized") {
        CoverageState::Forbidden
    } else {
        CoverageState::NotCollected
    };
    CoverageStatement::new(state, format!("the collector was answered: {}", quote(text)), source)
}

/// An untrusted text on one line, cut to a length that still reads.
pub(crate) fn words(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 200 {
        return line;
    }
    line.chars().take(199).chain(['…']).collect()
}

/// `null`, `[]`, or a list object without items.
fn is_empty_list(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null => true,
        serde_json::Value::Array(items) => items.is_empty(),
        serde_json::Value::Object(map) => {
            map.get("items").is_some_and(|items| items.is_null() || items.as_array().is_some_and(Vec::is_empty))
        }
        _ => false,
    }
}

/// One bundle.
#[derive(Debug)]
pub(crate) struct Part<'s> {
    /// What it is called where clusters have to be told apart, and in the inventory.
    pub(crate) name: String,
    /// Path of the root inside the input, with its final `/`; empty for the input itself.
    pub(crate) root: String,
    pub(crate) layout: &'static dyn Layout,
    /// Sorted by path.
    pub(crate) files: Vec<File<'s>>,
    /// Nothing else was read beside it.
    pub(crate) alone: bool,
    /// Whether every file of it comes from one archive or directory.
    pub(crate) inputs: Vec<usize>,
    index: HashMap<&'s str, usize>,
    prefix: String,
    unreadable: Vec<String>,
}

impl<'s> Part<'s> {
    /// `prefix` is how reports begin the names of its files; `unreadable` are the names in problems of
    /// its inputs.
    pub(crate) fn new(
        name: String,
        root: String,
        layout: &'static dyn Layout,
        mut files: Vec<File<'s>>,
        prefix: String,
        unreadable: Vec<String>,
    ) -> Self {
        files.sort_by(|a, b| (a.path, &a.display).cmp(&(b.path, &b.display)));
        let index = files.iter().enumerate().map(|(n, f)| (f.path, n)).collect();
        let mut inputs: Vec<usize> = files.iter().map(|f| f.at.0).collect();
        inputs.sort_unstable();
        inputs.dedup();
        Self { name, root, layout, files, alone: false, inputs, index, prefix, unreadable }
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File<'s>> {
        self.index.get(path).and_then(|n| self.files.get(*n))
    }

    /// The file of a path without its ending: JSON or YAML.
    pub(crate) fn json_or_yaml(&self, path: &str) -> Option<&File<'s>> {
        ["json", "yaml", "yml"].iter().find_map(|ending| self.file(&format!("{path}.{ending}")))
    }

    /// Files below a folder, with their paths inside it.
    pub(crate) fn below<'p>(&'p self, folder: &'p str) -> impl Iterator<Item = (&'s str, &'p File<'s>)> {
        let start = self.files.partition_point(|f| f.path < folder);
        let rest = self.files.get(start..).unwrap_or_default();
        rest.iter().map_while(move |f| Some((f.path.strip_prefix(folder)?, f)))
    }

    /// That a file is not there because the collector did not write it: nothing that was read is cut
    /// off or unreadable at a place where the file could have stood.
    pub(crate) fn surely_lacks(&self, path: &str) -> bool {
        let display = format!("{}{path}", self.prefix);
        self.file(path).is_none() && !self.unreadable.iter().any(|p| display.starts_with(p.as_str()))
    }

    /// Several parts of one, by a key of the path; the part itself where that would be too many.
    pub(crate) fn divided(self, key: impl Fn(&str) -> &str) -> Vec<Self> {
        const MANY: usize = 256;
        let keys: std::collections::BTreeSet<&str> = self.files.iter().map(|f| key(f.path)).collect();
        if keys.len() > MANY {
            return vec![self];
        }
        let mut groups: std::collections::BTreeMap<String, Vec<File<'s>>> = std::collections::BTreeMap::new();
        for file in self.files {
            groups.entry(key(file.path).to_owned()).or_default().push(file);
        }
        groups
            .into_iter()
            .map(|(key, files)| {
                let name = format!("{}{key}", self.prefix);
                Self::new(name, self.root.clone(), self.layout, files, self.prefix.clone(), self.unreadable.clone())
            })
            .collect()
    }

    /// How reports would name a file of the part.
    pub(crate) fn display(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }
}
