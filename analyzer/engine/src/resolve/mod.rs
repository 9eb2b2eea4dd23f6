//! From the snapshot to paths: what leads where, resolved hop by hop. Nothing is judged here.

pub mod by_path;
pub mod certificate;
mod cluster_index;
pub mod conditions;
pub mod contour;
pub mod controllers;
pub mod entries;
pub mod gateway;
pub mod ingress;
pub mod issuance;
pub mod istio;
pub mod metallb;
pub mod openshift;
pub mod owners;
pub mod plumbing;
pub mod proxy_pods;
pub mod request;
pub mod route;
pub mod service;
pub mod servicelb;
pub mod traefik;

pub use cluster_index::ClusterIndex;
