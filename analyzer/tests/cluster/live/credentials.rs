//! Certificates, credential plugins and proxies, over real sockets and as a kubeconfig has them.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kubereach_intake::progress::Silent;
use kubereach_intake::{Intake, IntakeOptions};
use kubereach_live::cluster::{self, Ask, ReadError, Target};

use super::kit::{ask, shop};
use crate::api::{Authority, Cluster, Secured};
use crate::program::program;

fn served() -> Secured {
    Cluster::new(shop()).start_tls(&["127.0.0.1"])
}

fn read(kubeconfig: PathBuf, ask: &Ask) -> Result<Intake, ReadError> {
    let target = Target { kubeconfig: Some(kubeconfig), ..Target::default() };
    cluster::read(&target, ask, &IntakeOptions::default(), Box::new(Silent))
}

fn objects(intake: &Intake) -> usize {
    intake.inputs.iter().map(|input| input.objects).sum()
}

/// A credential plugin: a script in the folder of the server.
fn plugin(folder: &Path, name: &str, script: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}

fn exec(path: &Path) -> String {
    format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: \"{}\", args: [--token-for, hunter2], \
         env: [{{name: PLUGIN_SECRET, value: swordfish}}], interactiveMode: Never, provideClusterInfo: true}}}}",
        path.display()
    )
}

#[test]
fn a_client_certificate_says_who_asks() {
    let server = served();
    let (certificate, key) = server.authority.client("admin");
    let encode = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    let user = format!("{{client-certificate-data: {}, client-key-data: {}}}", encode(&certificate), encode(&key));
    let intake = read(server.kubeconfig("data", &server.trust(), &user), &ask()).unwrap();
    assert!(objects(&intake) > 6);
    // The same from files beside the kubeconfig.
    std::fs::write(server.api.folder().join("c.pem"), certificate).unwrap();
    std::fs::write(server.api.folder().join("k.pem"), key).unwrap();
    let files = "{client-certificate: c.pem, client-key: k.pem}";
    let intake = read(server.kubeconfig("files", &server.trust(), files), &ask()).unwrap();
    assert!(objects(&intake) > 6);
    // A certificate of a person who may not do anything.
    let (certificate, key) = server.authority.client("stranger");
    let user = format!("{{client-certificate-data: {}, client-key-data: {}}}", encode(&certificate), encode(&key));
    let error = read(server.kubeconfig("stranger", &server.trust(), &user), &ask()).unwrap_err().to_string();
    assert!(error.contains("401"), "{error}");
}

#[test]
fn a_server_that_cannot_prove_itself_is_not_read() {
    let server = served();
    let quick = Ask { timeout: Duration::from_secs(5), ..ask() };
    let user = "{token: admin}";
    let other = format!("certificate-authority-data: {}", Authority::new().data());
    let error = read(server.kubeconfig("other", &other, user), &quick).unwrap_err().to_string();
    assert!(error.to_lowercase().contains("certificate"), "{error}");
    let name = format!("{}, tls-server-name: elsewhere.example", server.trust());
    let error = read(server.kubeconfig("name", &name, user), &quick).unwrap_err().to_string();
    assert!(error.to_lowercase().contains("certificate"), "{error}");
    assert_eq!(server.api.log().len(), 0, "something was sent to a server that was not proved");
    // What the kubeconfig says goes.
    read(server.kubeconfig("blind", "insecure-skip-tls-verify: true", user), &ask()).unwrap();
    read(server.kubeconfig("right", &format!("{}, tls-server-name: 127.0.0.1", server.trust()), user), &ask()).unwrap();
}

#[test]
fn a_credential_plugin_gives_the_token() {
    let server = served();
    let folder = server.api.folder();
    let script = format!(
        "echo \"$PLUGIN_SECRET $1 $KUBERNETES_EXEC_INFO\" >> {}/calls\n\
         echo '{{\"apiVersion\": \"client.authentication.k8s.io/v1\", \"kind\": \"ExecCredential\", \
         \"status\": {{\"token\": \"admin\"}}}}'",
        folder.display()
    );
    let user = exec(&plugin(folder, "good", &script));
    let intake = read(server.kubeconfig("exec", &server.trust(), &user), &ask()).unwrap();
    assert!(objects(&intake) > 6);
    let calls = std::fs::read_to_string(folder.join("calls")).unwrap();
    assert!(calls.starts_with("swordfish --token-for "), "{calls}");
    assert!(calls.contains("\"kind\":\"ExecCredential\"") && calls.contains("127.0.0.1"), "{calls}");
    assert!(server.api.log().iter().all(|r| r.header("authorization") == "Bearer admin"));
}

