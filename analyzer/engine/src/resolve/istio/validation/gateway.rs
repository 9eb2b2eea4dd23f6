//! Of a Gateway.

use serde_json::Value;

use super::{Wrong, domain, get, is_address, is_name, items, port, text, texts};

/// What is refused of a Gateway.
pub fn gateway(name: &str, spec: &Value) -> Wrong {
    let mut wrong = Wrong::default();
    if !is_name(name) {
        wrong.sure.push(format!("the name '{name}' is no DNS label"));
    }
    let servers = items(get(spec, "servers"));
    if servers.is_empty() {
        wrong.sure.push("it has no server".to_owned());
    }
    let mut names: Vec<&str> = Vec::new();
    for of in servers {
        server(of, &mut wrong);
        let name = text(get(of, "port"), "name");
        if names.contains(&name) && of.get("port").is_some() {
            wrong.sure.push(format!("two servers have the port name '{name}'"));
        }
        names.push(name);
    }
    wrong
}

const PROTOCOLS: [&str; 12] =
    ["grpc", "grpc-web", "http", "http2", "http_proxy", "https", "tcp", "tls", "udp", "mongo", "redis", "mysql"];

fn server(server: &Value, wrong: &mut Wrong) {
    let hosts = texts(server, "hosts");
    if hosts.is_empty() {
        wrong.sure.push("a server has no host".to_owned());
    }
    for host in hosts {
        let (namespace, host) = host.split_once('/').map_or((None, host), |(namespace, host)| (Some(namespace), host));
        if let Some(namespace) = namespace.filter(|of| *of != "*" && *of != "." && !is_name(of)) {
            wrong.sure.push(format!("'{namespace}' before the host '{host}' is no namespace"));
        }
        wrong.sure.extend(host_of_server(host).err());
    }
    let (port_of, bind) = (get(server, "port"), text(server, "bind"));
    let protocol = text(port_of, "protocol").to_ascii_lowercase();
    if port_of.is_null() {
        wrong.sure.push("a server has no port".to_owned());
    } else {
        if !PROTOCOLS.contains(&&*protocol) && !matches!(&*protocol, "hbone" | "doublehbone") {
            wrong.sure.push(format!("the protocol '{}' is not known", text(port_of, "protocol")));
        }
        let number = get(port_of, "number");
        let is_unix = bind.starts_with("unix://");
        if number.as_i64().unwrap_or_default() != 0 || !is_unix {
            wrong.sure.extend(port(number).err());
        }
        if is_unix && number.as_i64().unwrap_or_default() != 0 {
            wrong.sure.push("a server at a Unix socket has a port".to_owned());
        }
        if get(port_of, "targetPort").as_i64().unwrap_or_default() > 0 {
            wrong.sure.push("targetPort means nothing for a Gateway".to_owned());
        }
        if text(port_of, "name").is_empty() {
            wrong.sure.push("the port of a server has no name".to_owned());
        }
    }
    if let Some(path) = bind.strip_prefix("unix://") {
        if !path.starts_with('@') && (!path.starts_with('/') || path.ends_with('/')) {
            wrong.sure.push(format!("'{path}' is no absolute path to a file"));
        }
    } else if !bind.is_empty() && !is_address(bind) {
        wrong.sure.push(format!("'{bind}' is no address to listen at"));
    }
    tls(server, &protocol, wrong);
}

fn tls(server: &Value, protocol: &str, wrong: &mut Wrong) {
    let tls = get(server, "tls");
    let is_tls = matches!(protocol, "https" | "tls");
    if tls.is_null() {
        if is_tls {
            wrong.sure.push("a server of protocol HTTPS or TLS has no tls".to_owned());
        }
        return;
    }
    let has = |key: &str| !text(tls, key).is_empty();
    let many = |key: &str| !items(get(tls, key)).is_empty();
    let mode = match text(tls, "mode") {
        "" => "PASSTHROUGH",
        mode => mode,
    };
    let files = ["caCertificates", "privateKey", "serverCertificate"];
    if !is_tls && !protocol.is_empty() && PROTOCOLS.contains(&protocol) {
        let is_http = matches!(protocol, "http" | "http2" | "grpc" | "grpc-web" | "http_proxy");
        let passes = matches!(mode, "PASSTHROUGH" | "AUTO_PASSTHROUGH") && !files.into_iter().any(has);
        if !is_http || !passes {
            wrong.sure.push(format!("a server of protocol {protocol} must not have such tls"));
        }
    }
    if mode == "ISTIO_MUTUAL" {
        let texts = files.into_iter().chain(["credentialName"]).filter(|key| has(key));
        let lists = ["tlsCertificates", "credentialNames"].into_iter().filter(|key| many(key));
        wrong.sure.extend(texts.chain(lists).map(|key| format!("mode ISTIO_MUTUAL with {key}")));
        return;
    }
    let named = has("credentialName") || many("credentialNames");
    let sources = [
        has("serverCertificate") && has("privateKey"),
        has("credentialName"),
        many("credentialNames"),
        many("tlsCertificates"),
    ];
    if sources.into_iter().filter(|has| *has).count() > 1 {
        wrong.sure.push("tls names its certificate in several ways".to_owned());
    }
    let ends_here = matches!(mode, "SIMPLE" | "MUTUAL" | "OPTIONAL_MUTUAL");
    if ends_here && named {
        return;
    }
    if ends_here {
        files_of(tls, mode, wrong);
    }
    if has("caCrl") && (has("credentialName") || mode == "SIMPLE") {
        wrong.sure.push("caCrl with credentialName, or with mode SIMPLE".to_owned());
    }
}

/// Certificates that are files in the gateway.
fn files_of(tls: &Value, mode: &str, wrong: &mut Wrong) {
    if mode != "SIMPLE" && text(tls, "caCertificates").is_empty() {
        wrong.sure.push(format!("mode {mode} needs the authorities of its clients"));
    }
    let own = [tls.clone()];
    let listed = items(get(tls, "tlsCertificates"));
    for certificate in if listed.is_empty() { &own } else { listed } {
        if text(certificate, "serverCertificate").is_empty() || text(certificate, "privateKey").is_empty() {
            wrong.sure.push(format!("mode {mode} needs a certificate and its key"));
        }
    }
}

/// `validateSidecarOrGatewayHostnamePart`: no partial wildcards, no short names, addresses for a Gateway.
fn host_of_server(host: &str) -> Result<(), String> {
    if is_address(host) {
        return Ok(());
    }
    domain(host)?;
    if host != "*" && host.starts_with('*') && !host.starts_with("*.") {
        return Err(format!("the partial wildcard '{host}' is not allowed"));
    }
    if host != "*" && !host.contains('.') {
        return Err(format!("the short name '{host}' is not allowed"));
    }
    Ok(())
}
