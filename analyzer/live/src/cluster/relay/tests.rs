//! The table row by row, and the paths.

use std::collections::BTreeSet;

use kubereach_prober::class::Class;
use kubereach_prober::plan::{Relay, Span, Target};
use kubereach_prober::words::{HttpVersion, Method, Outcome, Protocol, RelayedResource, Segment};

use super::place::place;
use super::table::{CAUSES, Came, Form, SIGNATURES, TABLE, own_word};

fn status(code: u16, message: &str, kind: &str, name: &str) -> String {
    serde_json::json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code,
        "details": {"kind": kind, "name": name}})
    .to_string()
}

fn word(code: u16, body: &str) -> Option<Class> {
    own_word(Came { status: code, body, name: "web" }).map(|(class, _)| class)
}

#[test]
fn every_row_decides_in_its_form_and_no_application_is_taken_for_the_api_server() {
    let mut used = BTreeSet::new();
    for (index, row) in TABLE.iter().enumerate() {
        let text = row.holds.join(" 7 ");
        for code in row.statuses {
            let body = status(*code, &text, "services", "web");
            assert_eq!(word(*code, &body), Some(row.class), "row {index}, {code}");
            used.insert(index);
            let plain = word(*code, &text);
            match row.form {
                Form::Any => assert_eq!(plain, Some(row.class), "row {index}"),
                Form::Status | Form::OfObject => assert_eq!(plain, None, "row {index}: an application's own words"),
            }
            if row.form == Form::OfObject {
                let other = status(*code, &text, "services", "other");
                assert_eq!(word(*code, &other), None, "row {index}: about another object");
                assert_eq!(word(*code, &status(*code, &text, "widgets", "web")), None, "row {index}");
            }
            assert_eq!(word(200, &body), None, "row {index}: a success is the target's own");
        }
    }
    assert_eq!(used.len(), TABLE.len());
}

#[test]
fn what_only_the_api_server_says_of_a_5xx_is_classed_by_its_cause() {
    for signature in SIGNATURES {
        for (text, class) in CAUSES {
            for code in [500, 502, 503, 504] {
                let body = status(code, &format!("{signature}: dial tcp 10.0.0.7:8080: {text}"), "", "");
                assert_eq!(word(code, &body), Some(*class), "{signature}: {text}");
                assert!(!class.could_not_run(), "{text}");
            }
        }
        assert_eq!(word(503, &status(503, &format!("{signature}: so it goes"), "", "")), Some(Class::TcpError));
        assert_eq!(word(400, &status(400, signature, "", "")), None);
    }
    // An application's own 503 is an answer, whatever it says of its own connections.
    for body in ["connection refused", "{\"error\": \"i/o timeout\"}", "", "<h1>503</h1>"] {
        assert_eq!(word(503, body), None, "{body}");
    }
    // The order counts: no agent comes before the signature it is wrapped in.
    let agent = status(503, "error trying to reach service: No agent available", "", "");
    assert_eq!(word(503, &agent), Some(Class::NorunVantage));
}

#[test]
fn no_row_says_more_than_that_the_control_plane_does_not_get_there() {
    let classes = TABLE.iter().map(|row| row.class).chain(CAUSES.iter().map(|(_, class)| *class));
    for class in classes {
        assert!(matches!(class.outcome(), Outcome::NotTested | Outcome::Unreachable | Outcome::ServerError), "{class}");
    }
}

fn dial(protocol: Protocol, resource: RelayedResource, port: &str) -> Target {
    let mut target = Target::new("p", Span::new(Segment::Service, Segment::Port), protocol);
    let relay = Relay { resource, namespace: "shop".to_owned(), name: "web".to_owned(), port: port.to_owned() };
    target.relay = Some(relay);
    target
}

#[test]
fn the_path_is_the_one_the_api_server_reads() {
    let url = |target: &Target| place(target).map(|place| place.url().to_owned());
    let service = dial(Protocol::Http, RelayedResource::Services, "80");
    assert_eq!(url(&service).unwrap(), "/api/v1/namespaces/shop/services/web:80/proxy/");
    let mut named = dial(Protocol::Https, RelayedResource::Services, "https-web");
    named.path = Some("/healthz?full=1".to_owned());
    assert_eq!(url(&named).unwrap(), "/api/v1/namespaces/shop/services/https:web:https-web/proxy/healthz?full=1");
    let pod = dial(Protocol::Http, RelayedResource::Pods, "8080");
    assert_eq!(url(&pod).unwrap(), "/api/v1/namespaces/shop/pods/web:8080/proxy/");
    assert!(!place(&pod).unwrap().altered);
    // What does not arrive byte for byte is a guess.
    for path in ["/a%20b", "/a//b"] {
        let target = Target { path: Some(path.to_owned()), ..service.clone() };
        assert!(place(&target).unwrap().altered, "{path}");
    }
}

#[test]
fn nothing_else_is_relayed() {
    let class = |target: &Target| place(target).unwrap_err().0;
    let http = dial(Protocol::Http, RelayedResource::Services, "80");
    for protocol in Protocol::ALL.iter().filter(|p| !matches!(p, Protocol::Http | Protocol::Https)) {
        assert_eq!(class(&dial(*protocol, RelayedResource::Services, "80")), Class::NorunProtocol, "{protocol}");
    }
    assert_eq!(class(&Target { http: HttpVersion::Http2, ..http.clone() }), Class::NorunProtocol);
    assert_eq!(class(&Target { method: Method::Options, ..http.clone() }), Class::NorunTarget);
    assert!(place(&Target { method: Method::Head, ..http.clone() }).unwrap().is_head());
    let headers = [("x-canary".to_owned(), "1".to_owned())].into();
    assert_eq!(class(&Target { headers, ..http.clone() }), Class::NorunTarget);
    assert_eq!(class(&Target { relay: None, ..http.clone() }), Class::NorunVantage);
    let front = Span::new(Segment::Address, Segment::Port);
    assert_eq!(class(&Target { span: front, ..http.clone() }), Class::NorunVantage);
    for path in [
        "/../../../../secrets/x",
        "/%2e%2e/x",
        "/a/%2E%2e%2fx",
        "/..%2f..",
        "/%252e%252e/x",
        "/%25252e%25252e/x",
        "/a/./b",
        "/..\\x",
        "/a b",
        "/a#b",
        "/\u{1b}",
    ] {
        assert_eq!(class(&Target { path: Some(path.to_owned()), ..http.clone() }), Class::NorunTarget, "{path}");
    }
    for (namespace, name, port) in [
        ("shop", "web/../x", "80"),
        ("shop", "..", "80"),
        ("..", "web", "80"),
        ("shop", "web", "80/proxy"),
        ("shop", "", "80"),
        ("shop", "web", ""),
        ("shop", "Web", "80"),
        ("shop", "https:web", "80"),
    ] {
        let relay = Relay {
            resource: RelayedResource::Services,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            port: port.to_owned(),
        };
        let target = Target { relay: Some(relay), ..http.clone() };
        assert_eq!(class(&target), Class::NorunTarget, "{namespace}/{name}:{port}");
    }
    assert_eq!(class(&dial(Protocol::Http, RelayedResource::Pods, "http")), Class::NorunTarget);
}
