//! Which object makes which other: what an operator or a controller makes of an object in the input is not missing
//! because no file holds it. Facts with their sources; adding one is a row.

use serde_json::Value;

use kubereach_model::snapshot::model::Ingress;
use kubereach_model::snapshot::{AnyObject, GroupKind};

/// What an object makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Made {
    /// An object of this kind; a `*` in its name stands for anything.
    Named {
        /// `Secret`, `Service`, `ConfigMap`.
        kind: &'static str,
        /// Where; none for any namespace.
        namespace: Option<String>,
        /// Its name.
        name: String,
        /// Who makes it, as a clause.
        by: String,
    },
    /// Objects of any kind, in this namespace or (none) anywhere.
    Anything {
        /// Where.
        namespace: Option<String>,
        /// Who makes them.
        by: String,
    },
}

/// One kind of object that makes others.
struct Maker {
    group: &'static str,
    /// Empty for every kind of the group.
    kind: &'static str,
    makes: &'static [(&'static str, &'static str)],
}

/// In names, `{…}` is a field of the object (`[]`: of each item; `|`: or else that field), `{name}` its name. `ANY` in
/// the place of the kind: objects of every kind, in the namespace of the field.
const ANY: &str = "*";

const fn maker(group: &'static str, kind: &'static str, makes: &'static [(&'static str, &'static str)]) -> Maker {
    Maker { group, kind, makes }
}

