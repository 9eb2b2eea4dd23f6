//! Calico's selector expressions: read once, asked often.
//!
//! `all()`, `global()`, `has(k)`, `k == 'v'`, `k != 'v'`, `k in {'v'}`, `k not in {'v'}`, `k contains 'v'`,
//! `k starts with 'v'`, `k ends with 'v'`, `!`, `&&`, `||` and brackets. `!=` and `not in` hold for a label that is not
//! there. (Calico documentation, Selector; `libcalico-go/lib/selector/parser` and `tokenizer` of projectcalico/calico)

use crate::policy::answer::{Missing, Truth};

/// What is known of one label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label<'a, 's> {
    /// Its value.
    Is(&'a str),
    /// There is no such label.
    None,
    /// Cannot be told.
    Unknown(Missing<'s>),
}

impl<'a> From<Option<&'a String>> for Label<'a, '_> {
    fn from(value: Option<&'a String>) -> Self {
        value.map_or(Self::None, |value| Self::Is(value))
    }
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selector(Option<Node>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    All,
    /// Whatever has no namespace, where a namespace is what is chosen.
    Global,
    Has(String),
    Compare {
        key: String,
        how: How,
        value: String,
    },
    In {
        key: String,
        values: Vec<String>,
        listed: bool,
    },
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Equals,
    Differs,
    Contains,
    StartsWith,
    EndsWith,
}

impl Selector {
    /// Reads an expression; one that cannot be read selects nobody knows whom.
    pub(super) fn of(text: &str) -> Self {
        Self(read(text))
    }

    /// It has exactly this label.
    pub(super) fn equals(key: &str, value: &str) -> Self {
        Self(Some(Node::Compare { key: key.to_owned(), how: How::Equals, value: value.to_owned() }))
    }

    /// The label has one of these values.
    pub(super) fn one_of(key: &str, values: Vec<String>) -> Self {
        Self(Some(Node::In { key: key.to_owned(), values, listed: true }))
    }

    /// With another beginning of every key, and what `all()` and `global()` stand for there: those that have the label,
    /// and those that do not. Without one `global()` cannot be read.
    pub(super) fn of_parents(self, prefix: &str, all: Option<&str>, global: Option<&str>) -> Self {
        let node = self.0.and_then(|node| node.of_parents(prefix, all, global));
        Self(node)
    }

    /// Both.
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0.zip(other.0).map(|(one, other)| Node::And(vec![one, other])))
    }

    /// Whom it does not select.
    pub(super) fn negated(self) -> Self {
        Self(self.0.map(|node| Node::Not(Box::new(node))))
    }

    /// Does it select whoever has these labels?
    pub(super) fn matches<'a, 's>(&self, label: &dyn Fn(&str) -> Label<'a, 's>) -> Truth<'s> {
        self.0.as_ref().map_or(Truth::Unknown(Missing::Form), |node| node.matches(label))
    }

    /// Every label that it asks for.
    pub(super) fn keys(&self, each: &mut dyn FnMut(&str)) {
        self.0.iter().for_each(|node| node.keys(each));
    }

    /// Does it select everybody?
    pub(super) fn is_everybody(&self) -> bool {
        matches!(self.0, Some(Node::All))
    }

    /// The same where `global()` may not stand: one that holds it cannot be read.
    pub(super) fn without_global(self) -> Self {
        Self(self.0.filter(|node| !node.has_global()))
    }
}

impl Node {
    fn of_parents(self, prefix: &str, all: Option<&str>, global: Option<&str>) -> Option<Self> {
        let named = |key: String| format!("{prefix}{key}");
        let each = |nodes: Vec<Self>| -> Option<Vec<Self>> {
            nodes.into_iter().map(|node| node.of_parents(prefix, all, global)).collect()
        };
        Some(match self {
            Self::All => all.map_or(Self::All, |key| Self::Has(key.to_owned())),
            Self::Global => Self::Not(Box::new(Self::Has(global?.to_owned()))),
            Self::Has(key) => Self::Has(named(key)),
            Self::Compare { key, how, value } => Self::Compare { key: named(key), how, value },
            Self::In { key, values, listed } => Self::In { key: named(key), values, listed },
            Self::Not(node) => Self::Not(Box::new(node.of_parents(prefix, all, global)?)),
            Self::And(nodes) => Self::And(each(nodes)?),
            Self::Or(nodes) => Self::Or(each(nodes)?),
        })
    }

    fn keys(&self, each: &mut dyn FnMut(&str)) {
        match self {
            Self::All | Self::Global => {}
            Self::Has(key) | Self::Compare { key, .. } | Self::In { key, .. } => each(key),
            Self::Not(node) => node.keys(each),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().for_each(|node| node.keys(each)),
        }
    }

