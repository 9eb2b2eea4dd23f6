//! Requests that go to a Service and through no door: by its name inside the cluster, its cluster address, a node's
//! port or its load balancer.
//!
//! Sources: Kubernetes documentation, "DNS for Services and Pods" (`NAME.NAMESPACE.svc.cluster.local`), and the API
//! reference of `Service` (`clusterIP`, `nodePort`, `externalIPs`, `status.loadBalancer`).

use std::net::IpAddr;

use kubereach_reports::report::{Backend, Port};

use super::Requests;
use super::data::{Answer, Because, Query, Word};
use super::settle::Scope;
use crate::evaluate::door::answer::{Share, Taken};
use crate::policy::Answer as Permit;
use crate::question::{Answers, Finder, Query as CanQuery, Seen};
use crate::resolve::request::{Request, Speech};
use kubereach_model::snapshot::model::{Service, ServicePort};
use kubereach_model::snapshot::{Found, Lookup};

/// How a request comes to a Service: the word of its paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    ClusterIp,
    NodePort,
    LoadBalancer,
}

/// What a host is, where it is no host of a door.
enum Target<'s> {
    Service(Found<'s, Service>, By),
    /// It would be a Service, and this is why it is none.
    Nobody(Box<Answer>),
}

impl<'s> Requests<'_, 's> {
    /// The answer of the Service that the request names, if it names one.
    pub(super) fn of_service(&self, query: &Query, request: &Request) -> Option<Answer> {
        match self.target(query, request)? {
            Target::Nobody(answer) => Some(*answer),
            Target::Service(service, by) => Some(self.at_service(service, by, query, request)),
        }
    }

    fn target(&self, query: &Query, request: &Request) -> Option<Target<'s>> {
        if let Ok(address) = request.dialled.parse::<IpAddr>() {
            return self.by_address(address, request);
        }
        let (name, namespace) = self.name_of(query, request)?;
        Some(match self.cluster.snapshot.lookup::<Service>(&namespace, &name) {
            Lookup::Found(service) => Target::Service(service, By::ClusterIp),
            Lookup::Absent(_) => {
                let because = format!("there is no Service {namespace}/{name}: the name does not resolve");
                Target::Nobody(Box::new(Answer::bare(Word::Refused, because)))
            }
            Lookup::Unknown(gap) => {
                let because = format!("Service {namespace}/{name} is not in the input: {}", gap.sentence());
                Target::Nobody(Box::new(Answer::bare(Word::Unknown, because)))
            }
        })
    }

    /// Name and namespace of a Service that the host is, as a resolver inside the cluster reads it.
    fn name_of(&self, query: &Query, request: &Request) -> Option<(String, String)> {
        let host = request.dialled.as_str();
        let inner = ["svc", "svc.cluster.local"].iter().find_map(|end| host.strip_suffix(end)?.strip_suffix('.'));
        if let Some(inner) = inner {
            let (name, namespace) = inner.split_once('.')?;
            return (!namespace.contains('.')).then(|| (name.to_owned(), namespace.to_owned()));
        }
        if !request.inside {
            return None;
        }
        match host.split('.').collect::<Vec<_>>().as_slice() {
            [name] => Some(((*name).to_owned(), query.from.as_deref()?.split('/').next()?.to_owned())),
            // A name of two parts is a Service only where there is one: it may stand in the public DNS as well.
            [name, namespace] => {
                let found = matches!(self.cluster.snapshot.lookup::<Service>(namespace, name), Lookup::Found(_));
                found.then(|| ((*name).to_owned(), (*namespace).to_owned()))
            }
            _ => None,
        }
    }

    fn by_address(&self, address: IpAddr, request: &Request) -> Option<Target<'s>> {
        let snapshot = self.cluster.snapshot;
        if let Some(service) = self.cluster.policies().ends.service_at(address) {
            return Some(Target::Service(service, By::ClusterIp));
        }
        let is = |text: &str| text.parse::<IpAddr>().is_ok_and(|own| own == address);
        let has_port =
            |s: &Service| s.spec.ports.iter().any(|p| p.port.known() == Some(&request.port) && carries(p, request));
        let balanced = snapshot.services.iter().find(|s| {
            let published = s.status.as_ref().map(|status| &*status.load_balancer.ingress).unwrap_or_default();
            let own = published.iter().filter_map(|i| i.ip.known()).any(|ip| is(ip));
            (own || s.spec.external_ips.iter().any(|ip| is(ip))) && has_port(s.get())
        });
        if let Some(service) = balanced {
            return Some(Target::Service(service, By::LoadBalancer));
        }
        let on_node = snapshot.nodes.iter().any(|node| {
            let addresses = node.status.as_ref().map(|s| &*s.addresses).unwrap_or_default();
            addresses.iter().filter_map(|a| a.address.known()).any(|own| is(own))
        });
        if !on_node {
            return None;
        }
        let node_port = |s: &Found<'_, Service>| {
            s.spec.ports.iter().any(|p| p.node_port.known() == Some(&request.port) && carries(p, request))
        };
        Some(match snapshot.services.iter().find(node_port) {
            Some(service) => Target::Service(service, By::NodePort),
            None => Target::Nobody(Box::new(Answer::bare(
                Word::Unknown,
                format!("{address} is a node, and no Service that was read has the node port {}", request.port),
            ))),
        })
    }

    fn at_service(&self, service: Found<'s, Service>, by: By, query: &Query, request: &Request) -> Answer {
        let object = service.object();
        let spec = &service.get().value.spec;
        let door = format!("{object}");
        if service.is_external_name() {
            let name = spec.external_name.clone().unwrap_or_default();
            let mut answer = Answer::bare(
                Word::Unknown,
                format!("{object} stands for the name {name}: who answers there was not read"),
            );
            answer.door = Some(door);
            return answer;
        }
        let number =
            |p: &ServicePort| if by == By::NodePort { p.node_port.known().copied() } else { p.port.known().copied() };
        let port = spec.ports.iter().find(|p| number(p) == Some(request.port) && carries(p, request));
        let Some(port) = port else {
            if spec.ports.iter().any(|p| p.port.is_redacted()) || service.is_headless() {
                let why = if service.is_headless() {
                    "is headless: its name leads to its pods, at whatever port they listen on"
                } else {
                    "has ports that a collector masked"
                };
                return Answer::bare(Word::Unknown, format!("{object} {why}"));
            }
            let mut answer = Answer::bare(
                Word::Refused,
                format!("{object} has no port {}; it has {}", request.port, service.ports_in_words()),
            );
            answer.door = Some(door);
            return answer;
        };
        let listener = match by {
            By::ClusterIp if service.is_headless() => "headless",
            By::ClusterIp => "cluster-ip",
            By::NodePort => "node-port",
            By::LoadBalancer => "load-balancer",
        };
        let backend = Backend {
            kind: "Service".to_owned(),
            namespace: service.metadata.namespace.clone(),
            name: service.metadata.name.clone(),
            port: port.port.known().map(|n| Port::Number(*n)),
        };
        let taken = Taken {
            listener: Some(listener.to_owned()),
            matches: (port.protocol != "TCP").then(|| port.protocol.clone()),
            shares: vec![Share { backend, weight: 1 }],
            connection: true,
            ..Taken::by(object.clone())
        };
        // No proxy answers for a Service: where the way ends, the connection does.
        let connection =
            Request { speech: if carries_udp(request) { Speech::Udp } else { Speech::Tcp }, ..request.clone() };
        let mut answer = self.settle(&taken, &connection, Scope::Whole);
        answer.door = Some(door);
        if by == By::ClusterIp && !request.inside && !matches!(answer.answer, Word::Unknown) {
            answer.because.push(Because::plain(
                "the name and the address are known only inside the cluster; --from names who asks",
            ));
        }
        self.permitted(&mut answer, &service, query, request);
        answer
    }

    /// May this caller reach the pods? The policies were compiled once; they are asked, not read again.
    fn permitted(&self, answer: &mut Answer, service: &Found<'s, Service>, query: &Query, request: &Request) {
        let Some(from) = query.from.as_deref().filter(|_| request.inside && answer.answer == Word::Backend) else {
            return;
        };
        let view = self.cluster.policies();
        let http = request.speech.is_http();
        let asked = CanQuery {
            id: serde_json::Value::Null,
            from: from.to_owned(),
            to: format!("{}/service/{}", service.metadata.namespace, service.metadata.name),
            protocol: Some(if carries_udp(request) { "UDP" } else { "TCP" }.to_owned()),
            port: Some(serde_json::Value::from(request.port)),
            method: http.then(|| request.method.clone()),
            path: http.then(|| request.path.clone()),
            host: http.then(|| request.host.clone()),
            headers: http.then(|| request.headers.iter().cloned().collect()),
            principal: None,
            sni: request.speech.is_tls().then(|| request.asked_name()).flatten(),
        };
        let said = Answers::new(view, Finder::new(view, self.cluster)).query(&asked, &mut Seen::default());
        if said.answer == Permit::Allowed.word() {
            answer.assumptions.extend(said.assumptions);
            return;
        }
        answer.answer = if said.answer == Permit::Denied.word() { Word::Refused } else { Word::Unknown };
        answer.because = said
            .because
            .iter()
            .map(|because| Because { text: because.text.clone(), segment: Some("policy"), code: None, object: None })
            .collect();
    }
}

const fn carries_udp(request: &Request) -> bool {
    matches!(request.speech, Speech::Udp)
}

fn carries(port: &ServicePort, request: &Request) -> bool {
    (port.protocol == "UDP") == carries_udp(request)
}