const MAKERS: &[Maker] = &[
    // cert-manager API reference: CertificateSpec.secretName.
    maker("cert-manager.io", "Certificate", &[("Secret", "{spec.secretName}")]),
    // trust-manager: a Bundle is written to the ConfigMap (or Secret) of its name in every namespace.
    maker("trust.cert-manager.io", "Bundle", &[("ConfigMap", "everywhere:{name}"), ("Secret", "everywhere:{name}")]),
    // sealed-secrets README: the Secret has the SealedSecret's name and namespace.
    maker("bitnami.com", "SealedSecret", &[("Secret", "{spec.template.metadata.name|name}")]),
    // external-secrets.io API: ExternalSecretSpec.target.name, by default the ExternalSecret's;
    // ClusterExternalSecretSpec.externalSecretName.
    maker("external-secrets.io", "ExternalSecret", &[("Secret", "{spec.target.name|name}")]),
    maker(
        "external-secrets.io",
        "ClusterExternalSecret",
        &[("Secret", "everywhere:{spec.externalSecretSpec.target.name|spec.externalSecretName|name}")],
    ),
    // godaddy/kubernetes-external-secrets README.
    maker("kubernetes-client.io", "ExternalSecret", &[("Secret", "{name}")]),
    // Secrets Store CSI Driver, "Sync as Kubernetes Secret": spec.secretObjects[].secretName.
    maker("secrets-store.csi.x-k8s.io", "SecretProviderClass", &[("Secret", "{spec.secretObjects[].secretName}")]),
    // Vault Secrets Operator API: spec.destination.name.
    maker("secrets.hashicorp.com", "", &[("Secret", "{spec.destination.name}")]),
    // ricoberger/vault-secrets-operator README.
    maker("ricoberger.de", "VaultSecret", &[("Secret", "{name}")]),
    // isindir/sops-secrets-operator README: spec.secretTemplates[].name.
    maker("isindir.github.com", "SopsSecret", &[("Secret", "{spec.secretTemplates[].name}")]),
    // 1Password/onepassword-operator README: a Secret of the item's name.
    maker("onepassword.com", "OnePasswordItem", &[("Secret", "{name}")]),
    // mittwald/kubernetes-secret-generator README.
    maker("secretgenerator.mittwald.de", "", &[("Secret", "{name}")]),
    // Infisical operator: spec.managedSecretReference.secretName; Doppler operator: spec.managedSecret.name.
    maker("secrets.infisical.com", "InfisicalSecret", &[("Secret", "{spec.managedSecretReference.secretName}")]),
    maker("secrets.doppler.com", "DopplerSecret", &[("Secret", "{spec.managedSecret.name}")]),
    // Elastic Cloud on Kubernetes, "Access Elastic Stack services": NAME-es-http, NAME-kb-http, …
    maker("elasticsearch.k8s.elastic.co", "Elasticsearch", &[("Service", "{name}-es-*"), ("Secret", "{name}-es-*")]),
    maker("kibana.k8s.elastic.co", "Kibana", &[("Service", "{name}-kb-*"), ("Secret", "{name}-kb-*")]),
    maker("apm.k8s.elastic.co", "ApmServer", &[("Service", "{name}-apm-*"), ("Secret", "{name}-apm-*")]),
    maker("agent.k8s.elastic.co", "Agent", &[("Service", "{name}-agent-*"), ("Secret", "{name}-agent-*")]),
    maker("enterprisesearch.k8s.elastic.co", "EnterpriseSearch", &[("Service", "{name}-ent-*")]),
    maker("maps.k8s.elastic.co", "ElasticMapsServer", &[("Service", "{name}-ems-*")]),
    maker("logstash.k8s.elastic.co", "Logstash", &[("Service", "{name}-ls-*")]),
    // Rook: "Ceph Dashboard", "Object Storage" (rook-ceph-rgw-STORE, rook-ceph-object-user-STORE-USER).
    maker("ceph.rook.io", "CephCluster", &[("Service", "rook-ceph-*"), ("Secret", "rook-*")]),
    maker("ceph.rook.io", "CephObjectStore", &[("Service", "rook-ceph-rgw-{name}")]),
    maker("ceph.rook.io", "CephObjectStoreUser", &[("Secret", "rook-ceph-object-user-*")]),
    // Strimzi, "Resources created by …": NAME-kafka-bootstrap, NAME-cluster-ca-cert, NAME-bridge-service, …
    maker("kafka.strimzi.io", "Kafka", &[("Service", "{name}-*"), ("Secret", "{name}-*")]),
    maker("kafka.strimzi.io", "KafkaUser", &[("Secret", "{name}")]),
    maker("kafka.strimzi.io", "KafkaConnect", &[("Service", "{name}-connect*")]),
    maker("kafka.strimzi.io", "KafkaBridge", &[("Service", "{name}-bridge-service")]),
    // CloudNativePG, "Service management" and "Connecting from an application"; a Pooler has a Service of its name.
    maker("postgresql.cnpg.io", "Cluster", &[("Service", "{name}-*"), ("Secret", "{name}-*")]),
    maker("postgresql.cnpg.io", "Pooler", &[("Service", "{name}")]),
    // Zalando postgres-operator, "Administrator Guide": NAME, NAME-repl, USER.NAME.credentials.…
    maker("acid.zalan.do", "postgresql", &[("Service", "{name}"), ("Service", "{name}-*"), ("Secret", "*.{name}.*")]),
    // Crunchy PGO and Percona operators: everything is named after the cluster.
    maker("postgres-operator.crunchydata.com", "PostgresCluster", &[("Service", "{name}-*"), ("Secret", "{name}-*")]),
    maker("pgv2.percona.com", "PerconaPGCluster", &[("Service", "{name}-*"), ("Secret", "{name}-*")]),
    maker("pxc.percona.com", "PerconaXtraDBCluster", &[("Service", "{name}-*"), ("Secret", "*{name}*")]),
    maker("psmdb.percona.com", "PerconaServerMongoDB", &[("Service", "{name}-*"), ("Secret", "*{name}*")]),
    // MySQL Operator: InnoDBCluster NAME has the Services NAME and NAME-instances.
    maker("mysql.oracle.com", "InnoDBCluster", &[("Service", "{name}"), ("Service", "{name}-*")]),
    // mariadb-operator: NAME, NAME-primary, NAME-secondary, NAME-internal.
    maker("k8s.mariadb.com", "MariaDB", &[("Service", "{name}"), ("Service", "{name}-*"), ("Secret", "{name}*")]),
    // MongoDB Community operator: NAME-svc, Secrets NAME-DB-USER.
    maker("mongodbcommunity.mongodb.com", "MongoDBCommunity", &[("Service", "{name}-svc"), ("Secret", "{name}-*")]),
    // RabbitMQ Cluster Operator: Services NAME and NAME-nodes, Secret NAME-default-user.
    maker(
        "rabbitmq.com",
        "RabbitmqCluster",
        &[("Service", "{name}"), ("Service", "{name}-nodes"), ("Secret", "{name}-*")],
    ),
    // OT-CONTAINER-KIT redis-operator: NAME, NAME-headless, NAME-leader, …
    maker("redis.redis.opstreelabs.in", "", &[("Service", "{name}"), ("Service", "{name}-*")]),
    // MinIO operator: Services minio, NAME-hl and NAME-console.
    maker("minio.min.io", "Tenant", &[("Service", "minio"), ("Service", "{name}-*"), ("Secret", "{name}-*")]),
    // Prometheus operator: the governing Services prometheus-operated, alertmanager-operated, thanos-ruler-operated.
    maker("monitoring.coreos.com", "Prometheus", &[("Service", "prometheus-operated")]),
    maker("monitoring.coreos.com", "Alertmanager", &[("Service", "alertmanager-operated")]),
    maker("monitoring.coreos.com", "ThanosRuler", &[("Service", "thanos-ruler-operated")]),
    // VictoriaMetrics operator: the word of the kind before the name.
    maker("operator.victoriametrics.com", "", &[("Service", "vm*-{name}")]),
    // Grafana operator: NAME-service; Loki operator: NAME-…
    maker("grafana.integreatly.org", "Grafana", &[("Service", "{name}-*"), ("Secret", "{name}-*")]),
    maker("loki.grafana.com", "LokiStack", &[("Service", "{name}-*")]),
    // Jaeger and OpenTelemetry operators: NAME-query, NAME-collector, …
    maker("jaegertracing.io", "Jaeger", &[("Service", "{name}-*")]),
    maker("opentelemetry.io", "OpenTelemetryCollector", &[("Service", "{name}-collector*")]),
    // Keycloak operator: NAME-service, NAME-discovery, Secret NAME-initial-admin.
    maker("k8s.keycloak.org", "Keycloak", &[("Service", "{name}-*"), ("Secret", "{name}-*")]),
    // Tekton Triggers: an EventListener has the Service el-NAME.
    maker("triggers.tekton.dev", "EventListener", &[("Service", "el-{name}")]),
    // Knative serving: a Service makes a Route, which makes a Service of its name; Revisions have their own.
    maker("serving.knative.dev", "Service", &[("Service", "{name}"), ("Service", "{name}-*")]),
    maker("serving.knative.dev", "Route", &[("Service", "{name}")]),
    maker("serving.knative.dev", "Configuration", &[("Service", "{name}-*")]),
    // KServe: NAME-predictor and Knative's of it.
    maker("serving.kserve.io", "InferenceService", &[("Service", "{name}"), ("Service", "{name}-*")]),
    // KubeRay: NAME-head-svc, NAME-serve-svc. Flink operator: NAME-rest.
    maker("ray.io", "", &[("Service", "{name}-*")]),
    maker("flink.apache.org", "FlinkDeployment", &[("Service", "{name}"), ("Service", "{name}-rest")]),
    // Altinity clickhouse-operator: clickhouse-NAME and chi-NAME-…
    maker(
        "clickhouse.altinity.com",
        "ClickHouseInstallation",
        &[("Service", "clickhouse-{name}"), ("Service", "chi-{name}-*")],
    ),
    // cass-operator: CLUSTER-DATACENTER-service, CLUSTER-superuser.
    maker(
        "cassandra.datastax.com",
        "CassandraDatacenter",
        &[("Service", "{spec.clusterName}-*"), ("Secret", "{spec.clusterName}-*")],
    ),
    // Argo Workflows and Events: an EventSource has the Service NAME-eventsource-svc.
    maker("argoproj.io", "EventSource", &[("Service", "{name}-eventsource-svc")]),
    // Flux HelmRelease (spec.targetNamespace, by default its own) and Kustomization; Argo CD Application
    // (spec.destination.namespace) and ApplicationSet; Helm controller of k3s and RKE2 (HelmChart); Fleet; kapp; OLM.
    maker("helm.toolkit.fluxcd.io", "HelmRelease", &[(ANY, "{spec.targetNamespace|namespace}")]),
    maker("helm.fluxcd.io", "HelmRelease", &[(ANY, "{spec.targetNamespace|namespace}")]),
    maker("kustomize.toolkit.fluxcd.io", "Kustomization", &[(ANY, "{spec.targetNamespace}")]),
    maker("argoproj.io", "Application", &[(ANY, "{spec.destination.namespace}")]),
    maker("argoproj.io", "ApplicationSet", &[(ANY, "")]),
    maker("helm.cattle.io", "HelmChart", &[(ANY, "{spec.targetNamespace|namespace}")]),
    maker("fleet.cattle.io", "", &[(ANY, "")]),
    maker("packaging.carvel.dev", "PackageInstall", &[(ANY, "")]),
    maker("kappctrl.k14s.io", "App", &[(ANY, "")]),
    maker("core.oam.dev", "Application", &[(ANY, "")]),
    maker("operators.coreos.com", "Subscription", &[(ANY, "")]),
];

