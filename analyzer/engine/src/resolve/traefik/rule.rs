//! Traefik's rule language: matchers joined by `&&`, `||`, `!` and parentheses.
//!
//! Sources: traefik/traefik `pkg/rules/parser.go` (matchers and their spellings; the expression is one of Go, so that
//! a line that ends in an operand ends the rule) and the Go specification (operator precedence, string literals,
//! semicolons).

use std::fmt;

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// A matcher with its arguments.
    Match(String, Vec<String>),
    /// Not that.
    Not(Box<Self>),
    /// Both.
    And(Box<Self>, Box<Self>),
    /// One of them.
    Or(Box<Self>, Box<Self>),
}

/// How deep expressions may nest: more is no rule that somebody wrote.
const DEPTH: usize = 64;

impl Rule {
    /// Reads a rule; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0 };
        let rule = parser.or(0)?;
        match parser.next() {
            None => Ok(rule),
            Some(Token::End) if parser.next().is_none() => Ok(rule),
            Some(Token::End) => Err("the rule goes on behind the end of a line".to_owned()),
            Some(token) => Err(format!("{} is not expected behind the rule", token.shown())),
        }
    }

    /// How strongly its operator binds.
    const fn strength(&self) -> u8 {
        match self {
            Self::Or(..) => 0,
            Self::And(..) => 1,
            Self::Not(_) | Self::Match(..) => 2,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, least: u8) -> fmt::Result {
        if self.strength() < least {
            f.write_str("(")?;
            self.write(f, 0)?;
            return f.write_str(")");
        }
        match self {
            Self::Match(name, arguments) => {
                write!(f, "{name}(")?;
                for (i, argument) in arguments.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { ", " })?;
                    literal(f, argument)?;
                }
                f.write_str(")")
            }
            Self::Not(rule) => {
                f.write_str("!")?;
                rule.write(f, 2)
            }
            // Operators of one kind group to the left.
            Self::And(left, right) => joined(f, left, " && ", right, 1),
            Self::Or(left, right) => joined(f, left, " || ", right, 0),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

fn joined(f: &mut fmt::Formatter<'_>, left: &Rule, sign: &str, right: &Rule, strength: u8) -> fmt::Result {
    left.write(f, strength)?;
    f.write_str(sign)?;
    right.write(f, strength + 1)
}

/// A raw string where it can be one.
fn literal(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    if !text.contains(['`', '\r']) {
        return write!(f, "`{text}`");
    }
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            _ => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Name(String),
    Text(String),
    Sign(&'static str),
    /// The end of a line behind an operand: Go puts a semicolon there.
    End,
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Self::Name(name) => format!("'{name}'"),
            Self::Text(text) => format!("the text '{text}'"),
            Self::Sign(sign) => format!("'{sign}'"),
            Self::End => "the end of the line".to_owned(),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    const SIGNS: [&str; 6] = ["&&", "||", "!", "(", ")", ","];
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let ends_operand = matches!(found.last(), Some(Token::Name(_) | Token::Text(_) | Token::Sign(")")));
        if c == '\n' && ends_operand {
            found.push(Token::End);
        }
        if matches!(c, '\n' | ' ' | '\t' | '\r') {
            rest = rest.get(1..).unwrap_or_default();
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            found.push(Token::Sign(sign));
            rest = rest.get(sign.len()..).unwrap_or_default();
        } else if c == '`' {
            let body = rest.get(1..).unwrap_or_default();
            let (raw, after) = body.split_once('`').ok_or("a text is not closed")?;
            found.push(Token::Text(raw.replace('\r', "")));
            rest = after;
        } else if c == '"' {
            let (text, after) = quoted(rest.get(1..).unwrap_or_default())?;
            found.push(Token::Text(text));
            rest = after;
        } else if c.is_alphabetic() || c == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            found.push(Token::Name(rest.get(..end).unwrap_or_default().to_owned()));
            rest = rest.get(end..).unwrap_or_default();
        } else {
            return Err(format!("'{c}' is no part of a rule"));
        }
    }
    Ok(found)
}

