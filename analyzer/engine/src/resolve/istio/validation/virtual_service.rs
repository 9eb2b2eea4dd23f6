//! Of a VirtualService.

use serde_json::Value;

use super::http::{self, headers};
use super::{Wrong, domain, fields, get, is_address, is_name, items, labels, port, text, texts};
use crate::resolve::istio::hosts::covers;

/// What is refused of a VirtualService.
pub fn virtual_service(namespace: &str, spec: &Value) -> Wrong {
    let mut wrong = Wrong::default();
    let (hosts, gateways) = (texts(spec, "hosts"), texts(spec, "gateways"));
    let rules = |key: &str| items(get(spec, key));
    if hosts.is_empty() {
        let meaningless = [("gateways", gateways.len()), ("tls", rules("tls").len()), ("tcp", rules("tcp").len())];
        wrong
            .sure
            .extend(meaningless.into_iter().filter(|(_, n)| *n > 0).map(|(key, _)| format!("a delegate with {key}")));
    }
    names_of_gateways(&gateways, &mut wrong);
    let at_gateway = !gateways.is_empty() && !gateways.contains(&"mesh");
    if !at_gateway {
        let matches = rules("http").iter().flat_map(|rule| items(get(rule, "match")));
        for (key, _) in matches.flat_map(|m| fields(get(m, "headers")).chain(fields(get(m, "withoutHeaders")))) {
            if is_claim(key) {
                wrong.sure.push(format!("'{key}' is only for gateways"));
            }
        }
    }
    let mut fine = true;
    for host in &hosts {
        if is_address(host) {
            continue;
        }
        // A Gateway may also be asked for `outbound_.80_.…`.
        let generated = at_gateway && host.starts_with("outbound_");
        let mesh_star = !at_gateway && *host == "*";
        if let Err(why) = domain(host)
            && !generated
        {
            wrong.sure.push(why);
            fine = false;
        } else if mesh_star {
            wrong.sure.push("the host '*' is not allowed for the mesh".to_owned());
            fine = false;
        }
    }
    for (i, host) in hosts.iter().enumerate().filter(|_| fine) {
        if let Some(other) = hosts.iter().skip(i + 1).find(|other| covers(host, other) || covers(other, host)) {
            wrong.sure.push(format!("the hosts '{host}' and '{other}' take the same"));
        }
    }
    if rules("http").is_empty() && rules("tcp").is_empty() && rules("tls").is_empty() {
        wrong.sure.push("it has no rule".to_owned());
    }
    for rule in rules("http") {
        http::http(rule, hosts.is_empty(), &mut wrong);
    }
    for rule in rules("tls") {
        tls_rule(rule, &hosts, &mut wrong);
    }
    for rule in rules("tcp") {
        if items(get(rule, "route")).is_empty() {
            wrong.sure.push("a tcp rule has no route".to_owned());
        }
        destinations(rule, &mut wrong);
        for one in items(get(rule, "match")) {
            of_match(one, &mut wrong);
        }
    }
    exported(namespace, spec, &mut wrong);
    wrong
}

pub(super) fn is_claim(header: &str) -> bool {
    header.to_ascii_lowercase().starts_with("@request.auth.claims")
}

fn names_of_gateways(names: &[&str], wrong: &mut Wrong) {
    for name in names {
        match name.split_once('/') {
            None => {
                if let Err(why) = labels(name) {
                    wrong.sure.push(why);
                }
                // What follows a name without a namespace is not looked at.
                return;
            }
            Some((namespace, gateway)) if is_name(namespace) && is_name(gateway) => {}
            Some(_) => wrong.sure.push(format!("'{name}' is no namespace and name of a gateway")),
        }
    }
}

fn exported(namespace: &str, spec: &Value, wrong: &mut Wrong) {
    let mut seen: Vec<&str> = Vec::new();
    for to in texts(spec, "exportTo") {
        let to = if to == "." { namespace } else { to };
        if seen.contains(&to) {
            wrong.sure.push(format!("exportTo names '{to}' twice"));
        } else if to != "*" && !is_name(to) {
            wrong.sure.push(format!("exportTo names '{to}', which is no namespace"));
        }
        seen.push(to);
    }
}

pub(super) fn of_match(m: &Value, wrong: &mut Wrong) {
    if let Some(number) = m.get("port").filter(|number| number.as_i64().unwrap_or_default() != 0) {
        wrong.sure.extend(port(number).err());
    }
    names_of_gateways(&texts(m, "gateways"), wrong);
}

fn tls_rule(rule: &Value, hosts: &[&str], wrong: &mut Wrong) {
    let matches = items(get(rule, "match"));
    if matches.is_empty() {
        wrong.sure.push("a tls rule has no match".to_owned());
    }
    for m in matches {
        let names = texts(m, "sniHosts");
        if names.is_empty() {
            wrong.sure.push("a tls match has no sniHosts".to_owned());
        }
        for name in names.into_iter().filter(|name| !is_address(name) && !name.starts_with("outbound_")) {
            match domain(name) {
                Err(why) => wrong.sure.push(why),
                Ok(()) if !hosts.iter().any(|host| covers(host, name)) => {
                    wrong.sure.push(format!("the server name '{name}' is none of its hosts"));
                }
                Ok(()) => {}
            }
        }
        of_match(m, wrong);
    }
    if items(get(rule, "route")).is_empty() {
        wrong.sure.push("a tls rule has no route".to_owned());
    }
    destinations(rule, wrong);
}

pub(super) fn destinations(rule: &Value, wrong: &mut Wrong) {
    let routes = items(get(rule, "route"));
    let mut total = 0;
    for route in routes {
        destination(get(route, "destination"), true, wrong);
        headers(get(route, "headers"), wrong);
        let weight = get(route, "weight").as_i64().unwrap_or_default();
        if weight < 0 {
            wrong.sure.push(format!("the weight {weight} is below 0"));
        }
        total += weight;
    }
    if routes.len() > 1 && total == 0 {
        wrong.sure.push("all weights of a rule are 0".to_owned());
    }
}

pub(super) fn destination(destination: &Value, required: bool, wrong: &mut Wrong) {
    if destination.is_null() {
        if required {
            wrong.sure.push("a destination is missing".to_owned());
        }
        return;
    }
    match text(destination, "host") {
        "*" => wrong.sure.push("the destination host '*' is not allowed".to_owned()),
        host => wrong.sure.extend(domain(host).err()),
    }
    let subset = text(destination, "subset");
    if !subset.is_empty() && !is_name(subset) {
        wrong.sure.push(format!("'{subset}' is no name of a subset"));
    }
    if let Some(selector) = destination.get("port").filter(|port| !port.is_null()) {
        wrong.sure.extend(port(get(selector, "number")).err());
    }
}
