//! The live cluster: read-only snapshots and watching ([`cluster`]), the manifests that run the prober ([`job`]), and
//! whole runs ([`run`]). The modules stand in the order in which they build on each other.
#![forbid(unsafe_code)]

pub mod cluster;

pub mod job;

pub mod run;
