//! `kubereach snapshot`: what was read, written into one place that `check` and kubectl's users can read.
//!
//! ```text
//! coverage.json                       what was listed, when, as whom, what was refused
//! version.json discovery.json         the server
//! cluster/nodes.json                  a List per kind
//! namespaces/shop/ingresses.networking.k8s.io.json
//! ```

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::ask::Ask;
use super::connect::Target;
use super::gather::{Gathered, Gotten, Purpose};
use super::pseudonyms::Pseudonyms;
use super::spool::Pile;
use super::{LiveError, read, yaml};
use kubereach_intake::layouts::kubereach::RECORD;
use kubereach_intake::progress::Progress;

/// A List larger than this goes on in another file.
const LARGEST: usize = 16 << 20;

/// How a snapshot is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `.tar.zst`
    TarZst,
    /// `.tar.gz`, `.tgz`
    TarGz,
    /// `.yaml`, `.yml`
    Yaml,
    /// No ending: a directory.
    Directory,
    /// `-`: YAML on standard output.
    Stream,
}

impl Form {
    /// By the ending of a path; none for an ending that means something else.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        if path.as_os_str() == "-" {
            return Some(Self::Stream);
        }
        let ends = |ending: &str| name.ends_with(ending) && name.len() > ending.len();
        if ends(".tar.zst") {
            Some(Self::TarZst)
        } else if ends(".tar.gz") || ends(".tgz") {
            Some(Self::TarGz)
        } else if ends(".yaml") || ends(".yml") {
            Some(Self::Yaml)
        } else if path.is_dir() || !name.contains('.') {
            Some(Self::Directory)
        } else {
            None
        }
    }
}

/// Why no snapshot was written.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Nothing could be read.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// It could not be written.
    #[error("the snapshot could not be written to {path}: {error}")]
    Write {
        /// Where to.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// What was written.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// Objects.
    pub objects: usize,
    /// Lists that were refused or failed, as sentences.
    pub missing: Vec<String>,
}

/// Reads a cluster into a file or directory. With pseudonyms, what stands for what is in `pseudonyms`
/// afterwards.
pub fn snapshot(
    target: &Target,
    ask: &Ask,
    path: &Path,
    form: Form,
    pseudonyms: Option<&mut Pseudonyms>,
    progress: Box<dyn Progress + Send>,
) -> Result<Written, SnapshotError> {
    let failed = |error| SnapshotError::Write { path: path.to_owned(), error };
    if form == Form::Directory && path.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(failed(io::Error::other("the directory is not empty: name a new one")));
    }
    let (_, gathered) = read::block_on(read::gathered(target, ask, Purpose::Keep, progress))??;
    let missing = gathered
        .record
        .lists
        .iter()
        .filter(|list| list.state.is_some_and(|s| matches!(s.word(), "forbidden" | "partial")))
        .map(|list| {
            let place = list.namespace.as_ref().map_or(String::new(), |ns| format!(" of namespace {ns}"));
            format!("{}{place}: {}", list.kind, list.reason)
        })
        .collect();
    let objects = write(gathered, path, form, pseudonyms).map_err(failed)?;
    Ok(Written { objects, missing })
}

fn write(gathered: Gathered, path: &Path, form: Form, mut pseudonyms: Option<&mut Pseudonyms>) -> io::Result<usize> {
    let Gathered { mut record, lists, version, discovered } = gathered;
    let mut piles: Vec<(Gotten, Pile)> = Vec::new();
    for mut list in lists {
        if let Some(spool) = list.spool.take() {
            piles.push((list, spool.finish()?));
        }
    }
    let mut discovery = discovered.document();
    if let Some(own) = pseudonyms.as_deref_mut() {
        for (_, pile) in &piles {
            pile.each(|object| {
                own.learn(&object);
                Ok(())
            })?;
        }
        own.learn_user(&record.user);
        record.namespaces.iter().for_each(|ns| own.learn_name(ns));
        own.record(&mut record);
        discovery = own.discovery(&discovery);
    }
    let part = beside(path, ".part");
    let outcome = (|| -> io::Result<usize> {
        let mut out = Out::create(&part, form)?;
        let record = serde_json::to_value(&record)?;
        out.document(RECORD, &record)?;
        if !matches!(form, Form::Yaml | Form::Stream) {
            out.document("version.json", &version)?;
            out.document("discovery.json", &discovery)?;
        }
        let mut objects = 0;
        let mut names = Names::default();
        for (list, pile) in &piles {
            let mut run = Run::default();
            pile.each(|mut object| {
                if let Some(own) = pseudonyms.as_deref_mut() {
                    own.object(&mut object);
                }
                objects += 1;
                let namespace = object.pointer("/metadata/namespace").and_then(Value::as_str).unwrap_or_default();
                if run.namespace != namespace || run.bytes > LARGEST {
                    run.flush(list, &mut names, &mut out)?;
                    namespace.clone_into(&mut run.namespace);
                }
                run.bytes += serde_json::to_vec(&object)?.len();
                run.items.push(object);
                Ok(())
            })?;
            run.flush(list, &mut names, &mut out)?;
        }
        out.finish()?;
        Ok(objects)
    })();
    match outcome {
        Ok(objects) if form == Form::Stream => Ok(objects),
        Ok(objects) => {
            if form == Form::Directory && path.is_dir() {
                std::fs::remove_dir(path)?;
            }
            std::fs::rename(&part, path)?;
            Ok(objects)
        }
        Err(error) => {
            // The error that matters is the one above.
            let _ = match form {
                Form::Stream => Ok(()),
                Form::Directory => std::fs::remove_dir_all(&part),
                _ => std::fs::remove_file(&part),
            };
            Err(error)
        }
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(ending);
    path.with_file_name(name)
}

/// Objects of one kind and namespace on their way into a List.
#[derive(Default)]
struct Run {
    namespace: String,
    items: Vec<Value>,
    bytes: usize,
}

impl Run {
    fn flush(&mut self, list: &Gotten, names: &mut Names, out: &mut Out) -> io::Result<()> {
        self.bytes = 0;
        let items = std::mem::take(&mut self.items);
        if items.is_empty() {
            return Ok(());
        }
        let name = names.of(&self.namespace, &list.resource.plural, &list.resource.group);
        out.document(
            &name,
            &json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items}),
        )
    }
}

