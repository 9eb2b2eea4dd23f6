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
use crate::api::{Authority, Cluster, Fault, Secured};
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
                // Whatever the name, the port is that of a server of these tests.
                let port = place.rsplit_once(':').map_or("443", |(_, port)| port);
                let mut server = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
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
fn proxies_of_the_environment_are_used_except_where_it_says_not_to_and_never_for_loopback() {
    let server = served();
    let (address, tunnels) = proxy();
    let own = server.kubeconfig("env", &server.trust(), "{token: admin}");
    // A name that only the proxy leads to.
    let text = std::fs::read_to_string(&own).unwrap().replace("https://127.0.0.1:", "https://api.cluster.example:");
    let named = own.with_file_name("named");
    std::fs::write(&named, text.replace("server: ", "tls-server-name: 127.0.0.1, server: ")).unwrap();
    let run = |kubeconfig: &Path, no_proxy: &str| {
        let mut command = program();
        command.args(["check", "--live", "--timeout", "5s", "--kubeconfig"]).arg(kubeconfig);
        command.env("HTTPS_PROXY", format!("http://{address}")).env("NO_PROXY", no_proxy);
        let output = command.output().unwrap();
        (output.status.code(), tunnels.swap(0, Ordering::SeqCst))
    };
    let (code, used) = run(&named, "");
    assert!(code == Some(0) && used > 0, "{code:?} {used}");
    assert_eq!(run(&named, "other.example,.cluster.example").1, 0);
    assert_eq!(run(&own, ""), (Some(0), 0));
}

#[test]
fn a_kubeconfig_that_was_named_is_the_only_one_that_counts() {
    let server = served();
    let good = server.kubeconfig("good", &server.trust(), "{token: admin}");
    let gone = good.with_file_name("gone");
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".kube")).unwrap();
    std::fs::copy(&good, home.path().join(".kube/config")).unwrap();
    let run = |arguments: &[&std::ffi::OsStr], variable: &str| {
        let mut command = program();
        command.args(["check", "--live", "--timeout", "5s"]).args(arguments).env("HOME", home.path());
        if !variable.is_empty() {
            command.env("KUBECONFIG", variable);
        }
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(run(&[], "").0, Some(0), "the one at home");
    let (code, said) = run(&["--kubeconfig".as_ref(), gone.as_os_str()], "");
    assert!(code == Some(3) && said.contains("gone does not exist"), "{said}");
    let (code, said) = run(&[], &gone.display().to_string());
    assert!(code == Some(3) && said.contains("no such file exists"), "{said}");
    let (code, said) = run(&["--context".as_ref(), "elsewhere".as_ref()], "");
    assert!(code == Some(3) && said.contains("no context 'elsewhere'"), "{said}");
    // Of a list those that exist count.
    let list = format!("{}:{}::", gone.display(), good.display());
    assert_eq!(run(&[], &list).0, Some(0));
    // One that is there and cannot be read is an error too.
    std::fs::write(&gone, "clusters: {{").unwrap();
    assert_eq!(run(&[], &list).0, Some(3));
    std::fs::write(home.path().join(".kube/config"), "clusters: {{").unwrap();
    assert_eq!(run(&[], "").0, Some(3));
}

#[test]
fn what_is_no_api_server_is_said_to_be_that_and_a_wrong_certificate_is_not_asked_again() {
    let server = served();
    let other = format!("certificate-authority-data: {}", Authority::new().data());
    let begun = Instant::now();
    let error = read(server.kubeconfig("wrong", &other, "{token: admin}"), &ask()).unwrap_err().to_string();
    assert!(error.contains("its certificate is not trusted"), "{error}");
    assert!(begun.elapsed() < Duration::from_millis(2_500), "{:?}", begun.elapsed());
    for (body, says) in [
        ("{\"hello\":1}", "JSON of another kind"),
        ("<html>Log in</html>", "a page of HTML"),
        ("", "with nothing"),
        ("hello", "something else than JSON"),
    ] {
        let answers = Fault::ThirdParty(200, vec![("content-type", "text/plain")], body);
        let api = Cluster::new(shop()).trouble("/", answers, 100_000).start();
        let target = Target { kubeconfig: Some(api.kubeconfig("admin")), ..Target::default() };
        let error =
            cluster::read(&target, &ask(), &IntakeOptions::default(), Box::new(Silent)).unwrap_err().to_string();
        assert!(error.contains("no Kubernetes API server") && error.contains(says), "{body}: {error}");
    }
}

#[test]
fn the_hint_of_a_plugin_that_is_not_installed_is_shown() {
    let server = served();
    let user = "{exec: {apiVersion: client.authentication.k8s.io/v1, command: not-installed-anywhere, interactiveMode: Never, \
                installHint: 'Install it from https://plugins.example/'}}";
    let error = read(server.kubeconfig("hint", &server.trust(), user), &ask()).unwrap_err().to_string();
    assert!(
        error.contains("could not be started") && error.contains("Install it from https://plugins.example/"),
        "{error}"
    );
}
