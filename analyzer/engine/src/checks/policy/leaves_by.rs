//! `policy/leaves-by`

use kubereach_reports::report::SegmentName;
use serde_json::Value;

use crate::policy::third_party::ThirdParty;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text, command};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/leaves-by",
    segment: SegmentName::Policy,
    title: "Connections of the pods leave the cluster by an address or gateway of their own",
    explanation: "An EgressIP of OVN-Kubernetes gives connections that the pods behind this port open to the outside a \
                  certain source address, and an AdminPolicyBasedExternalRoute sends them by certain gateways. It \
                  turns nobody away and says nothing of who may connect to the pods. Firewalls on the way see the \
                  address that is named here, and not that of the node.",
    example: "kind: EgressIP with egressIPs: [192.0.2.10] and a namespaceSelector for the namespace.",
    sources: &[
        "https://ovn-kubernetes.io/features/cluster-egress-controls/egress-ip/",
        "https://ovn-kubernetes.io/api-reference/admin-epbr-api-spec/",
    ],
});

/// For an object that says by which way connections of one of the pods leave.
pub fn finding(way: &ThirdParty<'_>) -> Finding {
    let spec = &way.found.get().value.spec;
    let listed = spec.get("egressIPs").and_then(Value::as_array).into_iter().flatten();
    let addresses: Vec<String> = listed.filter_map(Value::as_str).map(command::cut).collect();
    let by = if addresses.is_empty() { "gateways of its own".to_owned() } else { addresses.join(", ") };
    let message = format!("connections that the pods open leave the cluster by {by}, as {} says", way.object);
    DOC.finding(way.object.clone(), message)
        .at(way.found.get().origin, [])
        .next("Look at the way out.", command::get(&way.object, "-o yaml"))
}
