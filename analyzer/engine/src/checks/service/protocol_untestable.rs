//! `service/protocol-untestable`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "service/protocol-untestable",
    segment: SegmentName::Port,
    title: "The protocol cannot be tested by a request",
    explanation: "UDP has no connection that could be refused or accepted, and SCTP depends on the network \
         plugin. The configuration is judged, and a live test of such a port proves little.",
    example: r"kind: Service
spec:
  ports: [{port: 53, protocol: UDP}]",
    sources: &["core/v1 Service spec.ports.protocol", "KEP-614"],
});

/// UDP or SCTP.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let port = cx.port?;
    let why = match port.protocol.as_str() {
        "UDP" => "UDP gives no sign of being received",
        "SCTP" => "SCTP works only where the network plugin supports it",
        _ => return None,
    };
    Some(DOC.finding(cx.object(), format!("port {} is {}: {why}", port.describe(), port.protocol)))
}