    fn has_global(&self) -> bool {
        match self {
            Self::Global => true,
            Self::Not(node) => node.has_global(),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::has_global),
            Self::All | Self::Has(_) | Self::Compare { .. } | Self::In { .. } => false,
        }
    }

    fn matches<'a, 's>(&self, label: &dyn Fn(&str) -> Label<'a, 's>) -> Truth<'s> {
        match self {
            Self::All | Self::Global => Truth::Yes,
            Self::Has(key) => match label(key) {
                Label::Is(_) => Truth::Yes,
                Label::None => Truth::No,
                Label::Unknown(missing) => Truth::Unknown(missing),
            },
            Self::Compare { key, how, value } => match label(key) {
                Label::Is(found) => Truth::of(how.holds(found, value)),
                Label::None => Truth::of(*how == How::Differs),
                Label::Unknown(missing) => Truth::Unknown(missing),
            },
            Self::In { key, values, listed } => match label(key) {
                Label::Is(found) => Truth::of(values.iter().any(|value| value == found) == *listed),
                Label::None => Truth::of(!listed),
                Label::Unknown(missing) => Truth::Unknown(missing),
            },
            Self::Not(node) => node.matches(label).negated(),
            Self::And(nodes) => nodes
                .iter()
                .fold(Truth::Yes, |all, node| if all == Truth::No { all } else { all.and(node.matches(label)) }),
            Self::Or(nodes) => Truth::any(nodes.iter().map(|node| node.matches(label))),
        }
    }
}

impl How {
    fn holds(self, found: &str, value: &str) -> bool {
        match self {
            Self::Equals => found == value,
            Self::Differs => found != value,
            Self::Contains => found.contains(value),
            Self::StartsWith => found.starts_with(value),
            Self::EndsWith => found.ends_with(value),
        }
    }
}

/// How deep brackets may stand in brackets.
const DEEPEST: usize = 64;

/// Labels are no longer than this. (`MaxLabelLength`)
const LONGEST: usize = 512;

fn read(text: &str) -> Option<Node> {
    let mut reader = Reader { rest: text };
    if reader.is_at_end() {
        return Some(Node::All);
    }
    let node = reader.either(0)?;
    reader.is_at_end().then_some(node)
}

struct Reader<'t> {
    rest: &'t str,
}

const fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-')
}

