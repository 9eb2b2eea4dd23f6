//! The closed vocabularies of the report. Order of variants is order of severity, worst first,
//! where a list is sorted by it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        $(#[$meta])*
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $word)] $variant),+
        }
        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word as it is written in JSON and prose.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }
    };
}
pub(super) use words;

words! {
    /// The one word about a subject, worst first.
    Verdict {
        /// No path that carries traffic is open.
        Broken = "broken",
        /// Some traffic passes, less than declared.
        Degraded = "degraded",
        /// Cannot be told; the reason says why.
        Unknown = "unknown",
        /// The configuration shows an open path; nothing was sent.
        ConfigOk = "config-ok",
        /// Every carrying path was observed open by real traffic.
        Healthy = "healthy",
    }
}

words! {
    /// What the snapshot alone shows, worst first.
    ConfigVerdict {
        /// Every carrying path is blocked.
        Broken = "broken",
        /// Some paths are blocked or narrowed.
        Degraded = "degraded",
        /// Some path cannot be told.
        Unknown = "unknown",
        /// Every carrying path is open.
        ConfigOk = "config-ok",
    }
}

words! {
    /// What was measured of a subject.
    Traffic {
        /// Every carrying path failed, corroborated.
        Unreachable = "unreachable",
        /// Some paths passed, some failed, or an intermediary answered with an error.
        Partial = "partial",
        /// Something failed and nothing corroborates it: it settles nothing.
        Inconclusive = "inconclusive",
        /// Only some paths, or only a part of the way, or only by relay.
        Incomplete = "incomplete",
        /// Nothing usable was measured.
        NotTested = "not-tested",
        /// Something answered on every carrying path, not every answer was a success.
        Reached = "reached",
        /// Every carrying path was verified.
        Verified = "verified",
    }
}

words! {
    /// The state of one segment or path, worst first.
    PathState {
        /// No traffic can pass.
        Blocked = "blocked",
        /// Cannot be told, or never evaluated.
        Unknown = "unknown",
        /// Some traffic passes, less than declared.
        Narrowed = "narrowed",
        /// Evidence shows it open.
        Open = "open",
    }
}

words! {
    /// What real traffic showed of one segment, worst first.
    SegmentMeasure {
        /// It breaks here.
        Failed = "failed",
        /// Some traffic passed, some did not.
        Mixed = "mixed",
        /// Traffic passed.
        Passed = "passed",
    }
}

words! {
    /// One stretch of a path, in the order traffic crosses them.
    SegmentName {
        /// Where clients dial: a published address or a cluster address.
        Address = "address",
        /// Who serves the entry: class and controller.
        Controller = "controller",
        /// The port, protocol and host name that listens.
        Listener = "listener",
        /// Host, path and attachment: which rule takes the request.
        Rule = "rule",
        /// From the rule to its backend: does it exist, may it be used.
        Reference = "reference",
        /// The Service itself.
        Service = "service",
        /// The ready addresses behind it.
        Endpoints = "endpoints",
        /// From Service port to container port.
        Port = "port",
        /// Network policy.
        Policy = "policy",
        /// Certificates and TLS modes.
        Tls = "tls",
    }
}

words! {
    /// What a finding does to its segment, strongest first. Severity follows from it.
    Effect {
        /// No traffic can pass here; proved.
        Blocks = "blocks",
        /// Some traffic passes, less than declared.
        Narrows = "narrows",
        /// Cannot be told, with the gap.
        Inconclusive = "clouds",
        /// Worth saying, changes nothing.
        Notes = "notes",
    }
}

words! {
    /// Why a subject is unknown.
    UnknownClass {
        /// Something was not read, or could not be.
        Investigate = "investigate",
        /// The configuration leaves it open on purpose (endpoints managed by hand, …).
        ByDesign = "by-design",
    }
}

words! {
    /// The outcome of measuring one path.
    Outcome {
        /// Transport failure, with evidence.
        Unreachable = "unreachable",
        /// An intermediary answered that it could not reach its upstream, or the certificate is at fault.
        ServerError = "server-error",
        /// Not measured, with the reason.
        NotTested = "not-tested",
        /// Something answered, or transport only.
        Reached = "reached",
        /// HTTP 2xx, gRPC SERVING or the declared expectation.
        Verified = "verified",
    }
}

words! {
    /// How far a measurement speaks for real traffic.
    Confidence {
        /// Relayed by the API server: localizes, never judges.
        Indirect = "indirect",
        /// Dialled the way traffic flows.
        Real = "real",
    }
}

words! {
    /// What accepts a finding.
    SuppressedBy {
        /// An `[[ignore]]` table of `kubereach.toml`.
        Config = "config",
        /// An annotation `kubereach/ignore.…` of the object.
        Annotation = "annotation",
        /// A baseline file.
        Baseline = "baseline",
    }
}

words! {
    /// What became of a suppression in this run.
    SuppressionState {
        /// It matches nothing: remove it, or correct it.
        Unused = "unused",
        /// Its date has passed; what it accepted counts again.
        Expired = "expired",
        /// It stands where suppressions are not honoured: an annotation in a dump.
        NotApplied = "not-applied",
        /// A check that never trips the gate (`gate = false`); what it finds is shown as ever.
        Ungated = "ungated",
        /// What it accepts is an assumption, which trips no gate; with `--strict` it accepts findings again.
        Assumed = "assumed",
        /// It accepts findings.
        Used = "used",
    }
}
