//! `ingress/canary-weight-zero`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Notes, CheckDoc, Segment, Text};
use crate::resolve::controllers::Product;
use crate::resolve::ingress::claims::is_canary;
use crate::evaluate::ingress::hop::Hop;

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/canary-weight-zero",
    segment: SegmentName::Rule,
    title: "A canary that gets no traffic",
    explanation: "This Ingress is a canary with weight 0 and no header or cookie that would select it: all requests \
                  go to the main Ingress. Its paths are dormant and their state is not counted.",
    example: "nginx.ingress.kubernetes.io/canary: \"true\"\nnginx.ingress.kubernetes.io/canary-weight: \"0\"",
    sources: &["ingress-nginx: annotations, canary"],
});

/// Adds it for one path.
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    if drained(hop) {
        segment.add(DOC.finding(hop.ingress(), "this canary has weight 0: all requests go to the main Ingress"));
    }
}

/// Gets the canary nothing, while a main Ingress gets everything?
pub(crate) fn drained(hop: &Hop<'_, '_>) -> bool {
    let weightless = hop.nginx("canary-weight").is_none_or(|weight| weight.parse() == Ok(0_u32));
    let selected = hop.nginx("canary-by-header").is_some() || hop.nginx("canary-by-cookie").is_some();
    hop.front.is(Product::IngressNginx)
        && is_canary(&hop.front.ingress)
        && weightless
        && !selected
        && hop.all.claims.has_main(hop.front, hop.path)
}
