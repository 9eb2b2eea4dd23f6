//! Rules that a door asks one after the other: the first that it has made takes the request.

use kubereach_reports::report::{Effect, SegmentName};

use super::Requests;
use super::data::{Answer, Because};
use super::settle::{Scope, paths};
use crate::evaluate::door::answer::{Outcome, Taken};
use crate::resolve::request::Request;

/// What keeps a door from making a rule.
struct Unmade {
    at: SegmentName,
    because: String,
}

impl Requests<'_, '_> {
    /// The answer of the first rule that is made; of none of them, what the door does without.
    pub(super) fn first_of(&self, rules: &[Taken], otherwise: &Outcome, request: &Request, scope: Scope) -> Answer {
        let mut passed: Vec<String> = Vec::new();
        for taken in rules {
            let Some(unmade) = self.unmade(taken) else {
                let mut answer = self.settle(taken, request, scope);
                answer.because.extend(passed.into_iter().map(Because::plain));
                return answer;
            };
            // Nobody is asked next where there is no door.
            if matches!(unmade.at, SegmentName::Address | SegmentName::Controller) && passed.is_empty() {
                return self.settle(taken, request, scope);
            }
            passed.push(format!("a rule of {} is left out: {}", taken.entry, unmade.because));
        }
        let mut answer = self.of_outcome(otherwise, request, scope);
        answer.because.extend(passed.into_iter().map(Because::plain));
        answer
    }

    /// Is there a wall on every path of the rule where the door would have to make it?
    fn unmade(&self, taken: &Taken) -> Option<Unmade> {
        let subject = self.subject(&taken.entry)?;
        let mut found = None;
        let mut any = false;
        for path in paths(taken, subject) {
            any = true;
            let mut segments = path.segments.iter().filter(|s| s.is_counted() && taken.unmade_at.contains(&s.name));
            let wall = segments.find_map(|s| {
                let finding = s.findings().iter().find(|f| f.effect() == Effect::Blocks)?;
                Some(Unmade { at: s.name, because: finding.message.clone() })
            })?;
            found.get_or_insert(wall);
        }
        found.filter(|_| any)
    }
}
