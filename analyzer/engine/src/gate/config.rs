//! `kubereach.toml`: the long options by their names, and `[[ignore]]` tables.
//!
//! Pure: text in, settings out. What the options are, and what their values may be, is known by the
//! command line alone; here every setting keeps its place, so that it can complain about it.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Ignore;
use super::checks::{self, Checks};

/// The name of the file.
pub const NAME: &str = "kubereach.toml";

/// Largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 1_000_000;

/// A file, read.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Options as written, in the order of the file.
    pub settings: Vec<Setting>,
    /// What it accepts.
    pub ignores: Vec<Ignore>,
    /// What it says of single checks.
    pub checks: Checks,
}

/// One option of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The long option, without its dashes.
    pub name: String,
    /// Its value or values.
    pub value: Value,
    /// `kubereach.toml:3:1`.
    pub place: String,
}

/// What an option is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A switch.
    Switch(bool),
    /// One word or number, or several.
    Words(Vec<String>),
}

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct ConfigError {
    /// `kubereach.toml:3:1`.
    pub place: String,
    /// What is wrong and what to write.
    pub message: String,
}

/// Reads the text of a file. `path` is how the file is called, `options` are the names there are, and
/// `codes` the finding codes.
pub fn parse(path: &str, text: &str, options: &[String], codes: &[&str]) -> Result<Config, ConfigError> {
    let reader = Reader { path, text, codes };
    let table = DeTable::parse(text).map_err(|error| {
        reader.error(error.span().map_or(0, |span| span.start), format!("not valid TOML: {}", error.message()))
    })?;
    let mut entries: Vec<(&Spanned<_>, &Spanned<DeValue<'_>>)> = table.get_ref().iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let mut config = Config::default();
    for (key, value) in entries {
        let name: &str = key.get_ref();
        let at = key.span().start;
        if name == "ignore" {
            config.ignores = reader.ignores(value)?;
        } else if name == "checks" {
            config.checks = checks::read(&reader, value)?;
        } else if options.iter().any(|option| option == name) {
            let place = reader.place(at);
            config.settings.push(Setting { name: name.to_owned(), value: reader.value(name, value)?, place });
        } else {
            let known = options.iter().map(String::as_str).chain(["ignore", "checks"]);
            return Err(reader.error(at, format!("there is no option `{name}`{}", near(name, known))));
        }
    }
    Ok(config)
}

pub(super) struct Reader<'r> {
    path: &'r str,
    text: &'r str,
    pub(super) codes: &'r [&'r str],
}

impl Reader<'_> {
    fn place(&self, at: usize) -> String {
        let before = self.text.get(..at.min(self.text.len())).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("{}:{line}:{column}", self.path)
    }

    /// The place without its column.
    pub(super) fn line(&self, at: usize) -> String {
        self.place(at).rsplit_once(':').map_or_else(String::new, |(line, _)| line.to_owned())
    }

    pub(super) fn error(&self, at: usize, message: String) -> ConfigError {
        ConfigError { place: self.place(at), message }
    }

    fn value(&self, name: &str, value: &Spanned<DeValue<'_>>) -> Result<Value, ConfigError> {
        if let DeValue::Boolean(switch) = value.get_ref() {
            return Ok(Value::Switch(*switch));
        }
        let word = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            DeValue::Integer(number) => Ok(number.as_str().to_owned()),
            other => Err(self.error(
                value.span().start,
                format!("`{name}` takes a word, a number, true or false, or a list of words, not {}", article(other)),
            )),
        };
        match value.get_ref() {
            DeValue::Array(items) => Ok(Value::Words(items.iter().map(word).collect::<Result<_, _>>()?)),
            _ => Ok(Value::Words(vec![word(value)?])),
        }
    }

    fn ignores(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<Ignore>, ConfigError> {
        const SHAPE: &str = "`ignore` is a list of tables: write [[ignore]] with code, object and reason";
        let DeValue::Array(tables) = value.get_ref() else {
            return Err(self.error(value.span().start, SHAPE.to_owned()));
        };
        let table = |item: &Spanned<DeValue<'_>>| match item.get_ref() {
            DeValue::Table(table) => self.ignore(item.span().start, table),
            _ => Err(self.error(item.span().start, SHAPE.to_owned())),
        };
        tables.iter().map(table).collect()
    }

    fn ignore(&self, at: usize, table: &DeTable<'_>) -> Result<Ignore, ConfigError> {
        const KEYS: [&str; 4] = ["code", "object", "reason", "expires"];
        for key in table.keys() {
            let name: &str = key.get_ref();
            if !KEYS.contains(&name) {
                let message = format!("[[ignore]] has no key `{name}`{}", near(name, KEYS.into_iter()));
                return Err(self.error(key.span().start, message));
            }
        }
        let text = |name: &str| -> Result<(String, usize), ConfigError> {
            let Some(value) = table.get(name) else {
                return Err(self.error(at, format!("[[ignore]] needs `{name}`: {}", purpose(name))));
            };
            match value.get_ref() {
                DeValue::String(text) if !text.trim().is_empty() => Ok((text.trim().to_owned(), value.span().start)),
                _ => Err(self.error(value.span().start, format!("`{name}` is a text: {}", purpose(name)))),
            }
        };
        let (code, code_at) = text("code")?;
        if !self.codes.contains(&code.as_str()) {
            let near = near(&code, self.codes.iter().copied());
            return Err(self.error(code_at, format!("there is no finding code `{code}`{near}")));
        }
        let ((object, object_at), (reason, _)) = (text("object")?, text("reason")?);
        let expires = table.get("expires").map(|value| self.date(value)).transpose()?;
        Ignore::new(code, object, reason, expires, self.line(at))
            .map_err(|error| self.error(object_at, error.to_string()))
    }

    fn date(&self, value: &Spanned<DeValue<'_>>) -> Result<Date, ConfigError> {
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(time) => time.to_string(),
            _ => String::new(),
        };
        text.parse().map_err(|_| {
            self.error(value.span().start, "`expires` is a date such as 2027-01-31: its last day".to_owned())
        })
    }
}

