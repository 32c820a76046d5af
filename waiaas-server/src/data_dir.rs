//! The data directory: one process at a time, and the files by which others find it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A locked data directory. The lock is the operating system's: it is held as long as the process lives
/// and no longer, however it ends.
#[derive(Debug)]
pub(crate) struct DataDir {
    _lock: File,
    announced: Vec<PathBuf>,
}

/// Why the directory could not be had.
#[derive(Debug)]
pub(crate) enum LockError {
    /// Another process holds it.
    Held,
    /// It cannot be made or read.
    Io(io::Error),
}

impl DataDir {
    /// Makes the directory when it is missing (closed to other users) and locks it.
    pub(crate) fn lock(path: &Path) -> Result<Self, LockError> {
        make_private(path).map_err(LockError::Io)?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let lock = options.open(path.join("daemon.lock")).map_err(LockError::Io)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock, announced: Vec::new() }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held),
            Err(TryLockError::Error(error)) => Err(LockError::Io(error)),
        }
    }

    /// Writes a small file that is removed again when the value is dropped.
    pub(crate) fn announce(&mut self, path: PathBuf, text: &str) -> io::Result<()> {
        if let Some(parent) = path.parent() {
            make_private(parent)?;
        }
        // Readers never see half of it.
        let draft = path.with_extension("tmp");
        let mut file = File::create(&draft)?;
        file.write_all(text.as_bytes())?;
        drop(file);
        std::fs::rename(&draft, &path)?;
        self.announced.push(path);
        Ok(())
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        for path in &self.announced {
            if let Err(error) = std::fs::remove_file(path) {
                tracing::warn!(path = %path.display(), %error, "could not be removed");
            }
        }
    }
}

fn make_private(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_at_a_time_and_no_traces_afterwards() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        let mut first = DataDir::lock(&path).unwrap();
        assert!(matches!(DataDir::lock(&path), Err(LockError::Held)));
        first.announce(path.join("run/daemon.pid"), "12").unwrap();
        assert_eq!(std::fs::read_to_string(path.join("run/daemon.pid")).unwrap(), "12");
        drop(first);
        assert!(!path.join("run/daemon.pid").exists());
        DataDir::lock(&path).unwrap();
    }
}
