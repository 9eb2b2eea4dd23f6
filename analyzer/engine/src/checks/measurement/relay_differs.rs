//! `measurement/relay-differs`

use kubereach_reports::report::SegmentName;

use crate::checks::measurement::Context;
use crate::checks::measurement::phrases::{measured, on_path};
use crate::observation::Remark;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "measurement/relay-differs",
    segment: SegmentName::Address,
    title: "Real traffic and the API server's relay disagree",
    explanation: "Every real request failed while every request relayed by the API server was answered, or the \
                  other way round. The relay bypasses kube-proxy and network policy: if only real traffic fails, \
                  look at policies, the mesh and the nodes' Service rules rather than at the application. The \
                  relay itself never decides a verdict.",
    example: "A ClusterIP times out from a Pod while the API server's service proxy answers 200.",
    sources: &["Kubernetes API: services/proxy"],
});

/// Real traffic fails and the API server gets through, or the other way round.
pub fn finding(cx: &Context<'_>) -> Option<Finding> {
    let Remark::RelayDiffers(told, real_flows) = cx.remark else { return None };
    let on_path = on_path(cx.path);
    let message = if *real_flows {
        format!("real traffic gets through {on_path}, and the API server's relay does not")
    } else {
        format!("the API server gets through {on_path}, and real traffic does not")
    };
    let cause = if *real_flows {
        "the relay takes another path; a firewall between control plane and nodes, or a mesh that wants its own identity, explains it"
    } else {
        "the process answers, so look at network policy, a mesh, or the Service rules of the nodes"
    };
    let measured = measured(told, cx.taken_at);
    Some(DOC.finding(cx.entry(), message).cause(format!("{cause}. {measured}.")))
}