/// Names of files, each given once.
#[derive(Default)]
struct Names(BTreeMap<String, usize>);

impl Names {
    fn of(&mut self, namespace: &str, plural: &str, group: &str) -> String {
        let folder =
            if namespace.is_empty() { "cluster".to_owned() } else { format!("namespaces/{}", file_name(namespace)) };
        let dot = if group.is_empty() { "" } else { "." };
        let stem = format!("{folder}/{}{dot}{}", file_name(plural), file_name(group));
        let number = self.0.entry(stem.clone()).and_modify(|n| *n += 1).or_insert(1);
        if *number == 1 { format!("{stem}.json") } else { format!("{stem}-{number}.json") }
    }
}

/// A name from a server as a part of a path: nothing in it leads anywhere else.
fn file_name(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-.".contains(c) { c } else { '_' }).collect();
    let plain: String = plain.trim_start_matches('.').chars().take(200).collect();
    if plain.is_empty() && !name.is_empty() { "_".to_owned() } else { plain }
}

/// Where documents go.
enum Out {
    Zst(tar::Builder<zstd::Encoder<'static, BufWriter<File>>>),
    Gz(tar::Builder<flate2::write::GzEncoder<BufWriter<File>>>),
    Yaml(BufWriter<File>),
    Stream(BufWriter<io::Stdout>),
    Directory(PathBuf),
}

impl Out {
    fn create(path: &Path, form: Form) -> io::Result<Self> {
        let file = || File::create(path).map(BufWriter::new);
        Ok(match form {
            Form::TarZst => Self::Zst(tar::Builder::new(zstd::Encoder::new(file()?, 3)?)),
            Form::TarGz => {
                Self::Gz(tar::Builder::new(flate2::write::GzEncoder::new(file()?, flate2::Compression::default())))
            }
            Form::Yaml => Self::Yaml(file()?),
            Form::Stream => Self::Stream(BufWriter::new(io::stdout())),
            Form::Directory => {
                std::fs::create_dir(path)?;
                Self::Directory(path.to_owned())
            }
        })
    }

    fn document(&mut self, name: &str, value: &Value) -> io::Result<()> {
        let yaml: Option<&mut dyn Write> = match self {
            Self::Yaml(out) => Some(out),
            Self::Stream(out) => Some(out),
            _ => None,
        };
        if let Some(out) = yaml {
            return write!(out, "---\n# {name}\n{}", yaml::document(value));
        }
        let mut bytes = serde_json::to_vec_pretty(value)?;
        bytes.push(b'\n');
        match self {
            Self::Zst(tar) => append(tar, name, &bytes),
            Self::Gz(tar) => append(tar, name, &bytes),
            Self::Directory(root) => {
                let path = root.join(name);
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder)?;
                }
                std::fs::write(path, bytes)
            }
            Self::Yaml(_) | Self::Stream(_) => Ok(()),
        }
    }

    fn finish(self) -> io::Result<()> {
        let file = match self {
            Self::Zst(tar) => tar.into_inner()?.finish()?,
            Self::Gz(tar) => tar.into_inner()?.finish()?,
            Self::Yaml(out) => out,
            Self::Stream(mut out) => return out.flush(),
            Self::Directory(_) => return Ok(()),
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}

fn append<W: Write>(tar: &mut tar::Builder<W>, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default());
    header.set_cksum();
    tar.append_data(&mut header, name, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_name_the_form() {
        for (path, form) in [
            ("a/x.tar.zst", Some(Form::TarZst)),
            ("x.tgz", Some(Form::TarGz)),
            ("x.tar.gz", Some(Form::TarGz)),
            ("x.YAML", Some(Form::Yaml)),
            ("dump", Some(Form::Directory)),
            ("-", Some(Form::Stream)),
            ("x.zip", None),
            (".yaml", None),
        ] {
            assert_eq!(Form::of(Path::new(path)), form, "{path}");
        }
    }

    #[test]
    fn names_from_a_server_cannot_leave_the_archive() {
        let mut names = Names::default();
        assert_eq!(names.of("shop", "pods", ""), "namespaces/shop/pods.json");
        assert_eq!(names.of("shop", "pods", ""), "namespaces/shop/pods-2.json");
        assert_eq!(names.of("../../etc", "pods", "a/b"), "namespaces/_.._etc/pods.a_b.json");
        assert_eq!(names.of("", "nodes", ""), "cluster/nodes.json");
        assert_eq!(file_name(".."), "_");
    }
}
