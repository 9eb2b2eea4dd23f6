//! Which controller a pod belongs to, by its labels and images.

use kubereach_model::snapshot::Index;
use kubereach_model::snapshot::model::Pod;

use super::{CONTROLLERS, Controller, PodSign, Proxies};

/// Recognises controller pods by label and image, each in constant time.
#[derive(Debug)]
pub struct Recogniser {
    labels: Index<(&'static str, &'static str), &'static Controller>,
    images: Index<&'static str, Vec<(&'static str, &'static Controller)>>,
}

impl Default for Recogniser {
    fn default() -> Self {
        let mut labels = Index::default();
        let mut images: Index<&str, Vec<_>> = Index::default();
        for controller in CONTROLLERS {
            for label in controller.labels {
                labels.entry(*label).or_insert(controller);
            }
            for image in controller.images {
                let last = image.rsplit('/').next().unwrap_or(image);
                images.entry(last).or_default().push((*image, controller));
            }
        }
        Self { labels, images }
    }
}

impl Recogniser {
    /// Which controller a pod belongs to.
    pub fn recognise(&self, pod: &Pod) -> Option<&'static Controller> {
        let component = pod.metadata.label("app.kubernetes.io/component");
        let helper = |c: &Controller| c.component.is_some_and(|own| component.is_some_and(|other| other != own));
        let by_label = pod.metadata.labels.iter().find_map(|(key, value)| {
            self.labels.get(&(key.as_str(), value.as_str())).or_else(|| self.labels.get(&(key.as_str(), "")))
        });
        by_label.copied().filter(|c| !helper(c)).or_else(|| {
            pod.spec.serving_containers().filter_map(|c| c.image.as_deref()).find_map(|image| self.by_image(image))
        })
    }

    fn by_image(&self, image: &str) -> Option<&'static Controller> {
        let repository = repository(image);
        let last = repository.rsplit('/').next()?;
        self.images.get(last)?.iter().find_map(|(ending, controller)| {
            let rest = repository.strip_suffix(ending)?;
            (rest.is_empty() || rest.ends_with('/')).then_some(*controller)
        })
    }
}

/// The controller whose proxies show the sign that this pod shows.
pub(in crate::resolve) fn proxy_of(pod: &Pod) -> Option<&'static Controller> {
    CONTROLLERS.iter().find(|controller| match controller.proxies {
        Proxies::Pods(signs) => signs.iter().any(|sign| sign.is_shown_by(pod)),
        Proxies::OwnIdentity | Proxies::Unknown => false,
    })
}

impl PodSign {
    fn is_shown_by(&self, pod: &Pod) -> bool {
        self.labels.iter().all(|(key, value)| pod.metadata.label(key) == Some(value))
            && (self.images.is_empty() || self.images.iter().any(|image| runs(pod, image)))
            && self.container.is_none_or(|name| pod.spec.serving_containers().any(|container| container.name == name))
    }
}

/// Does a container run an image of this name, whatever registry and tag? A final `*` stands for any ending.
pub(in crate::resolve) fn runs(pod: &Pod, name: &str) -> bool {
    pod.spec.serving_containers().filter_map(|container| container.image.as_deref()).any(|image| {
        let last = repository(image).rsplit('/').next().unwrap_or_default();
        name.strip_suffix('*').map_or(last == name, |start| last.starts_with(start))
    })
}

/// An image reference without tag and digest.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let name = image.rfind('/').map_or(0, |slash| slash + 1);
    match image.get(name..).and_then(|last| last.find(':')) {
        Some(colon) => image.get(..name + colon).unwrap_or(image),
        None => image,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kubereach_model::snapshot::model::Container;

    fn pod_with(image: &str) -> Pod {
        let mut pod = Pod::default();
        pod.spec.containers = vec![Container { image: Some(image.into()), ..Container::default() }].into();
        pod
    }

    #[test]
    fn pods_are_recognised_by_image_whatever_registry_and_tag() {
        let recogniser = Recogniser::default();
        for (image, name) in [
            ("registry.k8s.io/ingress-nginx/controller:v1.11.2@sha256:abc", Some("ingress-nginx")),
            ("mirror:5000/rancher/nginx-ingress-controller:1.9", Some("ingress-nginx")),
            ("traefik:v3.1", Some("Traefik")),
            ("traefik", Some("Traefik")),
            ("example.com/team/controller:1", None),
            ("nginx:1.27", None),
            ("", None),
        ] {
            assert_eq!(recogniser.recognise(&pod_with(image)).map(|c| c.name), name, "{image}");
        }
    }

    #[test]
    fn pods_that_carry_traffic_are_told_from_those_that_configure_them() {
        for (image, labels, expected) in [
            ("docker.io/envoyproxy/envoy:v1.31.0", vec![("app", "envoy")], Some("Contour")),
            ("example.com/envoy-distroless:v1", vec![("app", "envoy")], Some("Contour")),
            ("ghcr.io/projectcontour/contour:v1.30.0", vec![("app", "contour")], None),
            ("kong:3.7", vec![], Some("Kong")),
            ("kong/kubernetes-ingress-controller:3.2", vec![("app.kubernetes.io/name", "kong")], None),
            ("docker.io/istio/proxyv2:1.24", vec![("istio", "ingressgateway")], Some("Istio")),
            ("docker.io/istio/pilot:1.24", vec![("istio", "pilot")], None),
        ] {
            let mut pod = pod_with(image);
            pod.metadata.labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            assert_eq!(proxy_of(&pod).map(|c| c.name), expected, "{image}");
        }
    }
}
