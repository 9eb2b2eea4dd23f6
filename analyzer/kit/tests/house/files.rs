//! The files of the repository that people write.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use kubereach_testkit::repository;

/// Folders of things that are not ours, or that are data: what goes into a situation is not prose.
const LEFT_ASIDE: [&str; 6] = [".git", "node_modules", "schemas", "input", "before", "on_top_of"];

/// A file: its path in the repository, with `/`, and its text.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// All files that are text and written by hand, or shown to people.
pub(crate) fn all() -> &'static [File] {
    static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
        let root = repository();
        let mut found = Vec::new();
        walk(&root, &root, &mut found);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        assert!(found.len() > 1_000, "the repository is missing: {}", found.len());
        found
    });
    &FILES
}

/// The Rust files below a folder of the repository.
pub(crate) fn rust(folder: &str) -> impl Iterator<Item = &'static File> {
    all().iter().filter(move |file| file.path.starts_with(folder) && file.path.ends_with(".rs"))
}

/// Folders of the root that builds fill. Not each holds cargo's tag: a cache may restore one without it.
const BUILT: [&str; 2] = ["target", "dist"];

fn walk(root: &Path, folder: &Path, found: &mut Vec<File>) {
    // A build folder elsewhere says what it is.
    if folder.join("CACHEDIR.TAG").exists() || BUILT.iter().any(|name| folder == root.join(name)) {
        return;
    }
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && !LEFT_ASIDE.contains(&name.as_str()) {
            walk(root, &entry.path(), found);
        } else if kind.is_file() && name != ".git" && !name.to_lowercase().contains("lock") {
            // What is no text has nothing to say.
            let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
            found.push(File { path: relative(root, entry.path()), text });
        }
    }
}

fn relative(root: &Path, path: PathBuf) -> String {
    let parts = path.strip_prefix(root).unwrap().iter();
    parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
