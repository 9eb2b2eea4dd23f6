//! From the words of the command line to the bundles they stand for.
//!
//! A file is a bundle. A folder stands for what is directly in it, unless it is itself laid out as one
//! bundle. What exists under no such name and has `*`, `?`, `[` or `{` in it is a pattern, and what matches is a
//! bundle, file or folder, as if the shell had put it there.

use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use walkdir::WalkDir;

use kubereach_intake as intake;

/// One bundle of a fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bundle {
    /// How it is called in results: its path as the command line leads to it.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Why there is none: a folder without bundles, a pattern without matches. It is listed so that it is not
    /// passed over in silence.
    pub(crate) missing: Option<String>,
}

/// The bundles of a fleet, in the order of their names, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fleet {
    /// The bundles.
    pub(crate) bundles: Vec<Bundle>,
    /// What stands beside them in folders and cannot hold objects by its name.
    pub(crate) left_out: Vec<String>,
}

/// Why the words stand for no fleet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FleetError {
    /// It is no pattern.
    #[error("'{pattern}' is no pattern: {why}; write a folder, a file, or a pattern such as 'dumps/**/*.tar.gz'")]
    Pattern {
        /// As written.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
}

/// Lists the bundles that the words stand for. Nothing of them is read but names.
pub(crate) fn list(words: &[PathBuf]) -> Result<Fleet, FleetError> {
    let mut fleet = Fleet::default();
    for word in words {
        if word.is_dir() {
            if intake::is_bundle_folder(&outline(word)) {
                fleet.add(word.clone());
            } else {
                fleet.folder(word);
            }
        } else if std::fs::symlink_metadata(word).is_err() && has_pattern(&word.to_string_lossy()) {
            fleet.pattern(word)?;
        } else {
            // Whatever is wrong with it is said where it is read.
            fleet.add(word.clone());
        }
    }
    fleet.bundles.sort_by(|a, b| a.name.cmp(&b.name));
    fleet.bundles.dedup_by(|a, b| a.name == b.name);
    fleet.left_out.sort();
    fleet.left_out.dedup();
    Ok(fleet)
}

impl Fleet {
    fn add(&mut self, path: PathBuf) {
        self.bundles.push(Bundle { name: name_of(&path), path: plain(&path), missing: None });
    }

    fn nothing(&mut self, path: &Path, why: String) {
        self.bundles.push(Bundle { name: name_of(path), path: path.to_path_buf(), missing: Some(why) });
    }

    /// What is directly in a folder.
    fn folder(&mut self, folder: &Path) {
        let before = self.bundles.len();
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        for entry in WalkDir::new(folder).min_depth(1).max_depth(1).sort_by_file_name() {
            match entry {
                Ok(entry) if hidden(&entry) => {}
                Ok(entry) => self.entry(&entry, &real, may_be_bundle),
                Err(error) => self.nothing(error.path().unwrap_or(folder), words_of(&error)),
            }
        }
        if self.bundles.len() == before {
            self.nothing(folder, "a folder without bundles".to_owned());
        }
    }

    fn entry(&mut self, entry: &walkdir::DirEntry, root: &Path, wanted: impl Fn(&Path) -> bool) {
        let path = entry.path();
        let inside = || path.canonicalize().ok().filter(|target| target.starts_with(root));
        let kind = entry.file_type();
        let is_dir = if kind.is_symlink() { inside().map(|target| target.is_dir()) } else { Some(kind.is_dir()) };
        let file = kind.is_file() || is_dir == Some(false) && kind.is_symlink();
        match is_dir {
            Some(true) => self.add(path.to_path_buf()),
            Some(false) if file && wanted(path) => self.add(path.to_path_buf()),
            _ => self.left_out.push(name_of(path)),
        }
    }

