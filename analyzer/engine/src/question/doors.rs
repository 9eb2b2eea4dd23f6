//! A door as the source: those who carry its traffic to what is behind it.

use kubereach_model::evidence::{Carriers, SubjectPaths};
use kubereach_model::snapshot::model::Pod;
use kubereach_model::snapshot::{GroupKind, nearest};

use super::{Finder, Party, Unresolved};
use crate::checks;
use crate::evaluate::door::{DOORS, Door, Kind};
use crate::evaluate::service::Backends;
use crate::policy::End;

impl<'s> Finder<'_, 's> {
    /// Who carries the traffic of the door that these words name; `None` where they name no kind of door.
    pub(super) fn door(&self, word: &str, namespace: &str, name: &str) -> Option<Result<Vec<Party<'s>>, Unresolved>> {
        let doors: Vec<(&dyn Door, &Kind)> = DOORS
            .iter()
            .flat_map(|door| door.kinds().iter().map(move |kind| (*door, kind)))
            .filter(|(_, kind)| kind.is_called(word))
            .collect();
        let (_, first) = doors.first()?;
        let backends = Backends::new(self.cluster, &checks::TABLE);
        let mut names = Vec::new();
        for (door, kind) in &doors {
            for subject in door.subjects(&backends) {
                let object = &subject.object;
                if !kind.is(object) || object.namespace.as_deref() != Some(namespace) {
                    continue;
                }
                if object.name == name {
                    return Some(self.carriers(&subject));
                }
                names.push(object.name.clone());
            }
        }
        let lower = first.name.to_ascii_lowercase();
        let mut what = format!("{lower} {namespace}/{name}");
        if let Some(near) = nearest(name, names.iter().map(String::as_str)) {
            what = format!("{what} (did you mean {lower}/{near}?)");
        }
        let kind = GroupKind::known(first.group, first.name);
        Some(Err(match self.cluster.snapshot.is_complete(&kind, Some(namespace)) {
            Ok(()) => Unresolved::Absent(what),
            Err(gap) => Unresolved::Unread(what, gap.sentence()),
        }))
    }

    /// Of all its paths, each once.
    fn carriers(&self, subject: &SubjectPaths) -> Result<Vec<Party<'s>>, Unresolved> {
        let mut parties: Vec<Party<'s>> = Vec::new();
        let segments = subject.paths.iter().flat_map(|path| &path.segments);
        for party in segments.filter_map(|segment| segment.carriers()).flat_map(|carriers| self.of_carriers(carriers)) {
            if parties.iter().all(|known| known.label != party.label) {
                parties.push(party);
            }
        }
        if parties.is_empty() { Err(Unresolved::NoCarriers(subject.object.to_string())) } else { Ok(parties) }
    }

    /// One party for each of them. They dial pods, not cluster addresses.
    pub fn of_carriers(&self, carriers: &Carriers) -> Vec<Party<'s>> {
        let alone = |label: &str, end: End<'s>| {
            vec![Party { label: label.to_owned(), end, port: None, service: None, dials_pods: true }]
        };
        match carriers {
            Carriers::Pods(pods) => {
                let found = pods.iter().filter_map(|pod| {
                    let namespace = pod.namespace.as_deref().unwrap_or_default();
                    self.cluster.snapshot.lookup::<Pod>(namespace, &pod.name).found()
                });
                found.map(|pod| Party { dials_pods: true, ..Party::of_pod(self.view.ends.pod(pod)) }).collect()
            }
            Carriers::OwnIdentity => alone("the network plugin's own proxy", End::OwnProxy),
            Carriers::Unseen => alone("pods of the controller, which were not seen", End::Anyone),
            Carriers::Outside => alone("external", End::Outside),
        }
    }
}
