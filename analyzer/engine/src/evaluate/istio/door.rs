//! Istio's doors: reached at the Services in front of a Gateway's pods.
//!
//! Source: Istio documentation, "Ingress Gateways".

use std::collections::HashMap;

use kubereach_reports::report::ObjectRef;
use rayon::prelude::*;

use super::answer::Answers;
use super::context::{GatewayContext, VirtualContext};
use super::{gateway, virtual_service};
use crate::evaluate::Cluster;
use crate::evaluate::door::answer::{Handled, Listing};
use crate::evaluate::door::request::{Request, literal};
use crate::evaluate::door::spoken::Spoken;
use crate::evaluate::door::{Around, Door, FrontDoor, Kind, OpenDoor, Question, STATUS, ask, handshake, stream};
use crate::evaluate::reached;
use crate::evaluate::service::Backends;
use crate::resolve::istio::objects::{GROUP, Server};
use crate::resolve::istio::{Istio, hosts};
use crate::resolve::request as asked;
use kubereach_model::evidence::{Path, SubjectPaths};

/// Istio's Gateways and VirtualServices.
#[derive(Debug)]
pub(crate) struct IstioDoor;

impl Door for IstioDoor {
    fn kinds(&self) -> &'static [Kind] {
        const KINDS: [Kind; 2] = [
            Kind { speaks_http: true, ..Kind::leading(GROUP, "VirtualService") },
            Kind { leads: false, speaks_http: true, ..Kind::leading(GROUP, "Gateway") },
        ];
        &KINDS
    }

    fn subjects(&self, backends: &Backends<'_, '_>) -> Vec<SubjectPaths> {
        let cluster = backends.cluster;
        let all = Istio::of(cluster);
        let gateways = (0..all.gateways.len()).into_par_iter().filter_map(|at| GatewayContext::of(cluster, &all, at));
        let mut subjects: Vec<_> = gateways.map(|cx| gateway::subject(backends, &cx)).collect();
        let of_service = |service| virtual_service::subject(backends, &VirtualContext { cluster, all: &all, service });
        subjects.extend(all.services.par_iter().map(of_service).collect::<Vec<_>>());
        subjects
    }

    fn open<'w>(&self, cluster: &'w Cluster<'_>) -> Box<dyn OpenDoor + 'w> {
        let all = Istio::of(cluster);
        let services = all.services.iter().enumerate().map(|(at, service)| (service.found.object(), at)).collect();
        let gateways = all.gateways.iter().enumerate().map(|(at, gateway)| (gateway.found.object(), at)).collect();
        Box::new(Open { cluster, answers: Answers::new(&all), all, services, gateways })
    }
}

struct Open<'w, 's> {
    cluster: &'w Cluster<'s>,
    all: Istio<'s>,
    answers: Answers<'s>,
    services: HashMap<ObjectRef, usize>,
    gateways: HashMap<ObjectRef, usize>,
}

impl OpenDoor for Open<'_, '_> {
    fn front(&self, path: &Path, around: &dyn Around) -> Result<FrontDoor, String> {
        let (at, namespace) = self.gateway_of(path)?;
        let of = GatewayContext::of(self.cluster, &self.all, at).ok_or("the Gateway was not read")?;
        let places = reached::places(&of.tier.services);
        if places.is_empty() {
            return Err("no Service in front of the gateway's pods publishes an address".to_owned());
        }
        let host = path.key.host.as_deref().unwrap_or("*");
        let serving = of.serving(host, namespace);
        let (_, server) = serving.first().ok_or("no server of the Gateway takes this host")?;
        Ok(FrontDoor { places, question: question(server, path, around) })
    }

    fn answer(&self, request: &asked::Request, only: Option<&ObjectRef>) -> Option<Vec<Handled>> {
        Some(self.answers.all(self.cluster, &self.all, request, only))
    }

    fn listed(&self) -> Option<Vec<Listing>> {
        Some(self.answers.listed(&self.all))
    }

    fn speaks(&self, _: &ObjectRef) -> Option<Spoken> {
        None
    }
}

impl<'s> Open<'_, 's> {
    /// The Gateway of a path, and the namespace whose hosts it serves there.
    fn gateway_of(&self, path: &Path) -> Result<(usize, &'s str), String> {
        if let Some(at) = self.gateways.get(&path.key.entry) {
            let namespace = self.all.gateways.get(*at).map_or("", |gateway| gateway.namespace());
            return Ok((*at, namespace));
        }
        let service = self.services.get(&path.key.entry).and_then(|at| self.all.services.get(*at));
        let service = service.ok_or("the VirtualService itself was not read")?;
        let named = path.key.listener.as_deref().ok_or("a delegate is served nowhere by itself")?;
        let (namespace, name) =
            hosts::gateway(named, service.namespace()).ok_or("only clients in the mesh ask for it")?;
        let at = self.all.gateway(&namespace, &name).ok_or("its gateway was not read, or is none of Istio's")?;
        Ok((at, service.namespace()))
    }
}

fn question(server: &Server, path: &Path, around: &dyn Around) -> Result<Question, String> {
    let port = server.port.number.known().copied().ok_or("the port of the server was masked or is none")?;
    let mode = server.tls.as_ref().map_or("", |tls| tls.mode.as_str());
    let ends_here = matches!(mode, "SIMPLE" | "MUTUAL" | "OPTIONAL_MUTUAL");
    if matches!(mode, "MUTUAL" | "ISTIO_MUTUAL") {
        return Err("the server asks clients for certificates".to_owned());
    }
    let target = match server.port.protocol.to_ascii_lowercase().as_str() {
        "http" | "http2" | "grpc" | "grpc-web" => ask(path, false, &request(path)?, STATUS),
        "https" if ends_here => ask(path, true, &request(path)?, STATUS),
        "https" | "tls" => handshake(path, ends_here),
        _ => stream(path, around),
    };
    Ok(Question { port, target })
}

/// What a match takes; of more than a path only a guess is asked.
fn request(path: &Path) -> Result<Request, String> {
    let words = path.key.matches.as_deref().unwrap_or("PathPrefix /");
    let mut parts: Vec<&str> = words.split(' ').collect();
    let (value, kind) = (parts.pop().unwrap_or("/"), parts.pop().unwrap_or("PathPrefix"));
    if parts.contains(&"Method") {
        return Err("the rule asks for a method; only GET is ever sent".to_owned());
    }
    let mut request = Request { guessed: !parts.is_empty() || kind == "RegularExpression", ..Request::default() };
    let text = if kind == "RegularExpression" { literal(value).0 } else { value.to_owned() };
    request.path = (text != "/" && text.starts_with('/')).then_some(text);
    Ok(request)
}
