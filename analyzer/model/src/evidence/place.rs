//! Where the fields of findings stand in what was read.

use kubereach_reports::report::{Frame, Location, ObjectRef};

use super::FieldPath;

/// Where a field stands, with what can be shown of it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The place.
    pub location: Location,
    /// The lines around it.
    pub frame: Option<Frame>,
    /// The object in which it stands.
    pub object: Option<ObjectRef>,
}

/// Where the fields of findings stand: asked once, for all findings of a report.
pub trait Locate {
    /// For each request (origin, path into the object) the place, if it can be found.
    fn places(&self, requests: &[(u32, FieldPath)]) -> Vec<Option<Place>>;

    /// The places alone.
    fn locate(&self, requests: &[(u32, FieldPath)]) -> Vec<Option<Location>> {
        self.places(requests).into_iter().map(|place| place.map(|p| p.location)).collect()
    }

    /// The origin of an object that a finding names without a field of its own, where it was read.
    fn origin_of(&self, object: &ObjectRef) -> Option<u32>;
}
