//! One segment of a path: unknown until evidence moves it.

use std::sync::Arc;

use kubereach_reports::report::{Effect, ObjectRef, PathState, SegmentName, UnknownClass};

use super::{Assumption, Carriers, Finding};

/// One segment of one path with what was found on it.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Which one.
    pub name: SegmentName,
    /// The object it is about.
    pub object: Option<ObjectRef>,
    evidence: String,
    evaluated: bool,
    counted: bool,
    declared: bool,
    findings: Vec<Arc<Finding>>,
    assumptions: Vec<Arc<Assumption>>,
    carriers: Option<Arc<Carriers>>,
}

impl Segment {
    /// Not evaluated yet: unknown.
    pub const fn new(name: SegmentName, object: Option<ObjectRef>) -> Self {
        Self {
            name,
            object,
            evidence: String::new(),
            evaluated: false,
            counted: true,
            declared: false,
            findings: Vec::new(),
            assumptions: Vec::new(),
            carriers: None,
        }
    }

    /// A segment that nobody evaluates yet: shown as unknown, not counted in the fold.
    pub const fn aside(name: SegmentName, object: Option<ObjectRef>) -> Self {
        Self {
            name,
            object,
            evidence: String::new(),
            evaluated: false,
            counted: false,
            declared: false,
            findings: Vec::new(),
            assumptions: Vec::new(),
            carriers: None,
        }
    }

    /// The segment was evaluated; `evidence` is what shows it, one clause
    /// (`3 of 3 addresses ready (EndpointSlices)`). Findings may still block, cloud or narrow it.
    pub fn evaluated(&mut self, evidence: impl Into<String>) {
        self.evaluated = true;
        let evidence = evidence.into();
        if self.evidence.is_empty() {
            self.evidence = evidence;
        } else if !evidence.is_empty() && self.evidence != evidence {
            self.evidence = format!("{}; {evidence}", self.evidence);
        }
    }

    /// The segment rests on a template or manifest: nothing that runs was seen to be so.
    pub const fn declare(&mut self) {
        self.declared = true;
    }

    /// Does it rest on a template or manifest?
    pub const fn is_declared(&self) -> bool {
        self.declared
    }

    /// It speaks of the connections of these.
    pub fn carried_by(&mut self, carriers: Arc<Carriers>) {
        self.carriers = Some(carriers);
    }

    /// Of whose connections it speaks, where these are certain ones.
    pub fn carriers(&self) -> Option<&Carriers> {
        self.carriers.as_deref()
    }

    /// Adds what was found.
    pub fn add(&mut self, finding: Finding) {
        self.share(Arc::new(finding));
    }

    /// Adds a finding that other segments hold too.
    pub fn share(&mut self, finding: Arc<Finding>) {
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// Replaces findings by what is known better of them.
    pub fn amend(&mut self, better: impl Fn(&Finding) -> Option<Finding>) {
        for finding in &mut self.findings {
            if let Some(better) = better(finding) {
                *finding = Arc::new(better);
            }
        }
    }

    /// Goes on as if this were not there, and says so; or, where assumptions count as unknown, says that it cannot be
    /// told. Opens nothing: a segment that was not evaluated stays unknown.
    pub fn assume(&mut self, assumption: Assumption, strict: bool) {
        if strict {
            self.add(assumption.strictly());
        } else if !self.assumptions.iter().any(|known| **known == assumption) {
            self.assumptions.push(Arc::new(assumption));
        }
    }

    /// What was not read and may be in the way here.
    pub fn assumptions(&self) -> &[Arc<Assumption>] {
        &self.assumptions
    }

    /// What was found.
    pub fn findings(&self) -> &[Arc<Finding>] {
        &self.findings
    }

    /// What shows the state.
    pub fn evidence(&self) -> &str {
        match (self.evidence.as_str(), self.evaluated) {
            ("", false) if self.findings.iter().any(|f| f.effect() == Effect::Inconclusive) => "cannot be told",
            ("", false) => "not evaluated",
            (evidence, _) => evidence,
        }
    }

    /// Does it count in the fold of its path?
    pub const fn is_counted(&self) -> bool {
        self.counted
    }

    /// Its state: a wall is a wall, then doubt, then less than declared; open only with evidence.
    pub fn state(&self) -> PathState {
        let has = |effect| self.findings.iter().any(|f| f.effect() == effect);
        if has(Effect::Blocks) {
            PathState::Blocked
        } else if has(Effect::Inconclusive) || !self.evaluated {
            PathState::Unknown
        } else if has(Effect::Narrows) {
            PathState::Narrowed
        } else {
            PathState::Open
        }
    }

    /// Why it is unknown: left open on purpose only if every doubt is.
    pub fn unknown_class(&self) -> Option<UnknownClass> {
        if self.state() != PathState::Unknown {
            return None;
        }
        let mut classes = self.findings.iter().filter_map(|f| f.gap_class()).peekable();
        let by_design = classes.peek().is_some() && classes.all(|c| c == UnknownClass::ByDesign);
        Some(if by_design { UnknownClass::ByDesign } else { UnknownClass::Investigate })
    }
}

/// The state of a path: blocked outranks unknown, unknown outranks narrowed
/// (`docs/semantics/honesty.md#blocked-outranks-unknown-unknown-outranks-narrowed`).
/// A path without segments is unknown.
pub fn fold<'a>(segments: impl IntoIterator<Item = &'a Segment>) -> PathState {
    // The order of the variants is the order of severity.
    segments.into_iter().filter(|s| s.is_counted()).map(Segment::state).min().unwrap_or(PathState::Unknown)
}
