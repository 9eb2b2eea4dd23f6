//! What the two programs of tests share: how a situation is judged.
#![allow(dead_code, reason = "each program uses its own part")]

pub(crate) mod knowledge;
pub(crate) mod situation;
