//! Calico's selector expressions: `all()`, `has(k)`, `k == 'v'`, `k != 'v'`, `k in { 'v' }`,
//! `k not in { 'v' }`, `!`, `&&`, `||` and brackets. Anything else is not decided.
//! (Calico documentation: selectors.)

use std::collections::BTreeMap;

use super::answer::{Missing, Truth};

/// Does the expression select these labels?
pub(super) fn selects<'s>(text: &str, labels: &BTreeMap<String, String>) -> Truth<'s> {
    let unknown = Truth::Unknown(Missing::Form);
    let Some(tokens) = tokens(text) else { return unknown };
    if tokens.is_empty() {
        return Truth::Yes;
    }
    let mut parser = Parser { tokens: &tokens, at: 0, labels, depth: 0 };
    match parser.either() {
        Some(value) if parser.at == tokens.len() => Truth::of(value),
        _ => unknown,
    }
}

#[derive(Debug, PartialEq, Eq, Clone)]
enum Token {
    Word(String),
    Text(String),
    Sign(&'static str),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    const SIGNS: [&str; 11] = ["==", "!=", "&&", "||", "!", "(", ")", "{", "}", ",", "="];
    let mut rest = text.trim_start();
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            tokens.push(Token::Sign(sign));
            rest = rest.get(sign.len()..)?;
        } else if first == '\'' || first == '"' {
            let (value, after) = rest.get(1..)?.split_once(first)?;
            tokens.push(Token::Text(value.to_owned()));
            rest = after;
        } else {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_./-:".contains(c))).unwrap_or(rest.len());
            let word = rest.get(..end).filter(|w| !w.is_empty())?;
            tokens.push(Token::Word(word.to_owned()));
            rest = rest.get(end..)?;
        }
        rest = rest.trim_start();
    }
    Some(tokens)
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    labels: &'t BTreeMap<String, String>,
    depth: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<&Token> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token
    }

    fn take(&mut self, sign: &'static str) -> bool {
        let here = self.tokens.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(here);
        here
    }

    fn either(&mut self) -> Option<bool> {
        let mut value = self.both()?;
        while self.take("||") {
            let right = self.both()?;
            value |= right;
        }
        Some(value)
    }

    fn both(&mut self) -> Option<bool> {
        let mut value = self.one()?;
        while self.take("&&") {
            let right = self.one()?;
            value &= right;
        }
        Some(value)
    }

    fn one(&mut self) -> Option<bool> {
        self.depth += 1;
        if self.depth > 64 {
            return None;
        }
        let value = self.term();
        self.depth -= 1;
        value
    }

    fn term(&mut self) -> Option<bool> {
        if self.take("!") {
            return self.one().map(|value| !value);
        }
        if self.take("(") {
            let value = self.either()?;
            return self.take(")").then_some(value);
        }
        let Some(Token::Word(word)) = self.next().cloned() else { return None };
        match word.as_str() {
            "all" | "global" if self.take("(") => self.take(")").then_some(word == "all"),
            "has" if self.take("(") => {
                let Some(Token::Word(key)) = self.next().cloned() else { return None };
                self.take(")").then(|| self.labels.contains_key(&key))
            }
            key => self.comparison(key),
        }
    }

    fn comparison(&mut self, key: &str) -> Option<bool> {
        let value = self.labels.get(key).cloned();
        match self.next()? {
            Token::Sign("==" | "=") => match self.next()? {
                Token::Text(text) => Some(value.as_ref() == Some(text)),
                _ => None,
            },
            Token::Sign("!=") => match self.next()? {
                Token::Text(text) => Some(value.as_ref() != Some(text)),
                _ => None,
            },
            Token::Word(word) if word == "in" => self.set(value.as_ref()),
            Token::Word(word) if word == "not" => match self.next()? {
                Token::Word(word) if word == "in" => self.set(value.as_ref()).map(|listed| !listed),
                _ => None,
            },
            _ => None,
        }
    }

    fn set(&mut self, value: Option<&String>) -> Option<bool> {
        if !self.take("{") {
            return None;
        }
        let mut listed = false;
        while !self.take("}") {
            match self.next()? {
                Token::Text(text) => listed |= value == Some(text),
                Token::Sign(",") => {}
                _ => return None,
            }
        }
        Some(listed)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn expressions_select_as_documented() {
        let labels: BTreeMap<String, String> =
            [("app", "web"), ("tier", "front")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        for (text, selects_it) in [
            ("", true),
            ("all()", true),
            ("app == 'web'", true),
            ("app == \"db\"", false),
            ("app != 'db' && has(tier)", true),
            ("!has(tier)", false),
            ("missing != 'x'", true),
            ("tier in { 'back', 'front' }", true),
            ("tier not in {'back'} && !(app == 'db')", true),
            ("app == 'db' || tier == 'front'", true),
        ] {
            assert_eq!(selects(text, &labels), Truth::of(selects_it), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_not_decided() {
        for text in ["app starts with 'w'", "app ==", "has(", "(all()", "all() app", "'app", "§"] {
            assert!(matches!(selects(text, &BTreeMap::new()), Truth::Unknown(_)), "{text}");
        }
        assert!(matches!(selects(&"!".repeat(100_000), &BTreeMap::new()), Truth::Unknown(_)));
    }
}
