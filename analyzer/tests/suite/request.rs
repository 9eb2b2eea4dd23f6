//! `kubereach request` from outside.

use serde_json::Value;

use crate::program::kubereach;

const WORLD: &str = r"
{apiVersion: v1, kind: Namespace, metadata: {name: shop, uid: n1, labels: {kubernetes.io/metadata.name: shop}}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {name: public, uid: c1}, spec: {controllerName: example.net/gateway-controller}, status: {conditions: [{type: Accepted, status: 'True', reason: Accepted, lastTransitionTime: '2026-01-01T00:00:00Z'}]}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: shop, uid: g1, generation: 1}
spec:
  gatewayClassName: public
  listeners:
  - {name: http, port: 80, protocol: HTTP}
  - {name: alt, port: 8080, protocol: HTTP}
status:
  addresses: [{type: IPAddress, value: 203.0.113.7}]
  conditions:
  - {type: Accepted, status: 'True', reason: Accepted, observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z'}
  - {type: Programmed, status: 'True', reason: Programmed, observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z'}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: shop, uid: r1, generation: 1, creationTimestamp: '2026-01-01T00:00:00Z'}
spec:
  parentRefs: [{name: public}]
  hostnames: [shop.example]
  rules:
  - matches: [{path: {type: PathPrefix, value: /cart}}]
    filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]
    backendRefs: [{name: cart, port: 80}]
  - matches: [{path: {type: Exact, value: /cart/old}}]
    filters: [{type: RequestRedirect, requestRedirect: {path: {type: ReplaceFullPath, replaceFullPath: /cart/new}, statusCode: 301}}]
  - matches: [{path: {type: PathPrefix, value: /gone}}]
    backendRefs: [{name: gone, port: 80}]
status: {parents: [{parentRef: {group: gateway.networking.k8s.io, kind: Gateway, name: public}, controllerName: example.net/gateway-controller, conditions: [{type: Accepted, status: 'True', reason: Accepted, observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z'}]}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: circle, namespace: shop, uid: r2, generation: 1, creationTimestamp: '2026-01-01T00:00:00Z'}
spec:
  parentRefs: [{name: public}]
  hostnames: [circle.example]
  rules:
  - matches: [{path: {type: PathPrefix, value: /}}]
    filters: [{type: RequestRedirect, requestRedirect: {path: {type: ReplaceFullPath, replaceFullPath: /again}}}]
status: {parents: [{parentRef: {group: gateway.networking.k8s.io, kind: Gateway, name: public}, controllerName: example.net/gateway-controller, conditions: [{type: Accepted, status: 'True', reason: Accepted, observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z'}]}]}
---
{apiVersion: v1, kind: Service, metadata: {name: cart, namespace: shop, uid: s1}, spec: {type: ClusterIP, clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7], selector: {app: cart}, ports: [{name: http, port: 80, protocol: TCP, targetPort: 8080}]}, status: {loadBalancer: {}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: cart-1, namespace: shop, uid: p1, labels: {app: cart}}, spec: {containers: [{name: c, image: example/cart:1, ports: [{containerPort: 8080}]}]}, status: {phase: Running, podIP: 10.244.0.1, podIPs: [{ip: 10.244.0.1}], conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: c, ready: true, restartCount: 0, image: example/cart:1, imageID: x, state: {running: {startedAt: '2026-01-01T00:00:00Z'}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: front-1, namespace: shop, uid: p2, labels: {app: front}}, spec: {containers: [{name: c, image: example/front:1}]}, status: {phase: Running, podIP: 10.244.0.2, podIPs: [{ip: 10.244.0.2}], conditions: [{type: Ready, status: 'True'}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: stray-1, namespace: shop, uid: p3, labels: {app: stray}}, spec: {containers: [{name: c, image: example/stray:1}]}, status: {phase: Running, podIP: 10.244.0.3, podIPs: [{ip: 10.244.0.3}], conditions: [{type: Ready, status: 'True'}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: cart-x, namespace: shop, uid: e1, labels: {kubernetes.io/service-name: cart}}
addressType: IPv4
ports: [{name: http, port: 8080, protocol: TCP}]
endpoints: [{addresses: [10.244.0.1], conditions: {ready: true, serving: true, terminating: false}, targetRef: {kind: Pod, namespace: shop, name: cart-1, uid: p1}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: inner, namespace: shop, uid: np1}
spec:
  podSelector: {matchLabels: {app: inner}}
  policyTypes: [Ingress]
  ingress:
  - from: [{podSelector: {matchLabels: {app: front}}}]
---
{apiVersion: v1, kind: Service, metadata: {name: inner, namespace: shop, uid: s2}, spec: {type: ClusterIP, clusterIP: 10.96.0.8, clusterIPs: [10.96.0.8], selector: {app: inner}, ports: [{name: http, port: 80, protocol: TCP, targetPort: 8080}]}, status: {loadBalancer: {}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: inner-1, namespace: shop, uid: p4, labels: {app: inner}}, spec: {containers: [{name: c, image: example/inner:1, ports: [{containerPort: 8080}]}]}, status: {phase: Running, podIP: 10.244.0.4, podIPs: [{ip: 10.244.0.4}], conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: c, ready: true, restartCount: 0, image: example/inner:1, imageID: x, state: {running: {startedAt: '2026-01-01T00:00:00Z'}}}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: inner-x, namespace: shop, uid: e2, labels: {kubernetes.io/service-name: inner}}
addressType: IPv4
ports: [{name: http, port: 8080, protocol: TCP}]
endpoints: [{addresses: [10.244.0.4], conditions: {ready: true, serving: true, terminating: false}, targetRef: {kind: Pod, namespace: shop, name: inner-1, uid: p4}}]
---
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: console, namespace: shop, uid: or1, creationTimestamp: '2026-01-01T00:00:00Z'}
spec:
  host: console.example
  path: /ui
  to: {kind: Service, name: cart, weight: 3}
  alternateBackends: [{kind: Service, name: inner, weight: 1}]
  tls: {termination: edge, insecureEdgeTerminationPolicy: Redirect}
status: {ingress: [{host: console.example, routerName: default, routerCanonicalHostname: router.example, conditions: [{type: Admitted, status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z'}]}]}
---
{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: nginx, uid: ic1}, spec: {controller: k8s.io/ingress-nginx}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: old, namespace: shop, uid: i1, creationTimestamp: '2026-01-01T00:00:00Z'}
spec:
  ingressClassName: nginx
  tls: [{hosts: [old.example], secretName: old-tls}]
  rules:
  - host: old.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: cart, port: {number: 80}}}}]}
status: {loadBalancer: {ingress: [{ip: 203.0.113.9}]}}
";

fn request(args: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = kubereach();
    command.arg("request").args(args).args(["-", "--assume-complete"]);
    command.write_stdin(WORLD).assert()
}

fn text(args: &[&str]) -> String {
    String::from_utf8(request(args).get_output().stdout.clone()).unwrap()
}

fn json(args: &[&str]) -> Value {
    let mut all = args.to_vec();
    all.extend(["--format", "json"]);
    serde_json::from_slice(&request(&all).get_output().stdout).unwrap()
}

/// Answers of a query file, in order.
fn queried(lines: &str) -> Vec<Value> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), lines).unwrap();
    let path = file.path().to_str().unwrap().to_owned();
    let output = request(&["--queries", &path]).code(0);
    let output = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    output.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn exit_codes_tell_through_not_through_and_undecided() {
    request(&["http://shop.example/gone"]).code(1);
    request(&["http://shop.example/nothing"]).code(1);
    request(&["http://circle.example/"]).code(1);
    request(&["http://circle.example/", "--no-follow"]).code(0);
    request(&["http://elsewhere.example/"]).code(4);
    request(&["http://shop.example:99999/"]).code(2);
    request(&["http://shop.example/", "-H", "no colon"]).code(2);
    request(&["http://shop.example/", "--grpc", "nothing"]).code(2);
    request(&["http://shop.example/", "--to", "gateway/nobody"]).code(2);
    request(&["http://inner.shop.svc/", "--from", "shop/front-1"]).code(0);
    request(&["http://inner.shop.svc/", "--from", "shop/stray-1"]).code(1);
    request(&["http://inner.shop.svc:81/", "--from", "shop/front-1"]).code(1);
    request(&["http://nobody.shop.svc/", "--from", "shop/front-1"]).code(1);
    request(&["http://10.96.0.8/", "--from", "shop/front-1"]).code(0);
}

#[test]
fn a_door_is_asked_for_what_its_specs_say() {
    let rows = queried(concat!(
        r#"{"id": "a", "gateway": "shop/public", "protocol": "http", "port": 80, "host": "shop.example", "path": "/cart/1"}"#,
        "\n\n",
        r#"{"id": 2, "gateway": "shop/public", "protocol": "http", "port": 80, "host": "shop.example", "path": "/cart/old"}"#,
        "\n",
        r#"{"id": 3, "gateway": "shop/public", "protocol": "http", "port": 80, "host": "shop.example", "path": "/gone"}"#,
        "\n",
        r#"{"id": 4, "gateway": "shop/public", "protocol": "http", "port": 81, "host": "shop.example", "path": "/"}"#,
        "\n",
        r#"{"id": 5, "gateway": "shop/nobody", "protocol": "http", "port": 80, "host": "shop.example", "path": "/"}"#,
        "\n",
    ));
    let answers: Vec<(&Value, &str)> = rows.iter().map(|r| (&r["id"], r["answer"].as_str().unwrap())).collect();
    let ids: Vec<Value> = vec!["a".into(), 2.into(), 3.into(), 4.into(), 5.into()];
    let words = ["backend", "redirect", "response", "refused", "unknown"];
    assert_eq!(answers, ids.iter().zip(words).collect::<Vec<_>>());
    let first = &rows[0];
    assert_eq!(first["backends"][0]["name"], "cart");
    assert_eq!(first["backends"][0]["weight"], 1);
    assert_eq!(first["door"], "Gateway/shop/public/http");
    assert_eq!((&first["route"], &first["rule"]), (&"HTTPRoute/shop/web".into(), &0.into()));
    assert_eq!(first["changes"][0], "the path becomes /1");
    let redirect = &rows[1]["redirect"];
    assert_eq!((&redirect["host"], &redirect["path"]), (&"shop.example".into(), &"/cart/new".into()));
    assert_eq!((&redirect["port"], &redirect["status"]), (&80.into(), &301.into()));
    assert_eq!(rows[2]["status"], serde_json::json!([500]));
}

#[test]
fn the_exact_path_comes_first_and_the_others_say_why_they_lose() {
    let answer = json(&["http://shop.example/cart/old", "--no-follow", "--explain"]);
    let considered = answer["hops"][0]["answers"][0]["considered"].as_array().unwrap();
    assert_eq!(considered[0]["rule"], 1);
    assert_eq!(considered[0]["why"], "comes first");
    assert_eq!((&considered[1]["rule"], &considered[1]["why"]), (&0.into(), &"loses to a more specific match".into()));
}

#[test]
fn a_circle_is_shown_with_its_members() {
    let answer = json(&["http://circle.example/"]);
    let members = answer["ended"]["loop"]["members"].as_array().unwrap();
    assert_eq!(members.first(), members.last());
    assert_eq!(members[0], "GET http://circle.example/again");
}

#[test]
fn a_request_by_address_needs_the_name_that_is_asked_for() {
    let by_name = json(&["http://203.0.113.7/cart", "-H", "Host: shop.example"]);
    assert_eq!(by_name["hops"][0]["answers"][0]["backends"][0]["name"], "cart");
    let without = json(&["http://203.0.113.7/cart"]);
    assert_eq!(without["hops"][0]["answers"][0]["status"], serde_json::json!([404]));
}

#[test]
fn ingress_nginx_sends_hosts_with_tls_to_https() {
    let answer = json(&["http://old.example/x", "--no-follow"]);
    let redirect = &answer["hops"][0]["answers"][0]["redirect"];
    assert_eq!((&redirect["scheme"], &redirect["status"]), (&"https".into(), &308.into()));
    assert_eq!(redirect["path"], "/x");
}

#[test]
fn the_router_of_openshift_takes_hosts_and_paths_of_routes() {
    let first = |args: &[&str]| json(args)["hops"][0]["answers"][0].clone();
    let plain = first(&["http://console.example/ui/x", "--no-follow"]);
    assert_eq!((&plain["answer"], &plain["redirect"]["scheme"]), (&"redirect".into(), &"https".into()));
    let secure = first(&["https://console.example/ui/x"]);
    let weights: Vec<(&Value, &Value)> =
        secure["backends"].as_array().unwrap().iter().map(|b| (&b["name"], &b["weight"])).collect();
    assert_eq!(weights, [(&"cart".into(), &3.into()), (&"inner".into(), &1.into())]);
    assert_eq!(secure["route"], "Route/shop/console");
    let other = first(&["https://console.example/other"]);
    assert_eq!((&other["answer"], &other["status"]), (&"response".into(), &serde_json::json!([503])));
}

#[test]
fn the_routing_table_names_every_host_and_match() {
    let rows = json(&["--all"])["rows"].clone();
    let row = rows.as_array().unwrap().iter().find(|row| row["matches"] == "/gone").unwrap().clone();
    assert_eq!((&row["host"], &row["config"]), (&"shop.example".into(), &"blocked".into()));
    let csv = text(&["--all", "--format", "csv"]);
    assert!(csv.starts_with("host,match,backend,config,route,listener,verdict\n"), "{csv}");
    assert!(csv.contains("shop.example,/cart,Service shop/cart:80,open,HTTPRoute/shop/web,"), "{csv}");
    request(&["http://shop.example/", "--format", "csv"]).code(2);
}

#[test]
fn the_story_in_text() {
    insta::assert_snapshot!(text(&["http://shop.example/cart/old", "--explain"]));
    insta::assert_snapshot!(text(&["http://circle.example/"]));
    insta::assert_snapshot!(text(&["http://shop.example/gone", "--format", "markdown"]));
    insta::assert_snapshot!(text(&["http://inner.shop.svc/", "--from", "shop/stray-1"]));
}

/// Requests, and whether the page decides them.
const TRIED: &[(&str, bool)] = &[
    ("http://shop.example/", true),
    ("http://shop.example/cart", true),
    ("shop.example/cart/1/2", true),
    ("http://shop.example/carts", true),
    ("http://shop.example/cart/old", true),
    ("http://shop.example/cart/old/x", true),
    ("http://shop.example:80/gone/x?a=b", true),
    ("http://SHOP.example/gone", true),
    ("https://shop.example/cart", true),
    ("http://circle.example/any/path", true),
    ("http://circle.example/again", true),
    ("http://old.example/x/y", true),
    ("http://old.example/", true),
    ("https://old.example/x", true),
    ("http://console.example/ui/x", true),
    ("https://console.example/ui", true),
    ("https://console.example/uix", true),
    ("https://console.example/other", true),
    ("http://shop.example//double", true),
    ("http://pattern.example/a", false),
    ("http://elsewhere.example/", false),
    ("http://shop.example:8080/cart", false),
    ("tcp://shop.example:80", false),
    ("", false),
];

/// An Ingress whose paths are patterns.
const PATTERN: &str = r"
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: pattern, namespace: shop, uid: i2, creationTimestamp: '2026-01-01T00:00:00Z', annotations: {nginx.ingress.kubernetes.io/use-regex: 'true'}}
spec:
  ingressClassName: nginx
  rules:
  - host: pattern.example
    http: {paths: [{path: '/[a-z]+', pathType: ImplementationSpecific, backend: {service: {name: cart, port: {number: 80}}}}]}
status: {loadBalancer: {ingress: [{ip: 203.0.113.9}]}}
";

#[test]
fn the_form_of_the_page_answers_as_the_program_does() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/browser");
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    let there = std::path::Path::new(&chromium).exists() && folder.join("node_modules/playwright-core").exists();
    if !there {
        assert!(std::env::var_os("KUBEREACH_REQUIRE_BROWSER").is_none(), "no Chromium or no modules");
        println!(
            "SKIPPED: the form was not tried in a browser: apt-get install chromium, npm ci --prefix tests/browser"
        );
        return;
    }
    let made = tempfile::tempdir().unwrap();
    let (html, world) = (made.path().join("report.html"), made.path().join("world.yaml"));
    std::fs::write(&world, format!("{WORLD}{PATTERN}")).unwrap();
    let world = world.to_str().unwrap();
    kubereach()
        .args(["check", world, "--assume-complete", "--fail-on", "never", "--format", "json", "-o"])
        .arg(&html)
        .assert()
        .code(0);
    let line = |url: &str| -> String {
        let output = kubereach().args(["request", url, world, "--assume-complete", "--no-follow"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let told = text.lines().map(str::trim).find(|line| line.starts_with(['✓', '→', '✗', '?']));
        let (mark, rest) = told.unwrap_or_else(|| panic!("{url}: {text}")).split_once(' ').unwrap();
        format!("{mark} {}", rest.trim())
    };
    let cases: Vec<Value> = TRIED
        .iter()
        .map(|(url, decides)| serde_json::json!({"url": url, "line": decides.then(|| line(url))}))
        .collect();
    let file = made.path().join("cases.json");
    std::fs::write(&file, serde_json::to_vec(&cases).unwrap()).unwrap();
    let run = std::process::Command::new("node")
        .args(["--test", "request.test.mjs"])
        .current_dir(&folder)
        .env("KUBEREACH_REQUEST_HTML", &html)
        .env("KUBEREACH_REQUEST_CASES", &file)
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{err}");
    assert!(!out.contains("no report to try"), "{out}");
}

#[test]
fn a_change_says_which_requests_get_another_answer() {
    let made = tempfile::tempdir().unwrap();
    let (before, after) = (made.path().join("before.yaml"), made.path().join("after.yaml"));
    std::fs::write(&before, WORLD).unwrap();
    let moved = WORLD
        .replace(
            "value: /gone}}]\n    backendRefs: [{name: gone, port: 80}]",
            "value: /gone}}]\n    backendRefs: [{name: cart, port: 80}]",
        )
        .replace("host: old.example\n", "host: new.example\n");
    assert_ne!(moved, WORLD);
    std::fs::write(&after, &moved).unwrap();
    let run = |before: &std::path::Path, after: &std::path::Path| -> Value {
        let output = kubereach()
            .arg("diff")
            .args([before, after])
            .args(["--assume-complete", "--fail-on", "never", "--format", "json"])
            .output()
            .unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let report = run(&before, &after);
    let rows = report["change"]["requests"].as_array().unwrap();
    let row = |host: &str, path: &str| {
        let found = rows.iter().find(|row| row["host"] == host && row["path"] == path);
        found.unwrap_or_else(|| panic!("{host}{path}: {rows:#?}")).clone()
    };
    let gone = row("shop.example", "/gone");
    assert_eq!((&gone["before"]["answer"], &gone["after"]["answer"]), (&"response".into(), &"backend".into()));
    assert_eq!(gone["match"], "this path and below");
    assert_eq!(gone["after"]["line"], "an application answers: Service shop/cart:80");
    assert!(!rows.iter().any(|row| row["path"] == "/cart"), "{rows:#?}");
    assert_eq!(row("old.example", "/")["after"]["line"], "no door that was read takes it");
    // What a Gateway does with a name that nothing declares cannot be told, so that nothing is said of it.
    assert!(rows.iter().all(|row| row["host"] != "new.example"), "{rows:#?}");
    // The same in the other direction, and nothing of a world beside itself.
    let back = run(&after, &before);
    let back = back["change"]["requests"].as_array().unwrap().clone();
    assert!(back.iter().any(|row| row["path"] == "/gone" && row["after"]["answer"] == "response"), "{back:#?}");
    let same = made.path().join("same.yaml");
    std::fs::write(&same, WORLD).unwrap();
    assert!(run(&before, &same)["change"].get("requests").is_none());
    let text =
        kubereach().arg("diff").args([&before, &after]).args(["--assume-complete", "--fail-on", "never"]).output();
    let text = String::from_utf8(text.unwrap().stdout).unwrap();
    assert!(text.contains("GET http://shop.example/gone (this path and below)"), "{text}");
}