/// Annotations by which cert-manager's shim makes a Certificate of an Ingress or a Gateway, and with it the Secrets that
/// its TLS names (cert-manager, "Annotated Ingress resource", "Annotated Gateway resource").
const SHIM: [&str; 5] = [
    "cert-manager.io/cluster-issuer",
    "cert-manager.io/issuer",
    "kubernetes.io/tls-acme",
    "certmanager.k8s.io/cluster-issuer",
    "certmanager.k8s.io/issuer",
];

/// Annotations by which a copy of a Secret or `ConfigMap` is put into other namespaces (emberstack/kubernetes-reflector,
/// mittwald/kubernetes-replicator).
const COPIED: [&str; 3] = [
    "reflector.v1.k8s.emberstack.com/reflection-auto-enabled",
    "replicator.v1.mittwald.de/replicate-to",
    "replicator.v1.mittwald.de/replicate-to-matching",
];

/// Does an object of this kind make others, by its spec?
pub(crate) fn is_maker(kind: &GroupKind) -> bool {
    MAKERS.iter().any(|maker| maker.is(kind))
}

impl Maker {
    fn is(&self, kind: &GroupKind) -> bool {
        self.group == kind.group && (self.kind.is_empty() || self.kind == kind.kind)
    }
}

/// What an object makes, by its spec.
pub(crate) fn made(kind: &GroupKind, object: &Value) -> Vec<Made> {
    let title = title(kind, object);
    let namespace = text(object, "metadata.namespace").map(str::to_owned);
    let mut all = Vec::new();
    for (what, pattern) in MAKERS.iter().filter(|maker| maker.is(kind)).flat_map(|maker| maker.makes) {
        let (everywhere, pattern) =
            pattern.strip_prefix("everywhere:").map_or((false, *pattern), |pattern| (true, pattern));
        let values = fill(pattern, object);
        if *what == ANY {
            all.push(Made::Anything { namespace: values.into_iter().find(|ns| !ns.is_empty()), by: title.clone() });
            continue;
        }
        let namespace = if everywhere { None } else { namespace.clone().or_else(|| Some("default".to_owned())) };
        let names = values.into_iter().filter(|name| !name.is_empty() && name != "*");
        all.extend(names.map(|name| Made::Named {
            kind: what,
            namespace: namespace.clone(),
            name,
            by: format!("{title} makes it"),
        }));
    }
    all
}

