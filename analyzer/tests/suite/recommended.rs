//! The gate that the documentation recommends catches mistakes of one line, and passes what is right.

use std::collections::BTreeSet;

use kubereach_testkit::repository;

use crate::program::kubereach;

const RIGHT: &str = "\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: shop}
spec:
  ingressClassName: nginx
  rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
";

/// What stands in the text, what somebody writes instead, and what the gate says.
const MISTAKES: [(&str, &str, i32); 10] = [
    ("selector: {app: web}", "selector: {app: wbe}", 1),
    ("selector: {app: web}", "selector: {ap: web}", 1),
    ("selector: {app: web}", "selector: {app: shop-frontend}", 1),
    ("labels: {app: web}", "labels: {app: wbe}", 1),
    ("targetPort: http", "targetPort: htpt", 1),
    ("name: http, containerPort", "name: web, containerPort", 1),
    ("service: {name: web", "service: {name: wbe", 1),
    ("port: {number: 80}", "port: {number: 8080}", 1),
    ("  ports: [{port: 80", "\tports: [{port: 80", 1),
    ("kind: Service\nmetadata: {name: web", "kind: Service\nmetadata: {name: webs", 1),
];

/// The values of `--assume-complete` that pages and templates show for a pipeline.
fn recommended() -> BTreeSet<String> {
    let read = |name: &str| std::fs::read_to_string(repository().join(name)).unwrap();
    let mut values = BTreeSet::new();
    for name in ["README.md", "docs/ci.md", "action.yml", "ci/gitlab/kubereach.gitlab-ci.yml"] {
        let text = read(name);
        let shown: Vec<String> = text
            .split("--assume-complete=")
            .skip(1)
            .map(|rest| rest.split(|c: char| c.is_whitespace() || "`\"])".contains(c)).next().unwrap().to_owned())
            .filter(|value| value.contains("workloads"))
            .collect();
        assert!(!shown.is_empty(), "{name} recommends no gate");
        values.extend(shown);
    }
    values
}

fn gate(text: &str, value: &str) -> (i32, String) {
    let run =
        kubereach().args(["check", "-", &format!("--assume-complete={value}")]).write_stdin(text).output().unwrap();
    (run.status.code().unwrap(), String::from_utf8([run.stdout, run.stderr].concat()).unwrap())
}

#[test]
fn the_recommended_gate_catches_mistakes_of_one_line() {
    for value in recommended() {
        let (code, said) = gate(RIGHT, &value);
        assert_eq!(code, 0, "{value}: {said}");
        for (right, wrong, expected) in MISTAKES {
            assert!(RIGHT.contains(right), "{right}");
            let (code, said) = gate(&RIGHT.replacen(right, wrong, 1), &value);
            assert_eq!(code, expected, "{value}: {right} -> {wrong}\n{said}");
        }
    }
}

#[test]
fn with_fewer_kinds_a_slip_is_caught_and_a_stranger_is_left_open() {
    let (code, said) = gate(&RIGHT.replacen("selector: {app: web}", "selector: {app: wbe}", 1), "Service,Deployment");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("did you mean app=web?"), "{said}");
    // Its workload may be of another kind, or deployed from elsewhere.
    for other in ["shop-frontend", "web-2", "db"] {
        let changed = RIGHT.replacen("selector: {app: web}", &format!("selector: {{app: {other}}}"), 1);
        assert_eq!(gate(&changed, "Service,Deployment").0, 0, "{other}");
    }
    // Two things that are one letter apart, and each has its Service: no slip.
    let two = format!(
        "{RIGHT}---\napiVersion: v1\nkind: Service\nmetadata: {{name: wep, namespace: shop}}\nspec: {{selector: {{app: \
         wep}}, ports: [{{port: 80}}]}}\n"
    );
    assert_eq!(gate(&two, "Service,Deployment").0, 0);
}