#[test]
fn a_credential_plugin_gives_a_certificate() {
    let server = served();
    let (certificate, key) = server.authority.client("admin");
    let credential = serde_json::json!({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
        "status": {"clientCertificateData": certificate, "clientKeyData": key}});
    let folder = server.api.folder();
    std::fs::write(folder.join("credential.json"), credential.to_string()).unwrap();
    let script = plugin(folder, "certificate", &format!("cat {}/credential.json", folder.display()));
    let intake = read(server.kubeconfig("cert", &server.trust(), &exec(&script)), &ask()).unwrap();
    assert!(objects(&intake) > 6);
}

#[test]
fn a_token_that_ran_out_is_fetched_again() {
    let server = served();
    let folder = server.api.folder();
    let script = format!(
        "echo called >> {}/calls\n\
         echo '{{\"apiVersion\": \"client.authentication.k8s.io/v1\", \"kind\": \"ExecCredential\", \
         \"status\": {{\"token\": \"admin\", \"expirationTimestamp\": \"2020-01-01T00:00:00Z\"}}}}'",
        folder.display()
    );
    let user = exec(&plugin(folder, "expiring", &script));
    read(server.kubeconfig("expiring", &server.trust(), &user), &ask()).unwrap();
    let calls = std::fs::read_to_string(folder.join("calls")).unwrap().lines().count();
    assert!(calls > 1, "{calls}");
}

#[test]
fn a_credential_plugin_that_fails_is_quoted_without_its_secrets() {
    let server = served();
    let folder = server.api.folder();
    let secret = |error: &str| ["hunter2", "swordfish", "topsecret"].iter().any(|word| error.contains(word));
    let quick = Ask { timeout: Duration::from_secs(3), ..ask() };
    for (name, script, says) in [
        ("failing", "echo topsecret; echo 'the session expired: log in again' >&2; exit 7", "the session expired"),
        ("silent", "echo topsecret; exit 7", "exit status: 7"),
        ("babbling", "echo 'topsecret: ['", "no ExecCredential"),
        ("hanging", "exec sleep 30", "in time"),
    ] {
        let user = exec(&plugin(folder, name, script));
        let begun = Instant::now();
        let error = read(server.kubeconfig(name, &server.trust(), &user), &quick).unwrap_err().to_string();
        assert!(error.contains(says), "{name}: {error}");
        assert!(!secret(&error), "{name}: {error}");
        assert!(begun.elapsed() < Duration::from_secs(25), "{name}");
    }
    let missing = exec(&folder.join("not-there"));
    let error = read(server.kubeconfig("missing", &server.trust(), &missing), &quick).unwrap_err().to_string();
    assert!(error.contains("could not be started") && !secret(&error), "{error}");
}

/// A proxy that takes CONNECT and counts.
fn proxy() -> (std::net::SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let tunnels = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tunnels);
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let count = Arc::clone(&count);
            std::thread::spawn(move || {
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte).unwrap_or(0) == 1 {
                    head.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                let Some(place) = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()) else { return };
                let mut server = TcpStream::connect(place).unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
                let (mut up, mut down) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut up, &mut down));
                let _ = std::io::copy(&mut server, &mut client);
            });
        }
    });
    (address, tunnels)
}

#[test]
fn a_proxy_of_the_kubeconfig_is_used() {
    let server = served();
    let (address, tunnels) = proxy();
    let cluster = format!("{}, proxy-url: \"http://{address}\"", server.trust());
    read(server.kubeconfig("proxy", &cluster, "{token: admin}"), &ask()).unwrap();
    assert!(tunnels.load(Ordering::SeqCst) > 0);
}

#[test]
fn proxies_of_the_environment_are_used_except_where_it_says_not_to() {
    let server = served();
    let (address, tunnels) = proxy();
    let kubeconfig = server.kubeconfig("env", &server.trust(), "{token: admin}");
    let run = |no_proxy: &str| {
        let mut command = program();
        command.args(["check", "--live", "--kubeconfig"]).arg(&kubeconfig);
        command.env("HTTPS_PROXY", format!("http://{address}")).env("NO_PROXY", no_proxy);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        tunnels.swap(0, Ordering::SeqCst)
    };
    assert!(run("") > 0);
    assert_eq!(run("127.0.0.1"), 0);
}
