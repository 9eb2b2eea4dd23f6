//! What lets somebody in, and how it is kept out of everything that is written: snapshots, plans, reports.
//!
//! One library, three questions. [`names`]: does this name (of a field, a header, a flag, a query parameter) say
//! that its value lets somebody in? [`shapes`]: does this word look like a token of a known maker, or like
//! something drawn at random? [`mask`]: this text without either. A word of the vocabulary of controllers
//! ([`words`]) stays; what is none of it and has the shape of a secret goes. There is no switch to show them.

mod free;
mod names;
mod pairs;
mod report;
mod shapes;
mod words;

pub use free::{mask, mask_with};
pub use names::{is_setter, names_credential, names_in_query, names_secret_object};
pub use report::{clean, clean_one, clean_rest};
pub use shapes::{is_known, is_random};
pub use words::is_ordinary;

/// Stands in place of a value; every reader of a snapshot knows it as *masked*, never as *empty*.
pub const MASK: &str = "***HIDDEN***";
