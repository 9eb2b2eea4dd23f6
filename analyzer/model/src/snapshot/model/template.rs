//! What stays of a live pod template when a manifest is applied over it.

use std::collections::BTreeSet;

use super::lenient::List;
use super::{Container, PodSpec, PodTemplate, Probe};
use crate::snapshot::kinds::{field_or_live, list_or_live, or_live};

impl PodTemplate {
    /// Takes over what the API server fills into a pod template, so that a template that was merely defaulted is not
    /// taken for a new one.
    pub(super) fn fill_from(&mut self, live: &Self) {
        for (key, value) in &live.metadata.annotations {
            self.metadata.annotations.entry(key.clone()).or_insert_with(|| value.clone());
        }
        self.metadata.creation_timestamp = live.metadata.creation_timestamp;
        self.metadata.name.clone_from(&live.metadata.name);
        or_live(&mut self.spec.service_account_name, &live.spec.service_account_name);
        or_live(&mut self.spec.dns_policy, &live.spec.dns_policy);
        if self.spec.host_network.0.is_none() {
            self.spec.host_network = live.spec.host_network;
        }
        self.spec.containers = fill_containers(&live.spec.containers, &self.spec.containers);
        self.spec.init_containers = fill_containers(&live.spec.init_containers, &self.spec.init_containers);
    }
}

impl PodSpec {
    /// What nobody takes away is still there, in its place.
    pub(super) fn keep_items_of(&mut self, live: &Self, stays: &BTreeSet<String>) {
        keep_items("volumes", &live.volumes, &mut self.volumes, |v| &v.name, stays);
        keep_containers("containers", &live.containers, &mut self.containers, stays);
        keep_containers("initContainers", &live.init_containers, &mut self.init_containers, stays);
    }
}

fn keep_containers(list: &str, live: &[Container], new: &mut List<Container>, stays: &BTreeSet<String>) {
    new.change(|container| {
        let Some(old) = live.iter().find(|c| c.name == container.name) else { return };
        let stays = |field: &str| stays.contains(&format!("{list}/{}/{field}", old.name));
        for (field, probe, old) in [
            ("readinessProbe", &mut container.readiness_probe, &old.readiness_probe),
            ("livenessProbe", &mut container.liveness_probe, &old.liveness_probe),
            ("startupProbe", &mut container.startup_probe, &old.startup_probe),
        ] {
            if stays(field) {
                or_live(probe, old);
            }
        }
        if stays("args") {
            list_or_live(&mut container.args, &old.args);
        }
    });
    keep_items(list, live, new, |c| &c.name, stays);
}

fn keep_items<T: Clone>(list: &str, live: &[T], new: &mut List<T>, name: fn(&T) -> &str, stays: &BTreeSet<String>) {
    let mut all = new.to_vec();
    for (place, item) in live.iter().enumerate().filter(|(_, i)| stays.contains(&format!("{list}/{}", name(i)))) {
        all.insert(place.min(all.len()), item.clone());
    }
    *new = all.into();
}

fn fill_containers(live: &[Container], new: &[Container]) -> List<Container> {
    let mut all = new.to_vec();
    for container in &mut all {
        let Some(old) = live.iter().find(|c| c.name == container.name) else { continue };
        for (probe, old) in [
            (&mut container.readiness_probe, &old.readiness_probe),
            (&mut container.liveness_probe, &old.liveness_probe),
            (&mut container.startup_probe, &old.startup_probe),
        ] {
            if let (Some(probe), Some(old)) = (probe, old) {
                fill_probe(old, probe);
            }
        }
        let mut ports = container.ports.to_vec();
        for port in &mut ports {
            if let Some(same) = old.ports.iter().find(|p| p.container_port == port.container_port) {
                field_or_live(&mut port.host_port, &same.host_port);
            }
        }
        container.ports = ports.into();
    }
    all.into()
}

fn fill_probe(live: &Probe, new: &mut Probe) {
    if let (Some(new), Some(old)) = (&mut new.http_get, &live.http_get) {
        or_live(&mut new.path, &old.path);
        or_live(&mut new.scheme, &old.scheme);
    }
}
