//! How much of an input is read before it is called a bomb. Every limit names its flag.

/// Limits on hostile or mistaken inputs. Hitting one is a problem in the report that names the flag;
/// what was read so far stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, or member of an archive, in bytes after decompression (`--max-member-bytes`).
    pub member_bytes: u64,
    /// Most bytes of one input after decompression (`--max-total-bytes`).
    pub total_bytes: u64,
    /// Most bytes that one compressed byte may become (`--max-ratio`), looked at after 64 MiB.
    pub ratio: u64,
    /// Most members of an archive or directory (`--max-members`).
    pub members: usize,
    /// Deepest nesting of a document (`--max-depth`); JSON is never read deeper than 128.
    pub depth: usize,
    /// Most objects from one file (`--max-objects`).
    pub objects: usize,
    /// Largest document that is kept although it is not a Kubernetes object, in bytes.
    pub data_bytes: usize,
    /// Largest text that is kept, in bytes.
    pub text_bytes: usize,
}

impl Limits {
    /// The flag of [`Limits::member_bytes`].
    pub const MEMBER_BYTES: &'static str = "--max-member-bytes";
    /// The flag of [`Limits::total_bytes`].
    pub const TOTAL_BYTES: &'static str = "--max-total-bytes";
    /// The flag of [`Limits::ratio`].
    pub const RATIO: &'static str = "--max-ratio";
    /// The flag of [`Limits::members`].
    pub const MEMBERS: &'static str = "--max-members";
    /// The flag of [`Limits::depth`].
    pub const DEPTH: &'static str = "--max-depth";
    /// The flag of [`Limits::objects`].
    pub const OBJECTS: &'static str = "--max-objects";
    /// Output below this is never held against the ratio: small archives compress as they like.
    pub(crate) const RATIO_GRACE: u64 = 64 << 20;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            member_bytes: 4 << 30,
            total_bytes: 32 << 30,
            ratio: 250,
            members: 1_000_000,
            depth: super::yaml::tree::DEFAULT_DEPTH,
            objects: 5_000_000,
            data_bytes: 8 << 20,
            text_bytes: 64 << 10,
        }
    }
}
