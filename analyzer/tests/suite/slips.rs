//! A slip of the finger on the command line is a usage error with the nearest name, and never an empty answer.

use std::path::Path;

use crate::program::kubereach;

/// A Deployment in namespace `shop`, its Service and an Ingress.
const SHOP: &str = "\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
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
spec: {rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
";

fn run(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let output = kubereach().args(args).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("deploy")).unwrap();
    std::fs::write(folder.path().join("deploy/shop.yaml"), SHOP).unwrap();
    folder
}

#[test]
fn an_input_that_does_not_exist_is_named_with_the_nearest() {
    let folder = folder();
    for (args, words) in [
        (&["check", "deploy/shpo.yaml"][..], "there is no 'deploy/shpo.yaml', did you mean 'deploy/shop.yaml'?"),
        (&["check", "deplyo/shop.yaml"], "did you mean 'deploy'?"),
        (&["check", "deploy", "other.tar.gz"], "there is no 'other.tar.gz'"),
        (&["check", "deploy", "--on-top-of", "deplo"], "did you mean 'deploy'?"),
        (&["check", "deploy", "--observations", "seen.json"], "there is no 'seen.json'"),
        (&["diff", "deploy", "deplo"], "did you mean 'deploy'?"),
        (&["plan", "deplo"], "did you mean 'deploy'?"),
        (&["trace", "svc/web", "-n", "shop", "deplo"], "did you mean 'deploy'?"),
        (&["can", "deployment/web", "service/web:80", "-n", "shop", "deplo"], "did you mean 'deploy'?"),
    ] {
        let (code, out, err) = run(folder.path(), args);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{args:?}: {err}");
        assert!(err.contains(words), "{args:?}: {err}");
    }
}

#[test]
fn a_kind_behind_assume_complete_is_no_input() {
    let folder = folder();
    for word in ["Service", "workloads", "Service,Deployment/ns=shop"] {
        let (code, out, err) = run(folder.path(), &["check", "--assume-complete", word, "deploy"]);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{word}: {err}");
        assert!(err.contains(&format!("--assume-complete={word}")), "{err}");
    }
    // A file of that name is not taken for one by accident either; written as a path it is.
    std::fs::create_dir(folder.path().join("Service")).unwrap();
    std::fs::write(folder.path().join("Service/shop.yaml"), SHOP).unwrap();
    assert_eq!(run(folder.path(), &["check", "--assume-complete", "Service", "deploy"]).0, Some(2));
    assert_eq!(run(folder.path(), &["check", "--assume-complete", "./Service", "--fail-on", "never"]).0, Some(0));
    for (kinds, words) in [("Servce", "did you mean Service?"), ("gizmo", "no kind is called 'gizmo'")] {
        let (code, _, err) = run(folder.path(), &["check", &format!("--assume-complete={kinds}"), "deploy"]);
        assert_eq!(code, Some(2), "{err}");
        assert!(err.contains(words), "{err}");
    }
}

#[test]
fn what_was_asked_for_and_is_not_there_is_named_with_the_nearest() {
    let folder = folder();
    for (args, words) in [
        (&["check", "deploy", "-n", "shpo"][..], "no namespace 'shpo' in this input, did you mean 'shop'?"),
        (&["check", "deploy", "-n", "shop", "-n", "payments"], "no namespace 'payments' in this input; it holds shop"),
        (&["check", "deploy", "--kind", "Gateway"], "no Gateway in this input; it holds Ingress, Service"),
        (&["check", "deploy", "--kind", "ingres"], "did you mean Ingress?"),
        (&["check", "deploy", "-n", "shop", "--name", "wbe"], "no subject 'wbe' in namespace 'shop'"),
        (&["check", "deploy", "--name", "wbe"], "did you mean 'web'?"),
        (&["plan", "deploy", "-n", "shpo"], "did you mean 'shop'?"),
        (&["diff", "deploy", "deploy/shop.yaml", "-n", "shpo"], "did you mean 'shop'?"),
        (&["trace", "ingress/frnt", "-n", "shop", "deploy"], "did you mean 'front'?"),
        (&["trace", "ingress/front", "-n", "default", "deploy"], "did you mean -n shop?"),
        (&["can", "deployment/wbe", "service/web:80", "-n", "shop", "deploy"], "did you mean deployment/web?"),
        (&["can", "deployment/web", "service/wbe:80", "-n", "shop", "deploy"], "did you mean service/web?"),
    ] {
        let (code, out, err) = run(folder.path(), args);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{args:?}: {err}");
        assert!(err.contains(words), "{args:?}: {err}");
    }
    // The same where the configuration asks.
    std::fs::write(folder.path().join("kubereach.toml"), "namespace = [\"shpo\"]\n").unwrap();
    let (code, _, err) = run(folder.path(), &["check", "deploy"]);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("did you mean 'shop'?"), "{err}");
    // What is there is not refused.
    let (code, out, err) = run(folder.path(), &["check", "deploy", "-n", "shop", "--kind", "svc", "--name", "web"]);
    assert_eq!(code, Some(0), "{out}{err}");
}