/// What is made of an object of a kind that is judged itself, by its annotations.
pub(crate) fn made_by_annotation(object: &AnyObject, default_namespace: &str) -> Vec<Made> {
    let meta = object.meta();
    let namespace = if meta.namespace.is_empty() { default_namespace } else { &meta.namespace };
    let title = format!("{} {namespace}/{}", object.group_kind().kind, meta.name);
    let secret = |name: &str, by: &str| Made::Named {
        kind: "Secret",
        namespace: Some(namespace.to_owned()),
        name: name.to_owned(),
        by: format!("cert-manager makes it for {by}"),
    };
    let shimmed = SHIM.iter().any(|key| meta.annotation(key).is_some_and(|value| value != "false"));
    match object {
        AnyObject::Ingress(ingress) if shimmed => secrets_of(ingress).map(|name| secret(name, &title)).collect(),
        AnyObject::Gateway(gateway) if shimmed => {
            let refs = gateway.spec.listeners.iter().filter_map(|l| l.tls.as_ref()).flat_map(|t| &t.certificate_refs);
            refs.map(|reference| secret(&reference.name, &title)).collect()
        }
        AnyObject::Secret(_) | AnyObject::ConfigMap(_) if COPIED.iter().any(|key| meta.annotation(key).is_some()) => {
            let kind = if matches!(object, AnyObject::Secret(_)) { "Secret" } else { "ConfigMap" };
            vec![Made::Named {
                kind,
                namespace: None,
                name: meta.name.clone(),
                by: format!("{title} is copied to other namespaces"),
            }]
        }
        _ => Vec::new(),
    }
}

