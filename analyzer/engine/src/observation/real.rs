//! What may vote. A value of [`Real`] is made here from sightings that were dialled the way traffic
//! flows, and nowhere else; the table takes nothing but such a value, so a relay has no vote.

use kubereach_prober::words::VantageKind;

use super::Sighting;

/// Something that rests on real traffic alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Real<T>(T);

impl<'a> Real<Vec<&'a Sighting>> {
    /// Of these sightings those that were dialled the way traffic flows.
    pub fn among(sightings: impl IntoIterator<Item = &'a Sighting>) -> Self {
        let real = |sighting: &&Sighting| match sighting.source.kind {
            VantageKind::InCluster | VantageKind::Local => true,
            VantageKind::Apiserver => false,
        };
        Self(sightings.into_iter().filter(real).collect())
    }
}

impl<T> Real<T> {
    /// A conclusion from real traffic alone.
    pub fn map<U>(self, conclude: impl FnOnce(T) -> U) -> Real<U> {
        Real(conclude(self.0))
    }

    /// Borrowed.
    pub const fn as_ref(&self) -> Real<&T> {
        Real(&self.0)
    }

    /// Several together.
    pub fn gather(several: impl IntoIterator<Item = Self>) -> Real<Vec<T>> {
        Real(several.into_iter().map(|one| one.0).collect())
    }

    /// What it is.
    pub fn into_inner(self) -> T {
        self.0
    }

    /// What it is.
    pub const fn get(&self) -> &T {
        &self.0
    }
}
