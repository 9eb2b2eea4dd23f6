//! What a rule of an ordered policy does (network-policy-api: `AdminNetworkPolicyRuleAction`; Antrea: `RuleAction`).

use super::answer::Outcomes;

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Action {
    Allow,
    Deny,
    /// Leaves it to the policies of namespaces.
    Pass,
    /// A word this version does not know.
    Unreadable,
}

impl Action {
    pub(super) const fn outcome(self) -> Outcomes {
        match self {
            Self::Allow => Outcomes::ALLOW,
            Self::Deny => Outcomes::DENY,
            Self::Pass => Outcomes::PASS,
            Self::Unreadable => Outcomes::ALLOW.or(Outcomes::DENY).or(Outcomes::PASS),
        }
    }
}