    /// What matches a pattern.
    fn pattern(&mut self, pattern: &Path) -> Result<(), FleetError> {
        let before = self.bundles.len();
        let (base, rest) = split(pattern);
        let matcher = matcher(&rest).map_err(|error| FleetError::Pattern {
            pattern: pattern.to_string_lossy().into_owned(),
            why: error.kind().to_string(),
        })?;
        let walked = if base.as_os_str().is_empty() { Path::new(".") } else { base.as_path() };
        let real = walked.canonicalize().unwrap_or_else(|_| walked.to_path_buf());
        let deepest = if rest.contains("**") { usize::MAX } else { rest.split('/').count() };
        let dotted = rest.split('/').any(|part| part.starts_with('.'));
        let walk = WalkDir::new(walked).min_depth(1).max_depth(deepest).follow_root_links(true).sort_by_file_name();
        let mut walk = walk.into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                // A base that does not exist is a pattern without matches.
                Err(error) if error.depth() == 0 => break,
                Err(error) => {
                    self.nothing(error.path().unwrap_or(pattern), words_of(&error));
                    continue;
                }
            };
            let is_dir = entry.file_type().is_dir();
            if !dotted && hidden(&entry) {
                if is_dir {
                    walk.skip_current_dir();
                }
                continue;
            }
            let below = entry.path().strip_prefix(walked).unwrap_or(entry.path());
            if matcher.is_match(below) {
                self.entry(&entry, &real, |_| true);
                // What is in a bundle is no bundle of its own.
                if is_dir {
                    walk.skip_current_dir();
                }
            }
        }
        if self.bundles.len() == before {
            self.nothing(pattern, "nothing matches this pattern".to_owned());
        }
        Ok(())
    }
}

fn matcher(pattern: &str) -> Result<GlobMatcher, globset::Error> {
    Ok(GlobBuilder::new(pattern).literal_separator(true).build()?.compile_matcher())
}

fn has_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// The folder before the first part that is a pattern, and the rest.
fn split(pattern: &Path) -> (PathBuf, String) {
    let mut parts = pattern.components().peekable();
    let mut base = PathBuf::new();
    while let Some(part) = parts.next_if(|part| !has_pattern(&part.as_os_str().to_string_lossy())) {
        base.push(part);
    }
    let rest: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    (base, rest.join("/"))
}

fn hidden(entry: &walkdir::DirEntry) -> bool {
    // The folder that every ext volume has.
    entry.file_name().to_string_lossy().starts_with('.') || entry.file_name() == "lost+found"
}

/// By its name: an archive, or a file that may hold objects.
fn may_be_bundle(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    // Archives of kinds that are not read are bundles all the same, and it is said that they cannot be read.
    matches!(ending.as_str(), "gz" | "tgz" | "tar" | "xz" | "zst" | "zip" | "bz2" | "7z")
        || intake::may_hold_objects(&path.to_string_lossy())
}

/// The names in a folder down to the depth at which layouts leave their marks.
fn outline(folder: &Path) -> Vec<String> {
    /// Names below one folder of it that are looked at.
    const BELOW: usize = 1_024;
    let label = |entry: &walkdir::DirEntry| {
        entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_string_lossy().replace('\\', "/")
    };
    let mut names = Vec::new();
    for top in WalkDir::new(folder).min_depth(1).max_depth(1).sort_by_file_name().into_iter().filter_map(Result::ok) {
        if top.file_type().is_dir() && !hidden(&top) {
            let below = WalkDir::new(top.path()).min_depth(1).max_depth(4).sort_by_file_name();
            let files = below.into_iter().filter_map(Result::ok).take(BELOW).filter(|e| !e.file_type().is_dir());
            names.extend(files.map(|entry| label(&entry)));
        } else {
            names.push(label(&top));
        }
    }
    names
}

/// A path as results call it, with `/` whatever the system writes.
fn name_of(path: &Path) -> String {
    plain(path).to_string_lossy().replace('\\', "/")
}

/// The same way to a bundle, without the dots: whoever writes `./dumps` gets the same results as for `dumps`.
fn plain(path: &Path) -> PathBuf {
    let plain: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    if plain.as_os_str().is_empty() { path.to_path_buf() } else { plain }
}

