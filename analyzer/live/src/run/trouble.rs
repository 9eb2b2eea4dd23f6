//! Why a run could not be made: the one table (`docs/semantics/measurement.md#could-not-run-is-not-unreachable`).
//!
//! Every row is *not tested*, with its cause and what to do about it; none says anything about a target. What a
//! row is recognized by is in [`super::diagnose`] (pods, Jobs, events) and [`Trouble::of_refusal`] (what the API
//! server says); `analyzer/tests/cluster/run/rows.yaml` drives every row over a socket.

use kubereach_prober::class::Class;

use crate::cluster::CallError;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub word: &'static str,
    /// What the prober calls it.
    pub class: Class,
    /// It may pass by itself, so it is given the time of `--start`.
    pub passes: bool,
    /// The cause.
    pub says: &'static str,
    /// The remedy.
    pub remedy: &'static str,
}

macro_rules! troubles {
    ($($name:ident $word:literal $class:ident $when:ident $says:literal, $remedy:literal;)+) => {
        /// Why a vantage measured nothing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the table says it")]
        pub enum Trouble { $($name,)+ }

        impl Trouble {
            /// Every row.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its row.
            pub const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        word: $word,
                        class: Class::$class,
                        passes: passes::$when,
                        says: $says,
                        remedy: $remedy,
                    },)+
                }
            }
        }
    };
}

#[allow(non_upper_case_globals, reason = "words of the table")]
mod passes {
    pub(super) const passing: bool = true;
    pub(super) const lasting: bool = false;
}

