//! What a script waits for after a deploy.

use clap::ValueEnum;
use kubereach_engine::find_subject;
use kubereach_reports::report::{ConfigVerdict, Report, Verdict};

use super::super::{Failure, trace};

/// The verdict that is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in super::super) enum WaitFor {
    /// The configuration shows an open path for each way that carries traffic
    ConfigOk,
    /// Every path was observed open by live traffic: with --observations
    Healthy,
}

/// Subjects and the verdict that all of them must have.
#[derive(Debug)]
pub(super) struct Goal {
    pub(super) verdict: WaitFor,
    /// Kind and name.
    pub(super) subjects: Vec<(String, String)>,
    pub(super) namespace: String,
}

impl Goal {
    /// Reads `KIND/NAME` words.
    pub(super) fn new(verdict: WaitFor, words: &[String], namespace: String) -> Result<Self, Failure> {
        let subjects = words
            .iter()
            .map(|word| match word.split_once('/') {
                Some((kind, name)) if !name.is_empty() => Ok((trace::kind_of(kind)?, name.to_owned())),
                _ => Err(Failure::Usage(format!("'{word}' is not KIND/NAME, for example ingress/web"))),
            })
            .collect::<Result<Vec<_>, _>>()?;
        if subjects.is_empty() {
            let words = "--wait-for needs to know for what: KIND/NAME, for example ingress/web";
            return Err(Failure::Usage(words.to_owned()));
        }
        Ok(Self { verdict, subjects, namespace })
    }

    /// What is still missing, one line per subject; empty where all is reached.
    pub(super) fn missing(&self, report: &Report) -> Vec<String> {
        let mut missing = Vec::new();
        for (kind, name) in &self.subjects {
            let found = find_subject(report, kind, &self.namespace, name).and_then(|index| report.subjects.get(index));
            match found {
                None => missing.push(format!("{kind}/{}/{name} does not exist, or was not seen", self.namespace)),
                Some(subject) if reached(self.verdict, subject.verdict, subject.config) => {}
                Some(subject) => missing.push(format!(
                    "{} is {}: {}",
                    super::lines::name(subject),
                    subject.verdict.word(),
                    subject.headline
                )),
            }
        }
        missing
    }
}

/// Unknown reaches nothing. A measurement that contradicts the configuration does not make it well.
const fn reached(wanted: WaitFor, verdict: Verdict, config: ConfigVerdict) -> bool {
    match wanted {
        WaitFor::Healthy => matches!(verdict, Verdict::Healthy),
        WaitFor::ConfigOk => {
            matches!(config, ConfigVerdict::ConfigOk) && matches!(verdict, Verdict::ConfigOk | Verdict::Healthy)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_an_open_configuration_is_config_ok() {
        for verdict in [Verdict::Healthy, Verdict::ConfigOk, Verdict::Degraded, Verdict::Broken, Verdict::Unknown] {
            for config in
                [ConfigVerdict::ConfigOk, ConfigVerdict::Degraded, ConfigVerdict::Broken, ConfigVerdict::Unknown]
            {
                let ok = matches!(verdict, Verdict::Healthy | Verdict::ConfigOk) && config == ConfigVerdict::ConfigOk;
                assert_eq!(reached(WaitFor::ConfigOk, verdict, config), ok, "{verdict:?} {config:?}");
                assert_eq!(reached(WaitFor::Healthy, verdict, config), verdict == Verdict::Healthy);
            }
        }
    }
}
