//! How the flags of a controller's instance say which Ingresses it takes: one row a provider of Ingresses.
//!
//! Sources: kubernetes/ingress-nginx `internal/ingress/controller/store/store.go` (`GetIngressClass`),
//! `docs/user-guide/cli-arguments.md`; traefik/traefik `pkg/provider/kubernetes/ingress/kubernetes.go` and
//! `pkg/provider/kubernetes/ingress-nginx/kubernetes.go` (`shouldProcessIngress`); projectcontour/contour
//! `internal/ingressclass/ingressclass.go`; nginx/kubernetes-ingress `internal/k8s/controller.go`
//! (`HasCorrectIngressClass`).

/// One provider of Ingresses in an instance. Flags are written in lower case and without their dashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider {
    /// The flag that switches it on; it is always on without one.
    pub on: Option<&'static str>,
    /// How it compares `spec.ingressClassName`.
    pub class: ByClass,
    /// The flag with the word that the annotation must hold, and the word without the flag.
    pub word: (&'static str, &'static str),
    /// What it does with an Ingress that names no class.
    pub classless: Classless,
    /// Flags that name the namespaces it watches, with commas between.
    pub namespaces: &'static [&'static str],
    /// Flags that select by labels, which is not evaluated.
    pub selectors: &'static [&'static str],
}

/// How `spec.ingressClassName` is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByClass {
    /// The `IngressClass` of that name must have this `spec.controller`.
    Controller {
        /// The flag with the value, if there is one.
        flag: Option<&'static str>,
        /// The value without the flag.
        id: &'static str,
        /// A flag with which an object whose name is the word is taken, too.
        by_name: Option<&'static str>,
        /// Where the word is given, the object must have it as its name.
        only_word: bool,
    },
    /// It must be the word.
    Word,
}

/// What is done with an Ingress that names no class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Classless {
    /// It is taken if this flag is given.
    With(&'static str),
    /// It is taken unless a word is given.
    WithoutWord,
    /// It is not taken.
    Never,
}

/// ingress-nginx.
pub const INGRESS_NGINX: &[Provider] = &[Provider {
    on: None,
    class: ByClass::Controller {
        flag: Some("controller-class"),
        id: "k8s.io/ingress-nginx",
        by_name: Some("ingress-class-by-name"),
        only_word: false,
    },
    word: ("ingress-class", "nginx"),
    classless: Classless::With("watch-ingress-without-class"),
    namespaces: &["watch-namespace"],
    selectors: &["watch-namespace-selector"],
}];

/// Traefik, which has two providers of Ingresses: its own, and one that takes those of ingress-nginx.
pub const TRAEFIK: &[Provider] = &[
    Provider {
        on: Some("providers.kubernetesingress"),
        class: ByClass::Controller { flag: None, id: "traefik.io/ingress-controller", by_name: None, only_word: true },
        word: ("providers.kubernetesingress.ingressclass", "traefik"),
        classless: Classless::WithoutWord,
        namespaces: &["providers.kubernetesingress.namespaces"],
        selectors: &["providers.kubernetesingress.labelselector"],
    },
    Provider {
        on: Some("providers.kubernetesingressnginx"),
        class: ByClass::Controller {
            flag: Some("providers.kubernetesingressnginx.controllerclass"),
            id: "k8s.io/ingress-nginx",
            by_name: Some("providers.kubernetesingressnginx.ingressclassbyname"),
            only_word: false,
        },
        word: ("providers.kubernetesingressnginx.ingressclass", "nginx"),
        classless: Classless::With("providers.kubernetesingressnginx.watchingresswithoutclass"),
        namespaces: &["providers.kubernetesingressnginx.watchnamespace"],
        selectors: &["providers.kubernetesingressnginx.watchnamespaceselector"],
    },
];

/// Contour.
pub const CONTOUR: &[Provider] = &[Provider {
    on: None,
    class: ByClass::Word,
    word: ("ingress-class-name", "contour"),
    classless: Classless::WithoutWord,
    namespaces: &["watch-namespaces"],
    selectors: &[],
}];

/// F5 NGINX Ingress Controller.
pub const F5_NGINX: &[Provider] = &[Provider {
    on: None,
    class: ByClass::Word,
    word: ("ingress-class", "nginx"),
    classless: Classless::Never,
    namespaces: &["watch-namespace"],
    selectors: &["watch-namespace-label"],
}];
