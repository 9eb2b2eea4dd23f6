//! Whose objects are not to be changed by hand, and what must not be written into a patch.

use kubereach_model::evidence::command::cut;
use kubereach_model::snapshot::is_masked;
use kubereach_model::snapshot::model::Meta;
use kubereach_reports::report::Fix;
use kubereach_reports::secrets;
use serde_json::Value;

use super::patch::Patch;

/// What marks an object as made from somewhere else.
enum Mark {
    Label(&'static str),
    Annotation(&'static str),
}

/// A mark, who sets it, and where the object is to be changed; `{}` is the mark's value.
struct Maker {
    mark: Mark,
    /// Where its value begins to speak of something else.
    until: Option<char>,
    change_at: &'static str,
}

/// Sources: Argo CD "Resource Tracking" (`application:group/kind:namespace/name`); Flux `kustomize-controller` and
/// `helm-controller` (ownership labels); Helm "Labels and Annotations" and "Chart Development Tips" (`meta.helm.sh`);
/// Kubernetes "Recommended Labels".
const MAKERS: [Maker; 6] = [
    Maker {
        mark: Mark::Annotation("argocd.argoproj.io/tracking-id"),
        until: Some(':'),
        change_at: "Argo CD application {} applies this object: change it in the repository of the application",
    },
    Maker {
        mark: Mark::Label("argocd.argoproj.io/instance"),
        until: None,
        change_at: "Argo CD application {} applies this object: change it in the repository of the application",
    },
    Maker {
        mark: Mark::Label("kustomize.toolkit.fluxcd.io/name"),
        until: None,
        change_at: "Flux Kustomization {} applies this object: change it in the repository that it reads",
    },
    Maker {
        mark: Mark::Label("helm.toolkit.fluxcd.io/name"),
        until: None,
        change_at: "Flux HelmRelease {} applies this object: change its values or its chart",
    },
    Maker {
        mark: Mark::Annotation("meta.helm.sh/release-name"),
        until: None,
        change_at: "Helm release {} made this object: change its values or its chart, or the next upgrade takes it back",
    },
    Maker {
        mark: Mark::Label("app.kubernetes.io/managed-by"),
        until: None,
        change_at: "its labels say that {} manages this object: change it there",
    },
];

/// Is it made by a controller from another object? Then that one is to be changed, and the patch of this one says
/// nothing about it.
pub(super) fn is_made_by_another(meta: &Meta) -> bool {
    !meta.owner_references.is_empty() || meta.deletion_timestamp.0.is_some()
}

/// Who applies an object from somewhere else, and where to change it; empty where nothing shows that.
pub(super) fn change_at(whole: &Value) -> String {
    let value = |mark: &Mark| {
        let (map, key) = match mark {
            Mark::Label(key) => ("labels", key),
            Mark::Annotation(key) => ("annotations", key),
        };
        whole.get("metadata")?.get(map)?.get(key)?.as_str().filter(|value| !value.is_empty())
    };
    let told = MAKERS.iter().find_map(|maker| {
        let value = value(&maker.mark)?;
        let name = maker.until.and_then(|end| value.split(end).next()).unwrap_or(value);
        Some(maker.change_at.replace("{}", &cut(name)))
    });
    told.unwrap_or_default()
}

/// Is everything that it would print known, and no secret?
pub(super) fn may_write(patch: &Patch) -> bool {
    let harmless = |text: &String| {
        !is_masked(text) && secrets::mask(text).is_none() && !secrets::is_known(text) && text.chars().count() <= 300
    };
    // A value may be one for the name that it has.
    patch.texts().iter().all(harmless) && patch.diff().iter().all(|line| secrets::mask(line).is_none())
}

/// Would a report show it as it is? A repair with a part masked is none.
pub(super) fn is_harmless(fix: &Fix) -> bool {
    let mut cleaned = fix.clone();
    secrets::clean_one(&mut cleaned);
    cleaned == *fix
}

/// A name as an API server accepts it (RFC 1123 subdomain), so that no shell and no reader can be misled by it.
pub(super) fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    !name.is_empty() && name.len() <= 253 && !name.starts_with('-') && name.bytes().all(plain)
}
