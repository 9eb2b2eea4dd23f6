//! `kubereach snapshot`

use std::io::Write as _;
use std::path::PathBuf;

use kubereach_live::cluster::{self, Ask, Form, Pseudonyms};

use super::args::SnapshotArgs;
use super::{Failure, OK, input};

/// Reads a live cluster into a file.
pub(super) fn run(command: &SnapshotArgs) -> Result<u8, Failure> {
    cluster::check_kinds(&command.kind).map_err(|why| Failure::Usage(format!("--kind: {why}")))?;
    let ask = Ask {
        namespaces: command.namespace.clone(),
        only_namespaces: !command.namespace.is_empty(),
        kinds: command.kind.clone(),
        add: command.add.clone(),
        read_tls: command.cluster.read_tls,
        timeout: command.cluster.timeout,
        ..Ask::default()
    };
    let target = input::target(&command.cluster);
    if command.dry_run {
        let mut out = std::io::stdout().lock();
        for line in cluster::would_read(&target, &ask)? {
            writeln!(out, "{line}")?;
        }
        return Ok(OK);
    }
    let Some(path) = &command.output else {
        return Err(Failure::Usage("-o FILE is missing: where the snapshot goes".to_owned()));
    };
    let form = Form::of(path).ok_or_else(|| {
        let path = path.display();
        Failure::Usage(format!(
            "-o {path}: use .tar.zst, .tar.gz, .yaml, a name without an ending for a directory, or - for YAML on standard \
             output"
        ))
    })?;
    if form == Form::Stream && command.pseudonyms && command.pseudonym_map.is_none() {
        let words = "-o - with --pseudonyms: name a file for what stands for what with --pseudonym-map";
        return Err(Failure::Usage(words.to_owned()));
    }
    let map = command.pseudonym_map.clone().unwrap_or_else(|| map_beside(path));
    let mut pseudonyms = command.pseudonyms.then(|| Pseudonyms::new(command.pseudonym_key.as_deref()));
    if pseudonyms.is_some() && map.starts_with(path) && form == Form::Directory {
        return Err(Failure::Usage("--pseudonym-map: the map must not lie in the snapshot it explains".to_owned()));
    }
    let written = cluster::snapshot(&target, &ask, path, form, pseudonyms.as_mut(), input::watching(command.progress))
        .map_err(|error| Failure::Nothing(error.to_string()))?;
    if let Some(pseudonyms) = &pseudonyms {
        let text = serde_json::to_vec_pretty(pseudonyms.map()).map_err(|error| Failure::Output(error.into()))?;
        private(&map)?.write_all(&text)?;
        anstream::eprintln!("kubereach: what stands for what is in {}: keep it to yourself", map.display());
    }
    let place = if form == Form::Stream { "standard output".to_owned() } else { path.display().to_string() };
    anstream::eprintln!("kubereach: {} objects in {place}", written.objects);
    for line in &written.missing {
        anstream::eprintln!("kubereach: not read: {line}");
    }
    Ok(OK)
}

fn map_beside(path: &std::path::Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".pseudonyms.json");
    path.with_file_name(name)
}

/// A new file that only its owner can read.
fn private(path: &std::path::Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
