//! `kubereach run` from outside: the real program against an API server on a real socket, a Job controller and a
//! kubelet that do what a row says, and once the prober itself.

pub(crate) mod kit;

mod cleanup;
mod consent;
mod only;
mod preflight;
mod rows;
mod vantages;
mod whole;
