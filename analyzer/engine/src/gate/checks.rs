//! `[checks."code"]` of `kubereach.toml`: from when a check says something, and whether it trips the gate.

use toml::de::DeValue;
use toml::{Spanned, de::DeTable};

use super::config::{ConfigError, Reader, near};
use kubereach_model::snapshot::Thresholds;

/// A check that never trips the gate. What it finds is shown as ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ungated {
    /// Its code.
    pub code: String,
    /// `kubereach.toml:3`.
    pub place: String,
}

/// Everything the tables say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checks {
    /// Checks that never trip the gate, in the order of the file.
    pub ungated: Vec<Ungated>,
    /// From when checks say something.
    pub thresholds: Thresholds,
}

/// The switch that every check has.
const GATE: &str = "gate";

/// A number that one check has: code, option, what it means, least and most, and where it goes.
type Number = (&'static str, &'static str, &'static str, (i64, i64), fn(&mut Thresholds) -> &mut i64);

/// Those that there are. Only such that decide no verdict: what is broken is not a matter of configuration.
const NUMBERS: [Number; 2] = [
    ("tls/certificate-expires-soon", "days", "days before its end", (0, 3650), |t| &mut t.expires_soon_days),
    ("pod/flapping", "restarts", "restarts of a container", (1, 1_000_000), |t| &mut t.many_restarts),
];

/// Reads the table `checks`.
pub(super) fn read(reader: &Reader<'_>, value: &Spanned<DeValue<'_>>) -> Result<Checks, ConfigError> {
    const SHAPE: &str = "`checks` holds one table per finding code: write [checks.\"pod/flapping\"]";
    let DeValue::Table(tables) = value.get_ref() else {
        return Err(reader.error(value.span().start, SHAPE.to_owned()));
    };
    let mut entries: Vec<_> = tables.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let mut checks = Checks::default();
    for (key, value) in entries {
        let code: &str = key.get_ref();
        if !reader.codes.contains(&code) {
            let near = near(code, reader.codes.iter().copied());
            return Err(reader.error(key.span().start, format!("there is no finding code `{code}`{near}")));
        }
        let DeValue::Table(options) = value.get_ref() else {
            return Err(reader.error(value.span().start, SHAPE.to_owned()));
        };
        check(reader, code, options, &mut checks)?;
    }
    Ok(checks)
}

fn check(reader: &Reader<'_>, code: &str, options: &DeTable<'_>, checks: &mut Checks) -> Result<(), ConfigError> {
    let numbers = || NUMBERS.iter().filter(|(of, ..)| *of == code);
    for (key, value) in options {
        let (name, at): (&str, usize) = (key.get_ref(), value.span().start);
        if name == GATE {
            match value.get_ref() {
                DeValue::Boolean(true) => {}
                DeValue::Boolean(false) => {
                    let place = reader.line(key.span().start);
                    checks.ungated.push(Ungated { code: code.to_owned(), place });
                }
                _ => return Err(reader.error(at, "`gate` is true or false".to_owned())),
            }
            continue;
        }
        let Some((_, _, meaning, (least, most), slot)) = numbers().find(|(_, option, ..)| *option == name) else {
            let known = std::iter::once(GATE).chain(numbers().map(|(_, option, ..)| *option));
            let list: Vec<String> = known.clone().map(|option| format!("`{option}`")).collect();
            let message = format!("`{code}` has no option `{name}`{}", near(name, known));
            let has = if message.ends_with('?') { String::new() } else { format!("; it has {}", list.join(" and ")) };
            return Err(reader.error(key.span().start, message + &has));
        };
        let number = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse::<i64>().ok(),
            _ => None,
        };
        let Some(number) = number.filter(|number| (least..=most).contains(&number)) else {
            return Err(reader.error(at, format!("`{name}` is a number of {meaning}, from {least} to {most}")));
        };
        *slot(&mut checks.thresholds) = number;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::config::parse;

    const CODES: [&str; 3] = ["pod/flapping", "service/selects-no-pod", "tls/certificate-expires-soon"];

    #[test]
    fn options_are_those_a_check_has() {
        let text = "[checks.'tls/certificate-expires-soon']\ndays = 30\ngate = true\n\
            [checks.'service/selects-no-pod']\ngate = false\n";
        let checks = parse("k.toml", text, &[], &CODES).unwrap().checks;
        assert_eq!(checks.thresholds, Thresholds { expires_soon_days: 30, ..Thresholds::default() });
        let ungated = Ungated { code: "service/selects-no-pod".to_owned(), place: "k.toml:5".to_owned() };
        assert_eq!(checks.ungated, [ungated]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, words) in [
            (
                "[checks.'pod/flaping']\ngate = false",
                "k.toml:1:9: there is no finding code `pod/flaping`; did you mean `pod/flapping`?",
            ),
            (
                "[checks.'pod/flapping']\nrestart = 3",
                "k.toml:2:1: `pod/flapping` has no option `restart`; did you mean `restarts`?",
            ),
            ("[checks.'service/selects-no-pod']\ndays = 3", "has no option `days`; it has `gate`"),
            (
                "[checks.'pod/flapping']\nrestarts = 0",
                "k.toml:2:12: `restarts` is a number of restarts of a container, from 1",
            ),
            ("[checks.'pod/flapping']\nrestarts = 'x'", "k.toml:2:12"),
            ("[checks.'pod/flapping']\ngate = 'no'", "`gate` is true or false"),
            ("checks = 3", "one table per finding code"),
            ("[checks]\n'pod/flapping' = 3", "one table per finding code"),
        ] {
            let said = parse("k.toml", text, &[], &CODES).unwrap_err().to_string();
            assert!(said.contains(words), "{text}\n{said}");
        }
    }

    #[test]
    fn every_number_is_of_a_check_that_exists() {
        for (code, ..) in NUMBERS {
            assert!(crate::checks::catalogue().contains_key(code), "{code}");
        }
    }
}