fn words_of(error: &walkdir::Error) -> String {
    error.io_error().map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        folder
    }

    fn names(folder: &Path, words: &[&str]) -> Vec<String> {
        let words: Vec<PathBuf> = words.iter().map(|word| folder.join(word)).collect();
        let fleet = list(&words).unwrap();
        let short = |name: &str| name.strip_prefix(&*folder.to_string_lossy()).unwrap_or(name).to_owned();
        fleet
            .bundles
            .iter()
            .map(|b| short(&b.name) + if b.missing.is_some() { "!" } else { "" })
            .chain(fleet.left_out.iter().map(|name| short(name) + "?"))
            .collect()
    }

    #[test]
    fn folders_and_patterns_stand_for_bundles() {
        let folder = made(&[
            "d/b.tar.gz",
            "d/a.yaml",
            "d/c/services.yaml",
            "d/notes.txt",
            "d/.hidden.yaml",
            "d/old.tar.bz2",
            "e/x/one.tar.gz",
            "e/y/two.tar.gz",
            "e/y/deep/three.tar.gz",
            "empty/README.md",
            "we[ird].yaml",
        ]);
        let at = folder.path();
        assert_eq!(names(at, &["d"]), ["/d/a.yaml", "/d/b.tar.gz", "/d/c", "/d/old.tar.bz2", "/d/notes.txt?"]);
        assert_eq!(names(at, &["d/*.t*"]), ["/d/b.tar.gz", "/d/notes.txt", "/d/old.tar.bz2"]);
        assert_eq!(names(at, &["d/*.tar.gz", "d/./b.tar.gz"]), ["/d/b.tar.gz"]);
        assert_eq!(names(at, &["e/*/*.gz"]), ["/e/x/one.tar.gz", "/e/y/two.tar.gz"]);
        assert_eq!(names(at, &["e/**/*.gz"]), ["/e/x/one.tar.gz", "/e/y/deep/three.tar.gz", "/e/y/two.tar.gz"]);
        // A folder that matches is a bundle, and what is in it is none.
        assert_eq!(names(at, &["e/**"]), ["/e/x", "/e/y"]);
        assert_eq!(names(at, &["e/{x,z}/*"]), ["/e/x/one.tar.gz"]);
        assert_eq!(names(at, &["we[ird].yaml"]), ["/we[ird].yaml"]);
        assert_eq!(
            names(at, &["empty", "nowhere/*", "gone.zip"]),
            ["/empty!", "/gone.zip", "/nowhere/*!", "/empty/README.md?"]
        );
        assert!(list(&[at.join("a{b")]).is_err());
    }

    #[test]
    fn a_folder_laid_out_as_one_bundle_is_one() {
        let folder = made(&[
            "one/version.yaml",
            "one/cluster-resources/namespaces.json",
            "one/cluster-resources/services/shop.json",
            "many/one/version.yaml",
            "many/one/cluster-resources/namespaces.json",
            "many/two/version.yaml",
            "many/two/cluster-resources/namespaces.json",
            "ours/coverage.json",
            "ours/objects.yaml",
        ]);
        let at = folder.path();
        assert_eq!(names(at, &["one"]), ["/one"]);
        assert_eq!(names(at, &["many"]), ["/many/one", "/many/two"]);
        assert_eq!(names(at, &["ours"]), ["/ours"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_out_are_left_out() {
        let folder = made(&["d/real.yaml", "other/secret.yaml"]);
        let at = folder.path();
        std::os::unix::fs::symlink(at.join("other/secret.yaml"), at.join("d/out.yaml")).unwrap();
        std::os::unix::fs::symlink(at.join("other"), at.join("d/outside")).unwrap();
        std::os::unix::fs::symlink("real.yaml", at.join("d/same.yaml")).unwrap();
        let listed = ["/d/real.yaml", "/d/same.yaml", "/d/out.yaml?", "/d/outside?"];
        assert_eq!(names(at, &["d"]), listed);
        assert_eq!(names(at, &["d/*"]), listed);
    }
}
