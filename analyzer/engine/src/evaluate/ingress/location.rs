//! A declared path as its controller matches it.
//!
//! Sources: API reference, `HTTPIngressPath.pathType`; ingress-nginx `docs/user-guide/ingress-path-matching.md` and
//! `internal/ingress/controller/template/template.go` (`buildLocation`): where one Ingress of a host asks for regular
//! expressions, every path of the host is one, read without regard to case, from the beginning, the longest first.

use std::cmp::Ordering;

use crate::resolve::controllers::Product;
use crate::resolve::ingress::rules::Declared;
use crate::resolve::ingress::state::IngressState;
use crate::resolve::request::{Reading, Takes, fits, is_below};

/// How a path is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matching {
    /// As it stands.
    Exact,
    /// Element by element.
    Elements,
    /// As the beginning of a text (nginx: a location without a sign).
    Text,
    /// As a regular expression (nginx: `~*`).
    Regular,
    /// By the controller's own rules, which are not known.
    Own,
    /// Where no other path takes a request.
    Default,
}

/// What a path that is taken has to be like.
pub(super) enum Begin<'a> {
    /// This.
    Exact(&'a str),
    /// This, or below it.
    Below(&'a str),
    /// It begins so.
    Text(&'a str),
    /// Nothing is certain.
    Unknown,
}

/// A declared path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location<'a> {
    pub(super) path: &'a str,
    pub(super) matching: Matching,
}

impl<'a> Location<'a> {
    /// `regular`: the controller reads every path of the host as a regular expression.
    pub(super) fn of(state: &IngressState<'_>, rule: &'a Declared<'_>, regular: bool) -> Self {
        let path = rule.path.as_ref();
        let nginx = state.is(Product::IngressNginx);
        let matching = match rule.path_type {
            "" => Matching::Default,
            _ if regular && nginx => Matching::Regular,
            "Exact" => Matching::Exact,
            "Prefix" => Matching::Elements,
            _ if nginx => Matching::Text,
            _ => Matching::Own,
        };
        let path = if path.is_empty() && matching != Matching::Default { "/" } else { path };
        Self { path, matching }
    }

    /// What is certain of every path that it takes.
    pub(super) fn begin(&self) -> Begin<'_> {
        match self.matching {
            Matching::Exact => Begin::Exact(self.path),
            Matching::Elements => Begin::Below(self.path),
            Matching::Text => Begin::Text(self.path),
            Matching::Own => match self.path.strip_suffix("/*").filter(|tree| is_plain(tree)) {
                Some(tree) => Begin::Below(tree),
                None if is_plain(self.path) => Begin::Text(self.path.trim_end_matches('/')),
                None => Begin::Unknown,
            },
            Matching::Regular | Matching::Default => Begin::Unknown,
        }
    }

    pub(super) fn takes(&self, path: &str) -> Takes {
        match self.matching {
            Matching::Default => Takes::Yes,
            Matching::Exact => Takes::from(self.path == path),
            Matching::Elements => Takes::from(is_below(self.path, path)),
            Matching::Text => Takes::from(path.starts_with(self.path)),
            Matching::Regular => fits(self.path, path, Reading::Start, false),
            Matching::Own => self.by_own_rules(path),
        }
    }

    /// Only what all known controllers have in common: a plain path takes itself, and nothing that does not begin with
    /// it; `/*` at the end takes what is below.
    fn by_own_rules(&self, path: &str) -> Takes {
        let differs = || Takes::Unknown(format!("how the controller reads the path {} is its own affair", self.path));
        if let Some(tree) = self.path.strip_suffix("/*").filter(|tree| is_plain(tree)) {
            return match is_below(tree, path) {
                true if path.len() > tree.len() => Takes::Yes,
                true => differs(),
                false => Takes::No,
            };
        }
        if !is_plain(self.path) {
            return differs();
        }
        if self.path == "/" || self.path == path {
            return Takes::Yes;
        }
        if path.starts_with(self.path.trim_end_matches('/')) { differs() } else { Takes::No }
    }

    /// `Less` where this one comes first, by path alone; `None` where it cannot be told.
    pub(super) fn order(&self, other: &Self) -> Option<Ordering> {
        let last = |one: &Self| one.matching == Matching::Default;
        if last(self) || last(other) {
            return Some(last(self).cmp(&last(other)));
        }
        let regular = |one: &Self| one.matching == Matching::Regular;
        let exact = |one: &Self| one.matching == Matching::Exact;
        let own = |one: &Self| one.matching == Matching::Own && !is_plain(one.path);
        if (own(self) || own(other)) && self.path != other.path {
            return None;
        }
        let length = |one: &Self| one.path.trim_end_matches('/').len();
        if regular(self) && regular(other) {
            return Some(other.path.len().cmp(&self.path.len()));
        }
        Some(exact(other).cmp(&exact(self)).then_with(|| length(other).cmp(&length(self))))
    }
}

/// No sign of a pattern is in it.
fn is_plain(path: &str) -> bool {
    !path.contains(['*', '(', ')', '[', ']', '{', '}', '^', '$', '|', '+', '?', '\\'])
}

#[cfg(test)]
mod tests {
    use super::{Location, Matching};
    use crate::resolve::request::Takes;

    fn location(path: &str, matching: Matching) -> Location<'_> {
        Location { path, matching }
    }

    #[test]
    fn each_kind_of_path_takes_what_its_source_says() {
        for (path, matching, asked, expected) in [
            ("/foo", Matching::Elements, "/foo/bar", true),
            ("/foo/", Matching::Elements, "/foo", true),
            ("/foo", Matching::Elements, "/foobar", false),
            ("/foo", Matching::Text, "/foobar", true),
            ("/foo", Matching::Exact, "/foo/", false),
            ("/Foo/[0-9]+", Matching::Regular, "/foo/12/x", true),
            ("/foo/[0-9]+", Matching::Regular, "/x/foo/12", false),
            ("/", Matching::Own, "/anything", true),
            ("/foo/*", Matching::Own, "/foo/bar", true),
            ("/foo/*", Matching::Own, "/bar", false),
        ] {
            assert_eq!(location(path, matching).takes(asked), Takes::from(expected), "{path} {asked}");
        }
        assert!(matches!(location("/foo", Matching::Own).takes("/foobar"), Takes::Unknown(_)));
    }

    #[test]
    fn an_exact_path_comes_first_then_the_longest_and_the_default_last() {
        let mut all = [
            location("", Matching::Default),
            location("/", Matching::Elements),
            location("/foo", Matching::Elements),
            location("/foo", Matching::Exact),
        ];
        all.sort_by(|a, b| a.order(b).unwrap());
        let order: Vec<(&str, Matching)> = all.iter().map(|l| (l.path, l.matching)).collect();
        assert_eq!(
            order,
            [
                ("/foo", Matching::Exact),
                ("/foo", Matching::Elements),
                ("/", Matching::Elements),
                ("", Matching::Default)
            ]
        );
    }
}
