//! The words of an answer: truth with three values, and what is missing where it is neither yes nor no.

use std::fmt;

pub use super::missing::Missing;

/// Which end of a connection a policy isolates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Into the selected pod.
    Ingress,
    /// Out of the selected pod.
    Egress,
}

impl Direction {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Ingress, Self::Egress];

    /// `ingress` or `egress`, as policies write it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    pub(super) const fn index(self) -> usize {
        match self {
            Self::Ingress => 0,
            Self::Egress => 1,
        }
    }
}

/// Protocols that policies know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Tcp, Self::Udp, Self::Sctp];

    /// As the API writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }

    /// From the API's word, in any case; `None` for anything else.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Does something hold?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth<'s> {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Cannot be told.
    Unknown(Missing<'s>),
}

impl Truth<'_> {
    /// A plain fact.
    pub const fn of(fact: bool) -> Self {
        if fact { Self::Yes } else { Self::No }
    }

    /// Both: a *no* settles it.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, x) | (x, Self::Yes) => x,
            (Self::Unknown(a), Self::Unknown(b)) => Self::Unknown(heavier(a, b)),
        }
    }

    /// Either: a *yes* settles it.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, x) | (x, Self::No) => x,
            (Self::Unknown(a), Self::Unknown(b)) => Self::Unknown(heavier(a, b)),
        }
    }

    /// The opposite.
    #[must_use]
    pub const fn negated(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown(missing) => Self::Unknown(missing),
        }
    }

    /// Any of several; stops at the first *yes*.
    pub fn any(of: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::No;
        for truth in of {
            result = result.or(truth);
            if result == Self::Yes {
                break;
            }
        }
        result
    }
}

/// *Who connects*, and with what, is a question and not a gap: a real gap beside it is what has to be said.
fn heavier<'s>(a: Missing<'s>, b: Missing<'s>) -> Missing<'s> {
    if a == Missing::Caller || (a.is_question() && b != Missing::Caller) { b } else { a }
}

/// What one policy says about one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyAnswer<'s> {
    /// It does not select the pod, does not isolate this direction, or (admin policies) has no rule that
    /// matches.
    NotApplicable,
    /// A rule lets it through. Rules count from zero.
    Admits {
        /// Which rule.
        rule: usize,
    },
    /// It isolates the pod and no rule lets it through.
    DoesNotAdmit,
    /// A rule of an admin policy turns it away.
    Denies {
        /// Which rule.
        rule: usize,
    },
    /// A rule of an admin policy leaves it to the next tier.
    Passes {
        /// Which rule.
        rule: usize,
    },
    /// Cannot be told: the missing fact, and what the answer may turn out to be.
    Undecidable {
        /// What is missing.
        missing: Missing<'s>,
        /// What it may turn out to be.
        possible: Outcomes,
    },
}

impl PolicyAnswer<'_> {
    /// What it may be.
    pub const fn outcomes(&self) -> Outcomes {
        match self {
            Self::NotApplicable => Outcomes::NONE,
            Self::Admits { .. } => Outcomes::ALLOW,
            Self::DoesNotAdmit | Self::Denies { .. } => Outcomes::DENY,
            Self::Passes { .. } => Outcomes::PASS,
            Self::Undecidable { possible, .. } => *possible,
        }
    }
}

/// A set of possible outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Outcomes(u8);

impl Outcomes {
    /// Impossible.
    pub const EMPTY: Self = Self(0);
    /// Says nothing about the connection.
    pub const NONE: Self = Self(1);
    /// Lets it through.
    pub const ALLOW: Self = Self(2);
    /// Does not let it through.
    pub const DENY: Self = Self(4);
    /// Leaves it to the next tier.
    pub const PASS: Self = Self(8);
    /// Turns it away whatever other policies of the tier admit.
    pub const VETO: Self = Self(32);
    /// No rule decides: how its tier ends does.
    pub const END: Self = Self(16);

    /// Either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Without these.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Is any of these possible?
    pub const fn may(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Is nothing possible?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Is exactly one outcome possible?
    pub const fn is_settled(self) -> bool {
        self.0.is_power_of_two()
    }
}

/// What the fold says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Positive evidence at one end that it is turned away.
    Denied,
    /// Cannot be told. Never to be read as *not denied*.
    Unknown,
    /// Every policy of both ends lets it through.
    Allowed,
}

impl Answer {
    /// As `can` writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Unknown => "unknown",
            Self::Allowed => "allowed",
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
