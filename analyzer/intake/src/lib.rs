//! Reading inputs.

mod assemble;
mod clusters;
pub mod content;
pub mod document;
mod duplicates;
mod empty;
mod helm;
pub mod hint;
pub mod item;
pub mod json;
pub mod layouts;
pub mod limits;
mod lost;
pub mod object;
pub mod pages;
pub mod positions;
pub mod progress;
mod rendering;
pub mod scan;
mod source;
pub mod yaml;

pub use assemble::{Intake, IntakeOptions, read};
pub use content::{
    CapturedError, Container, Content, Decoded, Documents, ErrorClass, FileId, InputSpec, IntakeError, ListDocument,
    Lost, Member, Origin, Problem, Scan, ScannedInput, TableDocument, TextFormat, TypeHint, link_target,
};
pub use layouts::is_bundle_folder;
pub use limits::Limits;
pub use lost::Unread;
pub use object::{DecodeError, RawObject};
pub use scan::scan;
pub use source::may_hold_objects;