fn purpose(key: &str) -> &'static str {
    match key {
        "code" => "the finding code, as `kubereach explain` lists them",
        "object" => "a glob over Kind/namespace/name, such as \"Service/shop/*\"",
        _ => "why this is accepted, for those who read it later",
    }
}

fn article(value: &DeValue<'_>) -> String {
    match value.type_str() {
        word @ ("array" | "integer") => format!("an {word}"),
        word => format!("a {word}"),
    }
}

/// `; did you mean …?` with the nearest name, where one is near.
pub fn near<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> String {
    let plain = name.to_lowercase().replace('_', "-");
    let distance = |known: &str| strsim::damerau_levenshtein(&plain, known);
    let best = known.map(|k| (distance(k), k)).min();
    match best {
        Some((distance, name)) if distance <= 2.max(name.len() / 4) => format!("; did you mean `{name}`?"),
        _ => String::new(),
    }
}

/// The file to use for a run in `folder`: the first found upwards, up to the root of the repository (the
/// folder that holds `.git`) or of the file system.
pub fn find(folder: &Path) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        let file = folder.join(NAME);
        if file.is_file() {
            return Some(file);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, ConfigError> {
        let options = ["fail-on", "format", "namespace", "assume-complete", "max-subjects"].map(str::to_owned);
        parse("k.toml", text, &options, &["service/selects-no-pod", "ingress/backend-not-found"])
    }

    fn refused(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn options_keep_their_order_and_place() {
        let config =
            read("fail-on = 'degraded'\nnamespace = ['shop', 'web']\nassume-complete = true\nmax-subjects = 3\n")
                .unwrap();
        let names: Vec<(&str, &str)> = config.settings.iter().map(|s| (s.name.as_str(), s.place.as_str())).collect();
        assert_eq!(
            names,
            [
                ("fail-on", "k.toml:1:1"),
                ("namespace", "k.toml:2:1"),
                ("assume-complete", "k.toml:3:1"),
                ("max-subjects", "k.toml:4:1")
            ]
        );
        assert_eq!(config.settings[1].value, Value::Words(vec!["shop".to_owned(), "web".to_owned()]));
        assert_eq!(config.settings[2].value, Value::Switch(true));
        assert_eq!(config.settings[3].value, Value::Words(vec!["3".to_owned()]));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_the_nearest_name() {
        for (text, words) in [
            ("fail_on = 'broken'", "k.toml:1:1: there is no option `fail_on`; did you mean `fail-on`?"),
            ("\nnamespase = 'x'", "k.toml:2:1: there is no option `namespase`; did you mean `namespace`?"),
            ("quux = 1", "k.toml:1:1: there is no option `quux`"),
            ("fail-on = ", "k.toml:1:1"),
            ("format = 1.5", "k.toml:1:10: `format` takes a word"),
            ("[ignore]\ncode = 'x'", "write [[ignore]]"),
            (
                "[[ignore]]\ncode = 'service/selects-no-pods'\nobject='*/*/*'\nreason='r'",
                "did you mean `service/selects-no-pod`?",
            ),
            ("[[ignore]]\ncode = 'service/selects-no-pod'\nobject='*/*/*'", "needs `reason`"),
            (
                "[[ignore]]\ncode = 'service/selects-no-pod'\nobject='*/*/*'\nreason=' '",
                "k.toml:4:8: `reason` is a text",
            ),
            ("[[ignore]]\ncode = 'service/selects-no-pod'\nobject='web'\nreason='r'", "would match nothing"),
            ("[[ignore]]\ncode = 'service/selects-no-pod'\nobject='a/[b'\nreason='r'", "not a glob"),
            (
                "[[ignore]]\ncode = 'service/selects-no-pod'\nobject='*/*/*'\nreason='r'\nexpires='soon'",
                "k.toml:5:9: `expires` is a date",
            ),
            ("[[ignore]]\ncodes = 'x'", "did you mean `code`?"),
        ] {
            let said = refused(text);
            assert!(said.contains(words), "{text}\n{said}");
        }
    }

    #[test]
    fn dates_are_toml_dates_or_texts() {
        for date in ["2027-01-31", "'2027-01-31'"] {
            let text = format!(
                "[[ignore]]\ncode='service/selects-no-pod'\nobject='Service/shop/*'\nreason='r'\nexpires={date}\n"
            );
            let config = read(&text).unwrap();
            let ignore = &config.ignores[0];
            assert_eq!(ignore.place, "k.toml:1");
            assert!(!ignore.has_expired("2027-01-31".parse().unwrap()));
            assert!(ignore.has_expired("2027-02-01".parse().unwrap()));
        }
    }

    #[test]
    fn the_search_ends_at_the_repository() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("repo/a/b");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(root.path().join(NAME), "").unwrap();
        assert_eq!(find(&deep), Some(root.path().join(NAME)));
        std::fs::create_dir(root.path().join("repo/.git")).unwrap();
        assert_eq!(find(&deep), None);
        std::fs::write(root.path().join("repo/a").join(NAME), "").unwrap();
        assert_eq!(find(&deep), Some(root.path().join("repo/a").join(NAME)));
    }
}