troubles! {
    // The API server refuses the identity, or the whole.
    Permission "permission" NorunRbac lasting "this identity may not do what the run needs", "bind the Role kubereach-run of docs/rbac.yaml in that namespace";
    Credentials "credentials" NorunRbac lasting "the API server does not accept the credentials", "renew them; 'kubectl auth whoami' says who you are";
    NamespaceMissing "namespace-missing" NorunAdmission lasting "the namespace does not exist", "name another one with --in or --from";
    NamespaceTerminating "namespace-terminating" NorunAdmission lasting "the namespace is being deleted, so nothing new may be created in it", "name another one with --in or --from";
    Server "server" NorunContainer lasting "the API server did not do what it was asked", "try again when it is well";

    // Admission, of the Job or of its pod.
    Quota "quota" NorunQuota passing "a ResourceQuota of the namespace is used up", "free some of it, or measure from another namespace (--in)";
    LimitRange "limit-range" NorunQuota lasting "a LimitRange of the namespace refuses the pod's requests and limits", "change it, or measure from another namespace (--in)";
    PodSecurity "pod-security" NorunAdmission lasting "PodSecurity refuses the pod, which itself passes level restricted: something added to it", "keep meshes out of it with --no-mesh, or measure from another namespace (--in)";
    Constraints "security-context-constraints" NorunAdmission lasting "no SecurityContextConstraints admit the pod, which itself passes restricted-v2", "let its service account use restricted-v2, or measure from another namespace (--in)";
    Webhook "webhook" NorunAdmission lasting "an admission webhook refuses it", "meet its rule, for example with --image of a registry it allows, or exempt the label app.kubernetes.io/name=kubereach-prober";
    WebhookDown "webhook-down" NorunAdmission passing "an admission webhook that has to be asked does not answer", "repair it: nothing can be created while it is down";
    Policy "admission-policy" NorunAdmission lasting "a ValidatingAdmissionPolicy refuses it", "meet its rule, or exempt the label app.kubernetes.io/name=kubereach-prober";
    ServiceAccount "service-account" NorunAdmission passing "the pod's service account does not exist", "name another one with --service-account";
    Invalid "invalid" NorunAdmission lasting "the API server takes the object for invalid", "read its words; --dry-run prints the object";
    Forbidden "forbidden" NorunAdmission lasting "admission control refuses it", "read its words; --dry-run prints the object";
    Exists "exists" NorunAdmission lasting "an object of that name exists and belongs to another run", "'kubereach run --cleanup' removes leftovers";

    // From the Job to a node.
    NoPod "no-pod" NorunContainer passing "no pod of the Job ever appeared", "see whether kube-controller-manager runs and what it says: kubectl describe job";
    Suspended "suspended" NorunAdmission passing "the Job is suspended: a queue holds it back", "admit it in the queue (Kueue, Volcano), or exempt the label app.kubernetes.io/name=kubereach-prober";
    Unschedulable "unschedulable" NorunUnschedulable passing "no node takes the pod", "tolerate the taints (--tolerations), name another node (--node), or make room";
    Gated "scheduling-gate" NorunUnschedulable passing "a scheduling gate, which admission added, holds the pod back", "see who sets the gate, and exempt the label app.kubernetes.io/name=kubereach-prober";
    NoScheduler "no-scheduler" NorunUnschedulable passing "no scheduler has looked at the pod", "see whether kube-scheduler runs";
    NodeRefused "node-refused" NorunUnschedulable lasting "the node's kubelet refused the pod", "name another node (--node), or make room on it";

    // The image.
    ImagePull "image-pull" NorunImage passing "the prober's image cannot be pulled", "name one that the nodes can pull (--image), with a secret if need be (--pull-secret)";
    ImageName "image-name" NorunImage lasting "the prober's image has a name that is none", "correct --image";
    ImageAbsent "image-absent" NorunImage lasting "the prober's image is not on the node, and may not be pulled", "load it onto the nodes, or name another one (--image)";
    ImagePlatform "image-platform" NorunImage lasting "the prober's image is not made for the node's processor or system", "name an image for it (--image), or a node it fits (--node)";

    // Starting.
    Mount "mount" NorunContainer passing "the plan could not be mounted into the pod", "see why: kubectl describe pod";
    Sandbox "sandbox" NorunSandbox passing "the node could not give the pod a network: that is a fault of the node or its CNI plugin, not of the target", "repair the node's network, or name another node (--node)";
    RunAsRoot "run-as-root" NorunContainer lasting "the image's user is root or has no number, and the pod must not run as root", "name an image with a numeric user (--image)";
    Config "container-config" NorunContainer passing "the container cannot be configured", "see what is missing: kubectl describe pod";
    Create "container-create" NorunContainer passing "the container cannot be created or started", "see the node's container runtime; name another image (--image) or node (--node)";
    MeshInit "mesh-init" NorunMeshInit passing "an init container of the mesh does not get through (it needs NET_ADMIN, or the mesh's CNI plugin)", "keep the mesh out with --no-mesh, or install its CNI plugin";
    InjectedInit "injected-init" NorunAdmission passing "an init container that admission added does not end", "exempt the label app.kubernetes.io/name=kubereach-prober from what adds it";
    Sidecar "sidecar" NorunMeshInit passing "a sidecar that admission added does not start, so the prober waits for it", "keep the mesh out with --no-mesh, or repair what the sidecar waits for";
    NotStarted "not-started" NorunContainer passing "the container did not start in time", "give it more time with --start, or see what it waits for: kubectl describe pod";

    // Running.
    OutOfMemory "out-of-memory" NorunContainer lasting "the prober was killed for lack of memory", "plan fewer targets at once (-n, --kind, --name, --max-targets)";
    Killed "killed" NorunContainer lasting "the prober was killed before it could write its result", "run it again; see the node's events for who kills pods";
    Evicted "evicted" NorunContainer lasting "the pod was evicted", "run it again, or on another node (--node)";
    Preempted "preempted" NorunContainer lasting "the pod had to make room for one of higher priority", "run it again when there is room, or on another node (--node)";
    NodeLost "node-lost" NorunResultLost passing "the pod's node no longer answers", "run it again on another node (--node), and look after this one";
    ServerLost "server-lost" NorunResultLost lasting "it may have run, but the API server no longer answered", "run it again when the API server is well";
    PodGone "pod-gone" NorunResultLost lasting "the Job or its pod was deleted while it ran", "run it again; see who deletes it";
    Deadline "deadline" NorunDeadline lasting "the pod's time was over before it wrote its result", "plan fewer targets at once, or give more time with --deadline";
    TimedOut "timed-out" NorunDeadline lasting "the time for the whole run was over", "give more with --timeout, or plan fewer targets (-n, --kind, --name)";
    Interrupted "interrupted" NorunDeadline lasting "the run was ended from outside", "run it again";
    PlanRefused "plan-refused" NorunVersion lasting "the prober cannot use the plan", "use the prober of this program's version (--image)";
    NotWritten "not-written" NorunResultLost lasting "the prober could not write its result", "run it again";
    Exited "exited" NorunContainer lasting "the container ended without a result", "see whether the image is the prober's (--image)";

    // The result.
    LogRefused "log-refused" NorunRbac lasting "it may have run, but its log may not be read", "grant get on pods/log: the Role kubereach-run of docs/rbac.yaml";
    LogUnreachable "log-unreachable" NorunResultLost lasting "it ran, and the API server cannot get its log from the node", "repair the way from the API server to the node's kubelet (port 10250), or name another node (--node)";
    LogGone "log-gone" NorunResultLost lasting "it ran, and its log is gone", "run it again";
    LogEmpty "log-empty" NorunResultLost lasting "it ended, and its log is empty", "run it again; see the node's container runtime and log rotation";
    LogCut "log-cut" NorunResultLost lasting "its result is cut off in the log", "plan fewer targets at once (--max-targets): nodes keep only the end of long logs";
    LogDamaged "log-damaged" NorunResultLost lasting "its result does not match its digest: lines of the log are missing or were changed", "run it again";
    LogForeign "log-foreign" NorunResultLost lasting "the log holds something else than a result", "see whether the image is the prober's (--image)";
    LogVersion "log-version" NorunVersion lasting "its result is of a form that this program does not read", "use the prober of this program's version (--image)";
    OtherRun "other-run" NorunResultLost lasting "the log holds the result of another run", "run it again";
}