fn secrets_of(ingress: &Ingress) -> impl Iterator<Item = &str> {
    ingress.spec.tls.iter().filter_map(|tls| tls.secret_name.as_deref())
}

fn title(kind: &GroupKind, object: &Value) -> String {
    let name = text(object, "metadata.name").unwrap_or_default();
    match text(object, "metadata.namespace") {
        Some(namespace) => format!("{} {namespace}/{name}", kind.kind),
        None => format!("{} {name}", kind.kind),
    }
}

/// The names that a pattern stands for; none where a field it needs is not there.
fn fill(pattern: &str, object: &Value) -> Vec<String> {
    let Some((before, rest)) = pattern.split_once('{') else { return vec![pattern.to_owned()] };
    let Some((fields, after)) = rest.split_once('}') else { return Vec::new() };
    let values = fields.split('|').map(|field| values(object, field)).find(|values| !values.is_empty());
    let tails = fill(after, object);
    let values = values.unwrap_or_default();
    values.iter().flat_map(|value| tails.iter().map(move |tail| format!("{before}{value}{tail}"))).collect()
}

fn text<'o>(object: &'o Value, path: &str) -> Option<&'o str> {
    values(object, path).into_iter().next()
}

/// The texts at a path.
fn values<'o>(object: &'o Value, path: &str) -> Vec<&'o str> {
    let path = match path {
        "name" => "metadata.name",
        "namespace" => "metadata.namespace",
        path => path,
    };
    let mut here = vec![object];
    for step in path.split('.') {
        let (key, each) = step.strip_suffix("[]").map_or((step, false), |key| (key, true));
        let next = here.into_iter().filter_map(|value| value.get(key));
        here = if each { next.filter_map(Value::as_array).flatten().collect() } else { next.collect() };
    }
    here.into_iter().filter_map(Value::as_str).filter(|text| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(group: &'static str, kind: &'static str, object: &Value) -> Vec<String> {
        let made = made(&GroupKind::known(group, kind), object);
        made.into_iter()
            .map(|made| match made {
                Made::Named { kind, namespace, name, .. } => format!("{kind} {}/{name}", namespace.unwrap_or_default()),
                Made::Anything { namespace, .. } => format!("* {}", namespace.unwrap_or_default()),
            })
            .collect()
    }

    #[test]
    fn names_are_made_of_the_fields_of_the_maker() {
        let meta = json!({"name": "logs", "namespace": "shop"});
        let of = |spec: Value| json!({"metadata": meta, "spec": spec});
        assert_eq!(
            names("elasticsearch.k8s.elastic.co", "Elasticsearch", &of(json!({}))),
            ["Service shop/logs-es-*", "Secret shop/logs-es-*"]
        );
        assert_eq!(names("bitnami.com", "SealedSecret", &of(json!({}))), ["Secret shop/logs"]);
        assert_eq!(
            names("cert-manager.io", "Certificate", &of(json!({"secretName": "shop-tls"}))),
            ["Secret shop/shop-tls"]
        );
        let objects = json!({"secretObjects": [{"secretName": "a"}, {"secretName": "b"}]});
        assert_eq!(
            names("secrets-store.csi.x-k8s.io", "SecretProviderClass", &of(objects)),
            ["Secret shop/a", "Secret shop/b"]
        );
        assert_eq!(names("trust.cert-manager.io", "Bundle", &of(json!({}))).first().unwrap(), "ConfigMap /logs");
        assert_eq!(names("helm.toolkit.fluxcd.io", "HelmRelease", &of(json!({}))), ["* shop"]);
        assert_eq!(names("argoproj.io", "Application", &of(json!({}))), ["* "]);
        assert_eq!(names("example.com", "Widget", &of(json!({}))), Vec::<String>::new());
    }

    #[test]
    fn what_a_field_that_is_not_there_would_name_is_not_made() {
        let object = json!({"metadata": {"name": "x", "namespace": "shop"}, "spec": {}});
        assert_eq!(names("cert-manager.io", "Certificate", &object), Vec::<String>::new());
    }
}
