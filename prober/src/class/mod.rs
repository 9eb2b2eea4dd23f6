//! Stable codes of what can happen on a layer, and the one table that says what each comes to.
//!
//! A row says what a class proves, and how far a failure of it may condemn; the reasons are in
//! `docs/semantics/measurement.md`. Facts are classed in [`http`] and, with the sockets, in the engine.

pub mod http;
mod table;

pub use table::{Class, Rule};

use crate::words::{Cap, LayerState, Outcome};

impl Class {
    /// The class of a word, if this program knows it.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.word() == word)
    }

    /// State of a layer that ended so.
    pub const fn state(self) -> LayerState {
        self.rule().state
    }

    /// What a ladder comes to that ends so.
    pub const fn outcome(self) -> Outcome {
        self.rule().outcome
    }

    /// The worst that may be concluded.
    pub const fn cap(self) -> Cap {
        self.rule().cap
    }

    /// Says nothing about the target: the measurement itself could not be made.
    pub fn could_not_run(self) -> bool {
        self.word().starts_with("norun.")
    }

    /// A fault of the certificate: the handshake stands, clients that verify refuse.
    pub const fn is_certificate_fault(self) -> bool {
        matches!(
            self,
            Self::TlsExpired | Self::TlsNotYetValid | Self::TlsWrongName | Self::TlsDefaultCert | Self::TlsBadCert
        )
    }
}

impl std::fmt::Display for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}
