//! The gate does not pass what it did not read (`docs/ci.md`).

use std::path::Path;

use crate::program::kubereach;

const WEB: &str = "\
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
";
const SERVICE_WITH_TAB: &str = "\
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  ports:
  - name: http
\tport: 80
";
const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: shop}\ndata: {}\n";
const CHART: &str = "{{- if .Values.enabled }}\napiVersion: v1\nkind: Service\nmetadata: {name: x}\n{{- end }}\n";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn run(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = kubereach().args(args).current_dir(folder).output().unwrap();
    let both = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(both).unwrap())
}

#[test]
fn an_object_that_cannot_be_read_trips_the_gate() {
    for bad in [
        SERVICE_WITH_TAB,
        "apiVersion: v1\nkind: Service\nmetadata: {name: api\nspec:\n  - x: : y\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: api}\nspec: [1]\n",
        "{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"api\"},, }\n",
    ] {
        let name = if bad.starts_with('{') { "api.json" } else { "api.yaml" };
        let folder = folder(&[("web.yaml", WEB), (name, bad)]);
        let (code, said) = run(folder.path(), &["check", "."]);
        assert_eq!(code, Some(1), "{bad}\n{said}");
        assert!(said.contains("--allow-unreadable"), "{said}");
        assert_eq!(run(folder.path(), &["check", ".", "--allow-unreadable"]).0, Some(0), "{bad}");
        assert_eq!(run(folder.path(), &["check", ".", "--fail-on", "never"]).0, Some(0), "{bad}");
        for format in ["github", "gitlab", "junit", "json", "sarif"] {
            let (code, said) = run(folder.path(), &["check", ".", "--format", format]);
            assert_eq!(code, Some(1), "{format}");
            assert!(said.contains(name), "{format} says nothing of {name}:\n{said}");
        }
        std::fs::write(folder.path().join("kubereach.toml"), "allow-unreadable = true\n").unwrap();
        assert_eq!(run(folder.path(), &["check", "."]).0, Some(0), "{bad}");
    }
}

#[test]
fn where_nothing_could_be_judged_there_is_no_answer() {
    let folder = folder(&[("cm.yaml", CONFIG), ("api.yaml", SERVICE_WITH_TAB)]);
    for args in [&["check", "."][..], &["check", ".", "--assume-complete"]] {
        let (code, said) = run(folder.path(), args);
        assert_eq!(code, Some(3), "{said}");
    }
    // Manifests that were read and declare no way for traffic are in order.
    let (code, said) = run(folder.path(), &["check", "cm.yaml", "--assume-complete"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Nothing to judge"), "{said}");
}

#[test]
fn a_document_that_is_lost_proves_no_absence() {
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop}\nspec: \
                   {defaultBackend: {service: {name: api, port: {number: 80}}}}\n";
    for lost in [SERVICE_WITH_TAB, CHART] {
        let folder = folder(&[("in.yaml", ingress), ("chart/templates/api.yaml", lost)]);
        let (_, said) = run(folder.path(), &["check", ".", "--assume-complete", "--format", "json"]);
        assert!(!said.contains("ingress/backend-service-missing"), "{said}");
    }
}

#[test]
fn what_has_to_be_rendered_is_said_in_one_line_with_the_command() {
    let chart =
        [("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n"), ("chart/values.yaml", "enabled: true\n")];
    let kustomization = "resources: [../base]\npatches:\n- path: web.yaml\n";
    for (files, path, words) in [
        (
            vec![chart[0], chart[1], ("chart/templates/a.yaml", CHART), ("chart/templates/b.yaml", CHART)],
            ".",
            "helm template ./chart | kubereach check -",
        ),
        (
            vec![
                ("base/kustomization.yaml", "resources: [web.yaml]\n"),
                ("base/web.yaml", WEB),
                ("prod/kustomization.yaml", kustomization),
            ],
            ".",
            "kustomize build ./prod | kubereach check -",
        ),
        (vec![("values-prod.yaml", "replicas: 2\n")], "values-prod.yaml", "helm template CHART -f values-prod.yaml"),
        (vec![("docker-compose.yml", "services: {web: {image: web}}\n")], "docker-compose.yml", "kompose convert"),
        (vec![("Dockerfile", "FROM scratch\nCOPY a: /b\n")], "Dockerfile", "builds an image"),
        (
            vec![(".github/workflows/ci.yml", "on: push\njobs: {a: {runs-on: x}}\n")],
            ".github/workflows/ci.yml",
            "a workflow of GitHub Actions",
        ),
    ] {
        let folder = folder(&[files.as_slice(), &[("web.yaml", WEB)]].concat());
        // Beside what can be judged it is one line, and the gate stays as it is.
        let inputs: &[&str] = if path == "." { &["check", "."] } else { &["check", path, "web.yaml"] };
        let (code, said) = run(folder.path(), inputs);
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(flat.matches(words).count(), 1, "{words}: {said}");
        assert_eq!(code, Some(0), "{said}");
    }
    // Alone it is no answer.
    let folder = folder(&[chart[0], ("chart/templates/a.yaml", CHART)]);
    let (code, said) = run(folder.path(), &["check", "chart"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("helm template chart"), "{said}");
}
