//! What the tests share: inputs from memory, and objects with their type, name and value.

use std::io::Write as _;
use std::sync::Arc;

use kubereach_intake::progress::Silent;
use kubereach_intake::{Content, Decoded, Documents, InputSpec, Limits, Scan, ScannedInput, TypeHint, scan};
use serde_json::Value;

/// A decoded object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) source: Option<String>,
    pub(crate) value: Result<Value, (u32, u32, String)>,
}

impl Seen {
    pub(crate) fn name(&self) -> &str {
        match &self.value {
            Ok(value) => value["metadata"]["name"].as_str().unwrap_or(""),
            Err(_) => "!",
        }
    }
}

pub(crate) fn bytes(name: &str, content: impl AsRef<[u8]>) -> InputSpec {
    InputSpec::Bytes { name: name.to_owned(), bytes: Arc::from(content.as_ref()) }
}

pub(crate) fn scan_all(inputs: &[InputSpec], limits: &Limits, hint: Option<TypeHint>) -> Scan<Seen> {
    scan(
        inputs,
        limits,
        &move |_| hint.clone(),
        &|raw| Seen {
            api_version: raw.api_version.to_owned(),
            kind: raw.kind.to_owned(),
            source: raw.source_comment().map(str::to_owned),
            value: raw.decode::<Value>().map_err(|e| (e.line, e.column, e.message)),
        },
        &Silent,
    )
    .expect("a scan")
}

/// One file given on the command line.
pub(crate) fn one(name: &str, content: impl AsRef<[u8]>) -> ScannedInput<Seen> {
    scan_all(&[bytes(name, content)], &Limits::default(), None).inputs.remove(0)
}

pub(crate) fn docs(input: &ScannedInput<Seen>) -> &Documents<Seen> {
    match &input.members[0].content {
        Content::Documents(docs) => docs,
        other => panic!("no documents but {other:?}; {:?}", input.problems),
    }
}

/// `Kind/name` of every object of a file.
pub(crate) fn names(input: &ScannedInput<Seen>) -> Vec<String> {
    docs(input).objects.iter().map(label).collect()
}

pub(crate) fn label(object: &Decoded<Seen>) -> String {
    format!("{}/{}", object.value.kind, object.value.name())
}

/// Every object of an input, `path: Kind/name`.
pub(crate) fn everything(input: &ScannedInput<Seen>) -> Vec<String> {
    let mut found = Vec::new();
    for member in &input.members {
        if let Content::Documents(docs) = &member.content {
            found.extend(docs.objects.iter().map(|o| format!("{}: {}", member.path, label(o))));
        }
    }
    found
}

pub(crate) fn messages(input: &ScannedInput<Seen>) -> Vec<String> {
    input
        .problems
        .iter()
        .map(|p| format!("{}:{}:{}: {}", p.path, p.line.unwrap_or(0), p.column.unwrap_or(0), p.message))
        .collect()
}

pub(crate) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(1_700_000_000);
        raw_name(&mut header, name);
        header.set_cksum();
        builder.append(&header, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Sets a name that the builder would refuse.
pub(crate) fn raw_name(header: &mut tar::Header, name: &str) {
    let field = &mut header.as_old_mut().name;
    field.fill(0);
    field[..name.len()].copy_from_slice(name.as_bytes());
}

pub(crate) fn gz(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd_of(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 1).unwrap()
}

pub(crate) fn xz(content: &[u8]) -> Vec<u8> {
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