impl Trouble {
    /// The row, in words: the cause, what to do, and what was said about it, which is foreign text.
    pub fn words(self, detail: &str) -> String {
        let Row { says, remedy, .. } = self.row();
        let detail = crate::cluster::words(detail);
        if detail.is_empty() { format!("{says}; {remedy}") } else { format!("{says}; {remedy} ({detail})") }
    }

    /// What an error of the API server means when something was to be created.
    pub(super) fn of_error(error: &CallError) -> Self {
        match error {
            CallError::Forbidden(text) => Self::of_refusal(text).unwrap_or(Self::Forbidden),
            CallError::Unauthorized(_) => Self::Credentials,
            CallError::Status { status, message } => Self::of_refusal(message).unwrap_or(match status {
                400 | 422 => Self::Invalid,
                409 => Self::Exists,
                _ => Self::Server,
            }),
            CallError::NotFound(text) => Self::of_refusal(text).unwrap_or(Self::Server),
            CallError::Deadline => Self::TimedOut,
            CallError::Expired(_)
            | CallError::Transport(_)
            | CallError::Untrusted(_)
            | CallError::Stranger(_)
            | CallError::Slow
            | CallError::Malformed(_)
            | CallError::Request(_) => Self::Server,
        }
    }

    /// What the words of a refusal mean, whoever met it: this program, or the Job controller.
    pub(super) fn of_refusal(text: &str) -> Option<Self> {
        let has = |words: &str| text.contains(words);
        Some(if has("exceeded quota") || has("failed quota") {
            Self::Quota
        } else if has("violates PodSecurity") {
            Self::PodSecurity
        } else if has("security context constraint") {
            Self::Constraints
        } else if has("is being terminated") {
            Self::NamespaceTerminating
        } else if has("failed calling webhook") || has("failed to call webhook") {
            Self::WebhookDown
        } else if has("admission webhook") {
            Self::Webhook
        } else if has("ValidatingAdmissionPolicy") {
            Self::Policy
        } else if has("usage per ") || has("limit to request ratio") {
            Self::LimitRange
        } else if has("serviceaccount ") && has("not found") {
            Self::ServiceAccount
        } else if has("namespaces ") && has("not found") {
            Self::NamespaceMissing
        } else if has("cannot create resource") || has("cannot delete resource") || has("cannot list resource") {
            Self::Permission
        } else {
            return None;
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use kubereach_prober::words::Outcome;

    #[test]
    fn no_row_says_anything_about_a_target() {
        let words: BTreeSet<&str> = Trouble::ALL.iter().map(|t| t.row().word).collect();
        assert_eq!(words.len(), Trouble::ALL.len(), "two rows have one name");
        for trouble in Trouble::ALL {
            let row = trouble.row();
            assert!(row.class.could_not_run(), "{trouble:?}");
            assert_eq!(row.class.outcome(), Outcome::NotTested, "{trouble:?}");
            assert!(!row.says.is_empty() && !row.remedy.is_empty(), "{trouble:?}");
            for banned in ["unreachable", "broken"] {
                assert!(!trouble.words("").contains(banned), "{trouble:?}");
            }
        }
    }

    #[test]
    fn refusals_are_told_apart_by_their_words() {
        for (text, expected) in [
            (
                r#"pods "x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=10, limited: pods=10"#,
                Trouble::Quota,
            ),
            (r#"pods "x" is forbidden: failed quota: team: must specify limits.cpu for: prober"#, Trouble::Quota),
            (
                r#"pods "x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false"#,
                Trouble::PodSecurity,
            ),
            (
                r#"pods "x" is forbidden: unable to validate against any security context constraint: []"#,
                Trouble::Constraints,
            ),
            (
                r#"jobs.batch "x" is forbidden: unable to create new content in namespace shop because it is being terminated"#,
                Trouble::NamespaceTerminating,
            ),
            (r#"admission webhook "validate.kyverno.svc-fail" denied the request: no"#, Trouble::Webhook),
            (
                r#"Internal error occurred: failed calling webhook "x": failed to call webhook: Post "https://x": dial tcp: refused"#,
                Trouble::WebhookDown,
            ),
            (
                r#"jobs.batch "x" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no"#,
                Trouble::Policy,
            ),
            (
                r#"pods "x" is forbidden: minimum cpu usage per Container is 50m, but request is 10m"#,
                Trouble::LimitRange,
            ),
            (
                r#"pods "x" is forbidden: error looking up service account shop/web: serviceaccount "web" not found"#,
                Trouble::ServiceAccount,
            ),
            (r#"namespaces "shop" not found"#, Trouble::NamespaceMissing),
            (
                r#"jobs.batch is forbidden: User "u" cannot create resource "jobs" in API group "batch" in the namespace "shop""#,
                Trouble::Permission,
            ),
        ] {
            assert_eq!(Trouble::of_refusal(text), Some(expected), "{text}");
        }
        assert_eq!(Trouble::of_refusal("the server has a bad day"), None);
    }
}