impl<'t> Reader<'t> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn is_at_end(&mut self) -> bool {
        self.skip();
        self.rest.is_empty()
    }

    fn take(&mut self, sign: &str) -> bool {
        self.skip();
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// `starts with`, with any space or none between the words; what has to follow is no part of a word.
    fn take_words(&mut self, words: &[&str]) -> bool {
        self.skip();
        let mut rest = self.rest;
        for word in words {
            match rest.trim_start_matches([' ', '\t']).strip_prefix(word) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        self.rest = rest;
        true
    }

    fn word(&mut self) -> Option<&'t str> {
        self.skip();
        let end = self.rest.find(|c| !is_of_word(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (1..=LONGEST).contains(&word.len()).then_some(word)
    }

    fn text(&mut self) -> Option<String> {
        self.skip();
        let quote = self.rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let (text, rest) = self.rest.get(1..)?.split_once(quote)?;
        self.rest = rest;
        Some(text.to_owned())
    }

    fn either(&mut self, depth: usize) -> Option<Node> {
        let mut nodes = vec![self.both(depth)?];
        while self.take("||") {
            nodes.push(self.both(depth)?);
        }
        if nodes.len() == 1 { nodes.pop() } else { Some(Node::Or(nodes)) }
    }

    fn both(&mut self, depth: usize) -> Option<Node> {
        let mut nodes = vec![self.one(depth)?];
        while self.take("&&") {
            nodes.push(self.one(depth)?);
        }
        if nodes.len() == 1 { nodes.pop() } else { Some(Node::And(nodes)) }
    }

    fn one(&mut self, depth: usize) -> Option<Node> {
        let mut negated = false;
        while self.take("!") {
            negated = !negated;
        }
        let node = self.term(depth)?;
        Some(if negated { Node::Not(Box::new(node)) } else { node })
    }

    fn term(&mut self, depth: usize) -> Option<Node> {
        if self.take("(") {
            let node = if depth < DEEPEST { self.either(depth + 1)? } else { return None };
            return self.take(")").then_some(node);
        }
        if self.take("has(") {
            let key = self.word()?.to_owned();
            return self.take(")").then_some(Node::Has(key));
        }
        if self.take("all(") {
            return self.take(")").then_some(Node::All);
        }
        if self.take("global(") {
            return self.take(")").then_some(Node::Global);
        }
        let key = self.word()?.to_owned();
        self.comparison(key)
    }

    fn comparison(&mut self, key: String) -> Option<Node> {
        let compared: [(&[&str], How); 3] = [
            (&["contains"], How::Contains),
            (&["starts", "with"], How::StartsWith),
            (&["ends", "with"], How::EndsWith),
        ];
        for (sign, how) in [("==", How::Equals), ("!=", How::Differs)] {
            if self.take(sign) {
                return Some(Node::Compare { key, how, value: self.text()? });
            }
        }
        for (words, how) in compared {
            if self.take_words(words) {
                return Some(Node::Compare { key, how, value: self.text()? });
            }
        }
        for (words, listed) in [(["not", "in"].as_slice(), false), (["in"].as_slice(), true)] {
            if self.take_words(words) {
                return Some(Node::In { key, values: self.set()?, listed });
            }
        }
        None
    }

    fn set(&mut self) -> Option<Vec<String>> {
        if !self.take("{") {
            return None;
        }
        let mut values = Vec::new();
        while !self.take("}") {
            values.push(self.text()?);
            if !self.take(",") && !self.rest.trim_start_matches([' ', '\t']).starts_with('}') {
                return None;
            }
        }
        Some(values)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn selects(text: &str, labels: &BTreeMap<String, String>) -> Truth<'static> {
        Selector::of(text).matches(&|key| labels.get(key).into())
    }

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn expressions_select_as_documented() {
        let labels = labels(&[("app", "web"), ("tier", "front"), ("in", "x"), ("has.not", "y")]);
        for (text, selects_it) in [
            ("", true),
            (" ", true),
            ("all()", true),
            ("all( )", true),
            ("app == 'web'", true),
            ("app=='web'", true),
            ("app == \"db\"", false),
            ("app != 'db' && has(tier)", true),
            ("!has(tier)", false),
            ("!!has( tier )", true),
            ("missing != 'x'", true),
            ("missing == ''", false),
            ("tier in { 'back', 'front' }", true),
            ("tier in {}", false),
            ("tier not in {}", true),
            ("missing notin {'a'}", true),
            ("tier not in {'back'} && !(app == 'db')", true),
            ("app == 'db' || tier == 'front'", true),
            ("app == 'db' && tier == 'front' || all()", true),
            ("app starts with 'w'", true),
            ("app startswith 'e'", false),
            ("app ends with 'eb'", true),
            ("app contains 'e'", true),
            ("missing contains ''", false),
            ("in in {'x'}", true),
            ("has.not == 'y'", true),
            ("!app == 'db' && tier == 'front'", true),
        ] {
            assert_eq!(selects(text, &labels), Truth::of(selects_it), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_not_decided() {
        for text in [
            "app",
            "app ==",
            "app == web",
            "app = 'web'",
            "has(",
            "(all()",
            "all() app",
            "'app",
            "§",
            "app in 'a'",
            "app in {'a' 'b'}",
            "app in {'it''s'}",
            "all() & all()",
            "app containsx 'a'",
            "all() || ",
            "!",
        ] {
            assert!(matches!(selects(text, &BTreeMap::new()), Truth::Unknown(_)), "{text}");
        }
        assert!(matches!(selects(&"(".repeat(100_000), &BTreeMap::new()), Truth::Unknown(_)));
        assert_eq!(selects(&format!("{}all()", "!".repeat(100_000)), &BTreeMap::new()), Truth::Yes);
    }

    #[test]
    fn what_a_parent_has_is_asked_of_the_parent() {
        let of = |text: &str| Selector::of(text).of_parents("pcns.", Some("ns"), Some("ns"));
        let inside = labels(&[("ns", "shop"), ("pcns.team", "a")]);
        let outside = labels(&[("team", "a")]);
        let asked = |text: &str, labels: &BTreeMap<String, String>| of(text).matches(&|key| labels.get(key).into());
        assert_eq!(asked("team == 'a'", &inside), Truth::Yes);
        assert_eq!(asked("team == 'a'", &outside), Truth::No);
        assert_eq!((asked("all()", &inside), asked("all()", &outside)), (Truth::Yes, Truth::No));
        assert_eq!((asked("global()", &inside), asked("global()", &outside)), (Truth::No, Truth::Yes));
        let alone = Selector::of("global()").of_parents("pcns.", None, None);
        assert!(matches!(alone.matches(&|_| Label::None), Truth::Unknown(_)));
    }

    /// Another reading of the language: by what a set of labels is, not by truth values.
    #[derive(Debug, Clone)]
    enum Said {
        All,
        Has(usize),
        Is(usize, usize, bool),
        In(usize, Vec<usize>, bool),
        Part(usize, usize, usize),
        Not(Box<Said>),
        Both(Box<Said>, Box<Said>),
        Either(Box<Said>, Box<Said>),
    }

    const KEYS: [&str; 3] = ["a", "b.c/d", "not"];
    const VALUES: [&str; 4] = ["", "x", "xy", "it's"];

    impl Said {
        fn write(&self) -> String {
            let key = |k: &usize| KEYS[*k];
            let value = |v: &usize| format!("\"{}\"", VALUES[*v]);
            match self {
                Self::All => "all()".to_owned(),
                Self::Has(k) => format!("has({})", key(k)),
                Self::Is(k, v, is) => format!("{} {} {}", key(k), if *is { "==" } else { "!=" }, value(v)),
                Self::In(k, vs, is) => {
                    let values: Vec<String> = vs.iter().map(value).collect();
                    format!("{} {} {{{}}}", key(k), if *is { "in" } else { "not in" }, values.join(","))
                }
                Self::Part(k, v, how) => {
                    format!("{} {} {}", key(k), ["contains", "starts with", "ends with"][*how], value(v))
                }
                Self::Not(said) => format!("!({})", said.write()),
                Self::Both(one, other) => format!("({}) && ({})", one.write(), other.write()),
                Self::Either(one, other) => format!("({})||({})", one.write(), other.write()),
            }
        }

        fn holds(&self, of: &[Option<usize>; 3]) -> bool {
            let value = |k: &usize| of[*k].map(|v| VALUES[v]);
            match self {
                Self::All => true,
                Self::Has(k) => of[*k].is_some(),
                Self::Is(k, v, is) => (of[*k] == Some(*v)) == *is,
                Self::In(k, vs, is) => of[*k].is_some_and(|v| vs.contains(&v)) == *is,
                Self::Part(k, v, how) => value(k).is_some_and(|found| match how {
                    0 => found.contains(VALUES[*v]),
                    1 => found.starts_with(VALUES[*v]),
                    _ => found.ends_with(VALUES[*v]),
                }),
                Self::Not(said) => !said.holds(of),
                Self::Both(one, other) => one.holds(of) & other.holds(of),
                Self::Either(one, other) => one.holds(of) | other.holds(of),
            }
        }
    }

    fn said() -> impl Strategy<Value = Said> {
        let leaf = prop_oneof![
            Just(Said::All),
            (0..3_usize).prop_map(Said::Has),
            (0..3_usize, 0..4_usize, any::<bool>()).prop_map(|(k, v, is)| Said::Is(k, v, is)),
            (0..3_usize, prop::collection::vec(0..4_usize, 0..3), any::<bool>())
                .prop_map(|(k, vs, is)| Said::In(k, vs, is)),
            (0..3_usize, 0..4_usize, 0..3_usize).prop_map(|(k, v, how)| Said::Part(k, v, how)),
        ];
        leaf.prop_recursive(4, 24, 2, |inner| {
            prop_oneof![
                inner.clone().prop_map(|said| Said::Not(Box::new(said))),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| Said::Both(Box::new(a), Box::new(b))),
                (inner.clone(), inner).prop_map(|(a, b)| Said::Either(Box::new(a), Box::new(b))),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_expression_holds_where_it_says(
            said in said(),
            of in prop::array::uniform3(prop::option::of(0..4_usize)),
        ) {
            let labels: BTreeMap<String, String> = KEYS
                .iter()
                .zip(of)
                .filter_map(|(key, value)| Some(((*key).to_owned(), VALUES[value?].to_owned())))
                .collect();
            prop_assert_eq!(selects(&said.write(), &labels), Truth::of(said.holds(&of)), "{}", said.write());
        }

        #[test]
        fn what_is_not_known_never_makes_an_answer_wrong(
            said in said(),
            of in prop::array::uniform3(prop::option::of(0..4_usize)),
            hidden in prop::array::uniform3(any::<bool>()),
        ) {
            let label = |key: &str| {
                let position = KEYS.iter().position(|known| *known == key).unwrap_or(0);
                match of[position] {
                    _ if hidden[position] => Label::Unknown(Missing::Caller),
                    Some(value) => Label::Is(VALUES[value]),
                    None => Label::None,
                }
            };
            let asked = Selector::of(&said.write()).matches(&label);
            prop_assert!(matches!(asked, Truth::Unknown(_)) || asked == Truth::of(said.holds(&of)));
        }
    }
}