/// The rest of an interpreted string literal, and what follows it.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Ok((value, text.get(at + 1..).unwrap_or_default())),
            '\n' => return Err("a text is not closed".to_owned()),
            '\\' => match characters.next().map(|(_, c)| c) {
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some('t') => value.push('\t'),
                Some(c @ ('"' | '\\')) => value.push(c),
                _ => return Err("an escape in a text is not known".to_owned()),
            },
            c => value.push(c),
        }
    }
    Err("a text is not closed".to_owned())
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn takes(&mut self, sign: &'static str) -> bool {
        let is_it = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(is_it);
        is_it
    }

    fn or(&mut self, depth: usize) -> Result<Rule, String> {
        let mut rule = self.and(depth)?;
        while self.takes("||") {
            rule = Rule::Or(Box::new(rule), Box::new(self.and(depth)?));
        }
        Ok(rule)
    }

    fn and(&mut self, depth: usize) -> Result<Rule, String> {
        let mut rule = self.unary(depth)?;
        while self.takes("&&") {
            rule = Rule::And(Box::new(rule), Box::new(self.unary(depth)?));
        }
        Ok(rule)
    }

    fn unary(&mut self, depth: usize) -> Result<Rule, String> {
        if depth > DEPTH {
            return Err("it is nested too deeply".to_owned());
        }
        if self.takes("!") {
            return Ok(Rule::Not(Box::new(self.unary(depth + 1)?)));
        }
        if self.takes("(") {
            let rule = self.or(depth + 1)?;
            return if self.takes(")") { Ok(rule) } else { Err("a parenthesis is not closed".to_owned()) };
        }
        match self.next() {
            Some(Token::Name(name)) => self.arguments(name),
            Some(token) => Err(format!("a matcher is expected and not {}", token.shown())),
            None => Err("a matcher is expected at its end".to_owned()),
        }
    }

    fn arguments(&mut self, name: String) -> Result<Rule, String> {
        if !self.takes("(") {
            return Err(format!("'{name}' has no arguments"));
        }
        let mut arguments = Vec::new();
        while !self.takes(")") {
            match self.next() {
                Some(Token::Text(text)) => arguments.push(text),
                Some(token) => return Err(format!("{} is no text in backticks or quotes", token.shown())),
                None => return Err("a parenthesis is not closed".to_owned()),
            }
            if !self.takes(",") && self.peek() != Some(&Token::Sign(")")) {
                return Err("the arguments of a matcher are not closed".to_owned());
            }
        }
        Ok(Rule::Match(name, arguments))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Rule;

    #[test]
    fn rules_are_read_as_go_reads_them() {
        for (text, printed) in [
            ("Host(`a.example`)", "Host(`a.example`)"),
            ("Host(\"a\") && PathPrefix(`/x`)", "Host(`a`) && PathPrefix(`/x`)"),
            ("Host(`a`) || Host(`b`) && Path(`/c`)", "Host(`a`) || Host(`b`) && Path(`/c`)"),
            ("(Host(`a`) || Host(`b`)) && !Path(`/c`)", "(Host(`a`) || Host(`b`)) && !Path(`/c`)"),
            ("Host(`a`,`b`)", "Host(`a`, `b`)"),
            ("Host(`a`) &&\n  Path(`/`)\n", "Host(`a`) && Path(`/`)"),
            ("!(Host(`a`) && Method(`GET`))", "!(Host(`a`) && Method(`GET`))"),
        ] {
            assert_eq!(Rule::parse(text).unwrap().to_string(), printed, "{text}");
        }
    }

    #[test]
    fn what_is_no_rule_is_said_to_be_none() {
        for text in [
            "",
            "Host",
            "Host(a)",
            "Host(`a`",
            "Host(`a`) &&",
            "Host(`a`)\n&& Path(`/`)",
            "Host(`a`) Path(`/`)",
            "Host('a')",
            "(Host(`a`)",
            "Host(`a)",
            "Host(`a` `b`)",
        ] {
            assert!(Rule::parse(text).is_err(), "{text}");
        }
    }

    fn rules() -> impl Strategy<Value = Rule> {
        let name = prop::sample::select(vec!["Host", "PathPrefix", "Headers", "ClientIP", "HostSNI"]);
        let matcher = (name, prop::collection::vec("[ -~\\n\\r`]{0,8}", 1..3))
            .prop_map(|(name, arguments)| Rule::Match(name.to_owned(), arguments));
        matcher.prop_recursive(4, 24, 2, |inner| {
            prop_oneof![
                inner.clone().prop_map(|rule| Rule::Not(Box::new(rule))),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| Rule::And(Box::new(a), Box::new(b))),
                (inner.clone(), inner).prop_map(|(a, b)| Rule::Or(Box::new(a), Box::new(b))),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_rule_printed_and_read_again_is_the_same(rule in rules()) {
            prop_assert_eq!(Rule::parse(&rule.to_string()), Ok(rule));
        }

        #[test]
        fn no_text_is_too_odd_to_be_read(text in ".{0,40}") {
            let _ = Rule::parse(&text);
        }
    }
}
