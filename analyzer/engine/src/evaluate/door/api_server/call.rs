//! What the API server asks, and where: the Service, its port, and the authorities that it trusts for it.

use kubereach_reports::report::{Backend, ObjectRef, Port};

use crate::evaluate::Cluster;
use kubereach_model::evidence::FieldPath;
use kubereach_model::field;
use kubereach_model::snapshot::model::{
    ApiService, ClientConfig, CustomResourceDefinition, Pem, ServiceReference, Webhook, WebhookConfiguration,
};
use kubereach_model::snapshot::{Found, Proof, Snapshot};

/// An object by which the API server asks others.
#[derive(Debug, Clone, Copy)]
pub enum Caller<'s> {
    /// Of admission.
    Webhooks(Found<'s, WebhookConfiguration>),
    /// Of the conversion between versions of a custom resource.
    Definition(Found<'s, CustomResourceDefinition>),
    /// An aggregated API.
    Api(Found<'s, ApiService>),
}

/// One call that it makes.
#[derive(Debug, Clone)]
pub struct Call<'s> {
    /// The webhook's name, where there may be several.
    pub name: Option<&'s str>,
    /// Where in the object it says how it is reached.
    pub field: FieldPath,
    /// The Service.
    pub service: &'s ServiceReference,
    /// The authorities that the server's certificate is checked against.
    pub bundle: &'s Pem,
    /// Is the certificate checked at all?
    pub verified: bool,
    /// The webhook, of admission.
    pub webhook: Option<&'s Webhook>,
}

/// What the checks of one call look at.
pub struct CallContext<'a, 's> {
    /// The cluster.
    pub cluster: &'a Cluster<'s>,
    /// The object.
    pub caller: Caller<'s>,
    /// The call.
    pub call: &'a Call<'s>,
}

/// Every object by which the API server asks a Service of the cluster.
pub(super) fn all(snapshot: &Snapshot) -> Vec<Caller<'_>> {
    let webhooks = snapshot.webhooks.iter().map(Caller::Webhooks);
    let definitions = snapshot.crds.iter().map(Caller::Definition);
    let apis = snapshot.api_services.iter().map(Caller::Api);
    webhooks.chain(definitions).chain(apis).filter(|caller| !caller.calls().is_empty()).collect()
}

impl<'s> Caller<'s> {
    /// Its name for reports.
    pub fn object(&self) -> ObjectRef {
        match self {
            Self::Webhooks(found) => found.object(),
            Self::Definition(found) => found.object(),
            Self::Api(found) => found.object(),
        }
    }

    /// Did no API server write it?
    pub fn is_manifest(&self) -> bool {
        match self {
            Self::Webhooks(found) => found.is_manifest(),
            Self::Definition(found) => found.is_manifest(),
            Self::Api(found) => found.is_manifest(),
        }
    }

    /// Where it was read.
    pub fn origin(&self) -> u32 {
        match self {
            Self::Webhooks(found) => found.origin,
            Self::Definition(found) => found.origin,
            Self::Api(found) => found.origin,
        }
    }

    /// A fact of it.
    pub fn shows(&self, fact: impl Into<String>) -> Proof {
        match self {
            Self::Webhooks(found) => found.shows(fact),
            Self::Definition(found) => found.shows(fact),
            Self::Api(found) => found.shows(fact),
        }
    }

    /// An annotation of it.
    pub fn annotation(&self, key: &str) -> Option<&'s str> {
        match self {
            Self::Webhooks(found) => found.get().value.metadata.annotation(key),
            Self::Definition(found) => found.get().value.metadata.annotation(key),
            Self::Api(found) => found.get().value.metadata.annotation(key),
        }
    }

    /// Every call to a Service of the cluster; one by a URL leads out of what can be judged.
    pub fn calls(&self) -> Vec<Call<'s>> {
        match self {
            Self::Webhooks(found) => {
                let webhooks = found.get().value.webhooks.iter().enumerate();
                webhooks
                    .filter_map(|(i, webhook)| {
                        let field: FieldPath = field!["webhooks", i, "clientConfig"].into();
                        let call = of_client(&webhook.client_config, field)?;
                        Some(Call { name: Some(&webhook.name), webhook: Some(webhook), ..call })
                    })
                    .collect()
            }
            Self::Definition(found) => {
                let conversion = found.get().value.spec.conversion.as_deref();
                let webhook = conversion.filter(|conversion| conversion.strategy == "Webhook");
                let client = webhook.and_then(|conversion| Some(&conversion.webhook.as_ref()?.client_config));
                let field: FieldPath = field!["spec", "conversion", "webhook", "clientConfig"].into();
                client.and_then(|client| of_client(client, field)).into_iter().collect()
            }
            Self::Api(found) => {
                let spec = &found.get().value.spec;
                let call = |service| Call {
                    name: None,
                    field: field!["spec"].into(),
                    service,
                    bundle: &spec.ca_bundle,
                    verified: spec.insecure_skip_tls_verify.0 != Some(true),
                    webhook: None,
                };
                spec.service.as_ref().map(call).into_iter().collect()
            }
        }
    }
}

fn of_client(client: &ClientConfig, field: FieldPath) -> Option<Call<'_>> {
    let service = client.service.as_ref().filter(|service| !service.name.is_empty())?;
    Some(Call { name: None, field, service, bundle: &client.ca_bundle, verified: true, webhook: None })
}

impl Call<'_> {
    /// As reports name where it leads.
    pub fn backend(&self) -> Backend {
        Backend {
            kind: "Service".to_owned(),
            namespace: self.service.namespace.clone(),
            name: self.service.name.clone(),
            port: self.service.number().map(Port::Number),
        }
    }

    /// The name that the server's certificate has to be for.
    pub fn server_name(&self) -> String {
        format!("{}.{}.svc", self.service.name, self.service.namespace)
    }

    /// Does what it is asked about fail where it does not answer?
    pub fn fails_closed(&self) -> bool {
        // v1 defaults to Fail.
        self.webhook.is_none_or(|webhook| webhook.failure_policy.as_deref() != Some("Ignore"))
    }

    /// What it is asked about: `CREATE, UPDATE of pods, deployments.apps`.
    pub fn asked(&self) -> String {
        let Some(webhook) = self.webhook else { return String::new() };
        let mut operations: Vec<&str> = Vec::new();
        let mut resources: Vec<String> = Vec::new();
        for rule in &webhook.rules {
            operations.extend(rule.operations.iter().map(String::as_str));
            for resource in &rule.resources {
                let groups = rule.api_groups.iter().map(String::as_str);
                resources.extend(groups.map(|group| named(resource, group)));
            }
        }
        operations.sort_unstable();
        operations.dedup();
        resources.sort_unstable();
        resources.dedup();
        let operations = if operations.contains(&"*") { "every change".to_owned() } else { operations.join(", ") };
        let more = resources.len().saturating_sub(MOST);
        resources.truncate(MOST);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{operations} of {}{more}", resources.join(", "))
    }
}

/// Resources that a sentence names.
const MOST: usize = 6;

fn named(resource: &str, group: &str) -> String {
    match (resource, group) {
        ("*" | "*/*", "*") => "everything".to_owned(),
        ("*" | "*/*", "") => "everything of the core group".to_owned(),
        ("*" | "*/*", group) => format!("everything of {group}"),
        (resource, "" | "*") => resource.to_owned(),
        (resource, group) => format!("{resource}.{group}"),
    }
}
