//! The codes that occur, with the pages of their checks as help.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Configuration, Help, Message, Rule, RuleProperties};
use crate::render::rules::RuleDocs;
use crate::report::Effect;

const PAGES: &str = "https://github.com/kubereach/kubereach/blob/main/docs/checks.md";

/// The rules of these codes, in the order of the codes, and the place of each.
pub(super) fn rules<'r>(codes: BTreeSet<&'r str>, pages: &RuleDocs) -> (Vec<Rule>, BTreeMap<&'r str, usize>) {
    let index = codes.iter().enumerate().map(|(n, code)| (*code, n)).collect();
    (codes.into_iter().map(|code| rule(code, pages)).collect(), index)
}

fn rule(code: &str, pages: &RuleDocs) -> Rule {
    // GitHub's anchor of a heading: lower case, without slashes.
    let help_uri = format!("{PAGES}#{}", super::place::escape(&code.replace('/', "")));
    let Some(page) = pages.get(code) else {
        return Rule {
            id: code.to_owned(),
            short_description: None,
            full_description: None,
            help: None,
            help_uri,
            default_configuration: None,
            properties: None,
        };
    };
    let (level, severity) = match page.effect {
        Effect::Blocks => ("error", "error"),
        Effect::Narrows => ("warning", "warning"),
        Effect::Inconclusive | Effect::Notes => ("note", "recommendation"),
    };
    let sources = page.sources.join("; ");
    let markdown = format!(
        "{}\n\n**Example**\n\n```yaml\n{}\n```\n\n**Source:** {sources}\n\nOn the command line: `kubereach explain {code}`\n",
        page.explanation, page.example
    );
    let text = format!("{}\n\nExample:\n{}\n\nSource: {sources}", page.explanation, page.example);
    Rule {
        id: code.to_owned(),
        short_description: Some(Message { text: page.title.clone() }),
        full_description: Some(Message { text: page.explanation.clone() }),
        help: Some(Help { text, markdown }),
        help_uri,
        default_configuration: Some(Configuration { level }),
        properties: Some(RuleProperties {
            precision: "very-high",
            severity,
            tags: vec!["kubernetes".to_owned(), format!("segment/{}", page.segment), format!("effect/{}", page.effect)],
        }),
    }
}
