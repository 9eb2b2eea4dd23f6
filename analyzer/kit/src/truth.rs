//! The suites of `tests/truth`: archives in the repository, unpacked once into the build folder.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How the names of archives end.
const ENDING: &str = ".tar.zst";

fn archives() -> PathBuf {
    crate::repository().join("tests/truth")
}

/// The build folder's place for what tests write: beside that of the profile, where the running test lies in `deps`.
fn build_folder() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(3).unwrap_or(&test).join("tmp")
}

/// The folder of a suite. With `KUBEREACH_TRUTH=FOLDER` it is `FOLDER/SUITE`, to try suites that are not packed yet.
pub fn truth(suite: &str) -> PathBuf {
    if let Some(folder) = std::env::var_os("KUBEREACH_TRUTH") {
        let path = PathBuf::from(folder).join(suite);
        assert!(path.is_dir(), "KUBEREACH_TRUTH: {} is not a folder", path.display());
        return path;
    }
    let archive = archives().join(format!("{suite}{ENDING}"));
    unpacked(suite, &archive).unwrap_or_else(|e| panic!("{}: {e}", archive.display()))
}

/// The folders of all suites, by name.
pub fn suites() -> Vec<(String, PathBuf)> {
    let folder = archives();
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok()?.strip_suffix(ENDING).map(str::to_owned))
        .collect();
    names.sort();
    names.into_iter().map(|name| (truth(&name), name)).map(|(path, name)| (name, path)).collect()
}

/// The folder that an archive was unpacked into. Its name holds a digest of the archive, so another archive is another
/// folder. It gets that name once it is whole: tests of several programs at once see all of it or nothing.
fn unpacked(suite: &str, archive: &Path) -> io::Result<PathBuf> {
    // One at a time within a program; between programs the last `rename` decides.
    static UNPACKING: Mutex<()> = Mutex::new(());
    let _held = UNPACKING.lock().unwrap_or_else(PoisonError::into_inner);

    let bytes = std::fs::read(archive)?;
    let folder = build_folder().join("truth");
    let mut digest = DefaultHasher::new();
    bytes.hash(&mut digest);
    let name = format!("{suite}-{:016x}", digest.finish());
    let whole = folder.join(&name);
    if whole.is_dir() {
        return Ok(whole);
    }
    let part = folder.join(format!("{name}.{}.part", std::process::id()));
    if part.exists() {
        // Of a process that had the same number and was stopped.
        std::fs::remove_dir_all(&part)?;
    }
    std::fs::create_dir_all(&part)?;
    tar::Archive::new(zstd::Decoder::new(bytes.as_slice())?).unpack(&part)?;
    if let Err(error) = std::fs::rename(&part, &whole) {
        std::fs::remove_dir_all(&part)?;
        // Another program was quicker.
        return if whole.is_dir() { Ok(whole) } else { Err(error) };
    }
    Ok(whole)
}
