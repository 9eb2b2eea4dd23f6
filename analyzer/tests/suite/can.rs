//! `kubereach can` from outside.

use std::fmt::Write as _;

use serde_json::Value;

use crate::program::kubereach;

const WORLD: &str = r"
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {kubernetes.io/metadata.name: shop}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: lab, labels: {kubernetes.io/metadata.name: lab}}}
---
{apiVersion: v1, kind: Service, metadata: {name: cart, namespace: shop, uid: u1}, spec: {type: ClusterIP, clusterIP: 10.96.0.7, selector: {app: cart}, ports: [{name: http, port: 80, targetPort: web}, {name: metrics, port: 9090, targetPort: 9090}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: cart-1, namespace: shop, uid: u2, labels: {app: cart}}, spec: {containers: [{name: c, ports: [{name: web, containerPort: 8080}]}]}, status: {phase: Running, podIP: 10.244.0.1, podIPs: [{ip: 10.244.0.1}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: cart-2, namespace: shop, uid: u3, labels: {app: cart}}, spec: {containers: [{name: c, ports: [{name: web, containerPort: 8080}]}]}, status: {phase: Running, podIP: 10.244.0.2, podIPs: [{ip: 10.244.0.2}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: front-1, namespace: shop, uid: u4, labels: {app: front}}, spec: {containers: [{name: c}]}, status: {phase: Running, podIP: 10.244.0.3, podIPs: [{ip: 10.244.0.3}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: stray-1, namespace: lab, uid: u5, labels: {app: front}}, spec: {containers: [{name: c}]}, status: {phase: Running, podIP: 10.244.1.4, podIPs: [{ip: 10.244.1.4}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: cart, namespace: shop, uid: u6}
spec:
  podSelector: {matchLabels: {app: cart}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from: [{podSelector: {matchLabels: {app: front}}}]
    ports: [{port: web}]
  egress:
  - to: [{ipBlock: {cidr: 198.51.100.0/24, except: [198.51.100.7/32]}}]
";

fn can(args: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = kubereach();
    command.args(["can", "-n", "shop"]).args(args).args(["-", "--assume-complete"]);
    command.write_stdin(WORLD).assert()
}

fn json(args: &[&str]) -> Value {
    let mut all = args.to_vec();
    all.extend(["--format", "json"]);
    serde_json::from_slice(&can(&all).get_output().stdout).unwrap()
}

#[test]
fn exit_codes_tell_allowed_denied_and_undecided() {
    can(&["pod/front-1", "service/cart:80"]).code(0);
    can(&["lab/stray-1", "service/cart:80"]).code(1);
    // Neither the pod of this address nor the address outside is known.
    can(&["10.244.9.9", "service/cart:80"]).code(4);
    can(&["service/cart", "service/cart:80"]).code(2);
    can(&["pod/nobody", "service/cart:80"]).code(2);
    can(&["pod/front-1", "service/cart:81"]).code(2);
}

#[test]
fn a_service_port_becomes_the_port_of_each_pod() {
    let row = &json(&["pod/front-1", "service/cart:http"])["rows"][0];
    assert_eq!((row["answer"].as_str(), row["port"].as_u64()), (Some("allowed"), Some(8080)));
    assert_eq!(row["to_all"].as_array().map(Vec::len), Some(2), "equal pods are one row: {row}");
    let row = &json(&["pod/front-1", "service/cart:metrics"])["rows"][0];
    assert_eq!((row["answer"].as_str(), row["port"].as_u64()), (Some("denied"), Some(9090)));
}

#[test]
fn a_port_is_a_number_in_range_or_a_name_the_pods_declare() {
    can(&["pod/front-1", "pod/cart-1:web"]).code(0);
    for port in ["99999", "0", "nope"] {
        can(&["pod/front-1", &format!("pod/cart-1:{port}")]).code(2);
    }
    // One answer for all ports is no yes and no no.
    can(&["pod/front-1", "pod/cart-1"]).code(4);
    assert_eq!(json(&["pod/front-1", "pod/cart-1", "--protocol", "TCP"])["rows"][0]["answer"], "partly");
}

#[test]
fn the_cluster_address_of_a_service_stands_for_its_pods() {
    let row = &json(&["pod/front-1", "10.96.0.7:80"])["rows"][0];
    assert_eq!((row["answer"].as_str(), row["port"].as_u64()), (Some("allowed"), Some(8080)));
    can(&["10.96.0.7", "pod/cart-1:8080"]).code(2);
}

#[test]
fn a_forgotten_namespace_is_pointed_out() {
    let out = can(&["pod/stray-1", "service/cart:80"]).code(2);
    let text = String::from_utf8(out.get_output().stderr.clone()).unwrap();
    assert!(text.contains("-n lab"), "{text}");
}

#[test]
fn what_is_left_of_a_range_is_printed_as_cidrs() {
    let row = &json(&["pod/cart-1", "external:443"])["rows"][0];
    let allowed: Vec<&str> =
        row["addresses"][0]["allowed"].as_array().unwrap().iter().map(|cidr| cidr.as_str().unwrap()).collect();
    assert_eq!(allowed[..3], ["198.51.100.0/30", "198.51.100.4/31", "198.51.100.6/32"]);
    assert_eq!(allowed.len(), 8, "one CIDR per bit that the hole fixes: {allowed:?}");
    assert_eq!(row["addresses"][1]["denied"], serde_json::json!(["::/0"]));
    let text = can(&["pod/cart-1", "external:443"]).code(4).get_output().stdout.clone();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("IPv4 allowed: 198.51.100.0/30, ") && text.contains("IPv4 denied: all other"), "{text}");
}

#[test]
fn a_matrix_tells_its_reasons_when_asked() {
    let rows = json(&["--from-all", "service/cart:80", "--explain"]);
    let reasons = rows["rows"].as_array().unwrap().iter().flat_map(|row| row["because"].as_array().unwrap());
    let mut admitting = reasons.filter(|because| because["says"] == "admits");
    assert_eq!(admitting.next().unwrap()["location"]["line"], 23);
    assert_eq!(rows["enforcement"]["state"], "unknown");
    assert!(json(&["--from-all", "service/cart:80"])["rows"][0].get("because").is_none());
}

#[test]
fn the_deciding_policy_and_its_place_are_named() {
    let row = &json(&["pod/front-1", "service/cart:80"])["rows"][0];
    let because = &row["because"][0];
    assert_eq!(because["policy"], "NetworkPolicy/shop/cart");
    assert_eq!((&because["says"], because["rule"].as_u64()), (&Value::from("admits"), Some(0)));
    assert_eq!(because["location"]["line"], 23, "{because}");
    let row = &json(&["lab/stray-1", "pod/cart-1:8080"])["rows"][0];
    assert_eq!((&row["ingress"], &row["egress"]), (&Value::from("denied"), &Value::from("allowed")));
    assert!(row["assumptions"].as_array().unwrap().iter().any(|a| a["id"] == "policies-enforced"), "{row}");
}

#[test]
fn sets_of_ports_and_addresses_are_exact() {
    let row = &json(&["pod/front-1", "pod/cart-1", "--protocol", "TCP"])["rows"][0];
    assert_eq!(
        (&row["ports"][0]["allowed"], &row["ports"][0]["denied"]),
        (&Value::from("8080"), &Value::from("1-8079, 8081-65535"))
    );
    can(&["pod/cart-1", "198.51.100.6:443"]).code(0);
    can(&["pod/cart-1", "198.51.100.7:443"]).code(1);
    can(&["pod/cart-1", "[2001:db8::1]:443"]).code(1);
}

#[test]
fn a_query_file_is_answered_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("q.jsonl");
    let mut lines = String::new();
    for (id, from, to, port) in [
        (1, "shop/front-1", "shop/cart-1", 8080),
        (2, "lab/stray-1", "shop/cart-1", 8080),
        (3, "shop/cart-1", "198.51.100.9", 5432),
        (4, "shop/nobody", "shop/cart-1", 8080),
        (5, "shop/cart-1", "shop/cart-1", 1),
    ] {
        writeln!(lines, r#"{{"id":{id},"from":"{from}","to":"{to}","protocol":"TCP","port":{port}}}"#).unwrap();
    }
    std::fs::write(&file, lines).unwrap();
    let out = can(&["--queries", file.to_str().unwrap()]).code(0);
    let answers: Vec<Value> = out
        .get_output()
        .stdout
        .split(|b| *b == b'\n')
        .filter(|l| !l.is_empty())
        .map(|l| serde_json::from_slice(l).unwrap())
        .collect();
    let words: Vec<_> = answers.iter().map(|a| (a["id"].as_u64().unwrap(), a["answer"].as_str().unwrap())).collect();
    assert_eq!(words, [(1, "allowed"), (2, "denied"), (3, "allowed"), (4, "unknown"), (5, "allowed")]);
}

#[test]
fn a_question_may_say_what_the_connection_carries() {
    let request = ["--method", "GET", "--path", "/a", "--host", "cart", "--header", "X-Team: shop", "--principal", "p"];
    let question = ["pod/front-1", "pod/cart-1:8080"];
    // Network policies do not look at it.
    can(&[&question[..], &request[..]].concat()).code(0);
    can(&[&question[..], &["--header", "nothing"]].concat()).code(2);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("q.jsonl");
    let asked = r#"{"id":1,"from":"shop/front-1","to":"shop/cart-1","port":8080,"method":"GET""#;
    for (rest, code) in [
        (r#","path":"/","host":"cart","headers":{"a":"b"},"principal":"p","sni":"cart"}"#, 0),
        (r#","headers":"a: b"}"#, 3),
        (r#","path":7}"#, 3),
    ] {
        std::fs::write(&file, format!("{asked}{rest}\n")).unwrap();
        can(&["--queries", file.to_str().unwrap()]).code(code);
    }
    can(&["--queries", file.to_str().unwrap(), "--method", "GET"]).code(2);
}

#[test]
fn a_matrix_has_one_row_per_pair_of_groups_in_every_format() {
    let matrix = json(&["--from-all", "service/cart:80"]);
    let rows = matrix["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3, "{matrix}");
    for format in ["text", "markdown", "csv"] {
        let out = can(&["--from-all", "--to-all", "--port", "8080", "--format", format]).code(0);
        let text = String::from_utf8(out.get_output().stdout.clone()).unwrap();
        assert!(text.contains("lab/stray-1") && text.contains("denied"), "{format}: {text}");
    }
}

#[test]
fn policies_that_were_not_read_are_not_taken_for_none() {
    let without = WORLD.split("---\napiVersion: networking").next().unwrap();
    let ask = ["can", "shop/front-1", "shop/cart-1:8080", "-"];
    let assumed = kubereach().args(ask).args(["--format", "json"]).write_stdin(without).assert().code(0);
    let answer: Value = serde_json::from_slice(&assumed.get_output().stdout).unwrap();
    let assumption = &answer["rows"][0]["assumptions"][0];
    assert_eq!(
        (&assumption["kind"], &assumption["namespaces"][0]),
        (&"NetworkPolicy".into(), &"shop".into()),
        "{answer}"
    );
    kubereach().args(ask).arg("--strict").write_stdin(without).assert().code(4);
}

const DOOR: &str = r#"
{apiVersion: v1, kind: Namespace, metadata: {name: shop, uid: n1, labels: {kubernetes.io/metadata.name: shop}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: ingress-nginx, uid: n2, labels: {kubernetes.io/metadata.name: ingress-nginx}}}
---
{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: nginx, uid: i0}, spec: {controller: k8s.io/ingress-nginx}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: shop, uid: i1}, spec: {ingressClassName: nginx, rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, uid: s1}, spec: {type: ClusterIP, clusterIP: 10.96.0.7, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, uid: p1, labels: {app: web}}, spec: {nodeName: a, containers: [{name: c, ports: [{name: web, containerPort: 8080}]}]}, status: {phase: Running, podIP: 10.244.0.1, podIPs: [{ip: 10.244.0.1}], conditions: [{type: Ready, status: "True"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: nginx-1, namespace: ingress-nginx, uid: p2, labels: {app.kubernetes.io/name: ingress-nginx, app.kubernetes.io/component: controller}}, spec: {nodeName: a, containers: [{name: controller, image: "registry.k8s.io/ingress-nginx/controller:v1.12.0", args: [/nginx-ingress-controller]}]}, status: {phase: Running, podIP: 10.244.0.2, podIPs: [{ip: 10.244.0.2}], conditions: [{type: Ready, status: "True"}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop, uid: u6}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]
    ports: [{port: 80}]
  - from: [{ipBlock: {cidr: 10.244.0.2/32}}]
    ports: [{port: 8080}]
"#;

fn at_the_door(args: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = kubereach();
    command.args(["can", "-n", "shop"]).args(args).args(["-", "--assume-complete"]);
    command.write_stdin(DOOR).assert()
}

#[test]
fn a_door_stands_for_those_who_carry_its_traffic() {
    let out = at_the_door(&["ingress/web", "service/web:80"]).code(0).get_output().stdout.clone();
    assert!(String::from_utf8(out).unwrap().contains("ingress-nginx/nginx-1 -> shop/web-1"));
    at_the_door(&["shop/ing/web", "service/web:80"]).code(0);
    // It lets traffic in, and is no destination.
    at_the_door(&["pod/web-1", "ingress/web"]).code(2);
    let slip = at_the_door(&["ingress/wbe", "service/web:80"]).code(2).get_output().stderr.clone();
    assert!(String::from_utf8(slip).unwrap().contains("did you mean ingress/web?"));
}

#[test]
fn plugins_that_differ_are_named() {
    let out = at_the_door(&["ingress/web", "service/web:80", "--portable"]).code(0).get_output().stdout.clone();
    let text = String::from_utf8(out).unwrap();
    let portable = text.lines().find(|line| line.contains("portable: ")).expect("a line");
    // An address rule never matches a pod under Cilium.
    let denied = portable.split("denied on ").nth(1).unwrap_or_default();
    assert!(denied.contains("Cilium") && !denied.contains("Calico"), "{portable}");
    assert!(portable.contains("allowed on Calico"), "{portable}");
}

#[test]
fn a_rule_that_nearly_fits_is_named_with_its_place() {
    let (world, _) = DOOR.split_once("  - from: [{ipBlock").expect("the second rule");
    let mut command = kubereach();
    command.args(["can", "-n", "shop", "ingress/web", "service/web:80", "-", "--assume-complete"]);
    let out = command.write_stdin(world).assert().code(1).get_output().stdout.clone();
    let text = String::from_utf8(out).unwrap();
    let near = text.lines().find(|line| line.contains("nearly: ")).expect("a line");
    assert!(
        near.contains("rule ingress[0] allows TCP 80, the Service's port; what is behind it listens on 8080"),
        "{near}"
    );
    assert!(near.trim_end().ends_with(":22)"), "{near}");
}
