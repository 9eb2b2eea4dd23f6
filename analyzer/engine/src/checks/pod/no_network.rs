//! `pod/no-network`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evaluate::Cluster;
use crate::resolve::plumbing::{Does, addresses_run_out};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::evidence::{command, said};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/no-network",
    segment: SegmentName::Endpoints,
    title: "The network plugin gives the pod no network",
    explanation: "The kubelet could not make the pod's sandbox, because the network plugin failed: there is no address \
                  left on the node or in its subnet, the agent of the plugin does not answer, or it was never set up \
                  there. The pod waits in ContainerCreating and has no address; its containers are not to blame. The \
                  plugin's words are quoted from the kubelet's event.",
    example: "FailedCreatePodSandBox: plugin type=\"aws-cni\" failed (add): failed to assign an IP address to container",
    sources: &[
        "kubernetes/kubernetes: pkg/kubelet/events/event.go (FailedCreatePodSandBox)",
        "aws/amazon-vpc-cni-k8s: cmd/routed-eni-cni-plugin/cni.go",
        "containernetworking/plugins: plugins/ipam/host-local/backend/allocator/allocator.go",
    ],
});

/// It was given a node and has no address, and the kubelet says why.
pub fn finding(cluster: &Cluster<'_>, pod: Found<'_, Pod>) -> Option<Finding> {
    let meta = &pod.get().value.metadata;
    let node = pod.get().value.spec.node_name.as_deref()?;
    if pod.phase() != "Pending" || pod.ips().next().is_some() {
        return None;
    }
    let events = cluster.events_about("Pod", &meta.namespace, &meta.name);
    let failed = events.iter().filter(|event| event.reason.as_deref() == Some("FailedCreatePodSandBox"));
    let words = failed.max_by_key(|event| event.last_timestamp.0.max(event.event_time.0))?.message.as_deref()?;
    let agent = cluster.agents().down_on(cluster.snapshot, Does::Network, node);
    let about = ObjectRef { kind: "Node".to_owned(), namespace: None, name: node.to_owned(), group: None };
    let message = if addresses_run_out(words) {
        format!("pod {} gets no address: there is none left for node {node}", meta.name)
    } else {
        format!("pod {} gets no network on node {node}", meta.name)
    };
    let finding = DOC.finding(pod.object(), message).cause(said::end(words)).relates(about.clone(), "its node");
    Some(match agent {
        Some(down) => {
            let action = format!("Find out why {} is not ready on the node.", down.component.name);
            let object = down.pod.object();
            finding.next(action, command::describe(&object)).relates(object, "the network plugin's agent, not ready")
        }
        None if addresses_run_out(words) => finding
            .next("Make room: more addresses for the node or its subnet, or fewer pods.", command::describe(&about)),
        None => finding.next("Look at the network plugin on the node.", command::describe(&about)),
    })
}
