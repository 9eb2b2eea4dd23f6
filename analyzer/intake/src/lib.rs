//! Reading inputs. The modules stand in the order in which data flows: none uses a later one.

pub mod yaml;

pub mod json;

pub mod limits;

pub mod progress;

mod lost;

pub mod content;

mod paths;

mod capture;

pub mod object;

mod makers;

mod manifest;

pub mod item;

pub mod layouts;

mod misfit;

mod decode;

mod source;

pub mod document;

mod helm;

mod releases;

pub mod positions;

mod awaited;

pub mod scan;

mod kustomize;

mod rendering;

mod clusters;

mod duplicates;

mod empty;

mod contradiction;

mod statements;

mod unsettled;

mod assemble;

pub mod pages;

pub use assemble::{Intake, IntakeOptions, read};
pub use content::{
    CapturedError, Container, Content, Decoded, Documents, ErrorClass, FileId, InputSpec, IntakeError, ListDocument,
    Lost, Member, Origin, Problem, ScannedInput, TableDocument, TextFormat, TypeHint,
};
pub use layouts::{is_bundle_folder, is_sent_to_support};
pub use limits::Limits;
pub use object::{DecodeError, RawObject};
pub use paths::link_target;
pub use rendering::Unread;
pub use scan::{Scan, scan};
pub use source::may_hold_objects;
