//! `api-server/fails-closed`

use kubereach_reports::report::{PathState, SegmentName};

use crate::checks::ingress::words;
use crate::evaluate::door::api_server::{Call, Caller};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Path, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "api-server/fails-closed",
    segment: SegmentName::Rule,
    title: "What the API server refuses while this door is shut",
    explanation: "The API server cannot reach a webhook or a server of an API, and what depends on it fails: with \
                  failurePolicy Fail, which is the default, every request that the webhook's rules match is refused, \
                  so that pods are neither created nor scaled; objects of a custom resource cannot be read or written \
                  in a version that has to be converted; requests for an aggregated API are answered with 503. What \
                  runs goes on running.",
    example: "failed calling webhook \"pods.example.com\": no endpoints available for service \"policy\"",
    sources: &[
        "admissionregistration.k8s.io/v1 ValidatingWebhook.failurePolicy",
        "Kubernetes documentation: Versions in CustomResourceDefinitions, Webhook conversion",
        "Kubernetes documentation: Kubernetes API Aggregation Layer",
    ],
});

/// For an object with a path that is blocked and has to be open.
pub fn finding(caller: &Caller<'_>, paths: &[Path]) -> Option<Finding> {
    let shut = shut(caller, paths, true);
    if shut.is_empty() {
        return None;
    }
    let refused = match caller {
        Caller::Webhooks(_) => {
            let asked: Vec<String> = shut.iter().map(Call::asked).collect();
            format!("{} is refused: its failurePolicy is Fail", words::brief(&asked.join("; ")))
        }
        Caller::Definition(found) => {
            format!("objects of {} cannot be read or written in another version", words::brief(&found.metadata.name))
        }
        Caller::Api(api) => {
            format!("requests for {}/{} fail", words::brief(&api.spec.group), words::brief(&api.spec.version))
        }
    };
    let finding = DOC
        .finding(caller.object(), format!("while the API server cannot reach it, {refused}"))
        .cause("The API server lets nothing through that it could not ask about.")
        .next("Bring the server behind it back, or remove the configuration of one that is gone.", look(caller));
    Some(finding)
}

/// The calls that cannot be made: those that have to be, or those that may be left out.
pub(super) fn shut<'s>(caller: &Caller<'s>, paths: &[Path], closed: bool) -> Vec<Call<'s>> {
    let blocked = |call: &Call<'_>| {
        let (name, backend) = (call.name, call.backend());
        let is = |path: &&Path| path.key.matches.as_deref() == name && path.key.backend.as_ref() == Some(&backend);
        paths.iter().find(is).is_some_and(|path| path.state() == PathState::Blocked)
    };
    caller.calls().into_iter().filter(|call| call.fails_closed() == closed && blocked(call)).collect()
}

/// The command that shows the object.
pub(super) fn look(caller: &Caller<'_>) -> String {
    command::get(&caller.object(), "-o yaml")
}
