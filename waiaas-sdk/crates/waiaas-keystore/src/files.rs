//! The key store's directory: private, and every write is all or nothing.
//!
//! A file is written under a temporary name, flushed to the disk, given its final name in one step, and the
//! directory is flushed too. A crash leaves the old state or the new one; leftovers are removed at the next
//! start. DIFFERS: the original does not flush, so a power cut could leave an empty key file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// No file of the key store comes near this size, in bytes; a longer one is not read into memory.
const MAX_FILE_LEN: u64 = 16 * 1024;

/// The directory that holds the vault file and the wallet files.
#[derive(Clone, Debug)]
pub(crate) struct KeyDir {
    path: PathBuf,
}

impl KeyDir {
    /// Makes the directory, and its parents where they are missing, for the owner alone.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path)?;
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            flush_directory(parent)?;
        }
        Self::open(path)
    }

    /// Opens an existing directory: closes it to others if it was open, removes leftovers of writes that a
    /// crash cut short.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        #[cfg(unix)]
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            if is_temporary(&entry.file_name().to_string_lossy()) {
                remove_if_there(&entry.path())?;
            }
        }
        Ok(Self { path: path.to_owned() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The content of `name`, or `None` when there is no such file.
    pub(crate) fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let file = match File::open(self.path.join(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut content = Vec::new();
        file.take(MAX_FILE_LEN + 1).read_to_end(&mut content)?;
        let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
        if length > MAX_FILE_LEN {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "file is larger than any key store file"));
        }
        Ok(Some(content))
    }

    pub(crate) fn exists(&self, name: &str) -> io::Result<bool> {
        self.path.join(name).try_exists()
    }

    /// Whether any file looks like a wallet key (of this or an older version).
    pub(crate) fn has_json_files(&self) -> io::Result<bool> {
        for entry in fs::read_dir(&self.path)? {
            if entry?.path().extension().is_some_and(|extension| extension == "json") {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes `name`, which must not exist yet.
    ///
    /// The final name is made as a hard link: unlike a rename, linking fails when the name is taken, also when
    /// another process took it a moment ago. A key is never overwritten.
    pub(crate) fn write_new(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let staged = self.stage(name, content)?;
        fs::hard_link(&staged.path, self.path.join(name))?;
        drop(staged);
        flush_directory(&self.path)
    }

    /// Writes `name`, replacing what was there in one step.
    pub(crate) fn replace(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let staged = self.stage(name, content)?;
        fs::rename(&staged.path, self.path.join(name))?;
        flush_directory(&self.path)
    }

    /// Removes `name`; nothing happens when it is not there.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        remove_if_there(&self.path.join(name))?;
        flush_directory(&self.path)
    }

    /// Puts `content` on the disk under a temporary name, readable for the owner alone.
    fn stage(&self, name: &str, content: &[u8]) -> io::Result<Staged> {
        let mut suffix = [0; 8];
        getrandom::fill(&mut suffix).map_err(|error| io::Error::other(error.to_string()))?;
        let staged = Staged { path: self.path.join(format!(".{name}.{}.tmp", hex::encode(suffix))) };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&staged.path)?;
        file.write_all(content)?;
        file.sync_all()?;
        Ok(staged)
    }
}

/// A file under its temporary name. The name goes away with this value.
struct Staged {
    path: PathBuf,
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After a rename the name is gone already. If removing fails, the next start removes it; the content
        // is as encrypted as the final file's.
        let _ = fs::remove_file(&self.path);
    }
}

fn is_temporary(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(".tmp")
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes names given or taken in `path` survive a power cut. Only Unix lets a program open a directory.
fn flush_directory(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_crash_before_the_final_name_leaves_the_old_file_and_is_swept() {
        let root = tempfile::tempdir().unwrap();
        let dir = KeyDir::create(&root.path().join("keys")).unwrap();
        dir.write_new("vault.json", b"old").unwrap();
        // What a crash between flush and rename leaves behind.
        std::mem::forget(dir.stage("vault.json", b"new").unwrap());
        assert_eq!(names(dir.path()).len(), 2);

        let dir = KeyDir::open(dir.path()).unwrap();
        assert_eq!(dir.read("vault.json").unwrap().unwrap(), b"old");
        assert_eq!(names(dir.path()), ["vault.json"]);
    }

    #[test]
    fn writing_anew_never_overwrites() {
        let root = tempfile::tempdir().unwrap();
        let dir = KeyDir::create(root.path()).unwrap();
        dir.write_new("a.json", b"first").unwrap();
        let error = dir.write_new("a.json", b"second").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(dir.read("a.json").unwrap().unwrap(), b"first");
        dir.replace("a.json", b"third").unwrap();
        assert_eq!(dir.read("a.json").unwrap().unwrap(), b"third");
        assert_eq!(names(dir.path()), ["a.json"], "no temporary file stays");
        dir.remove("a.json").unwrap();
        dir.remove("a.json").unwrap();
        assert_eq!(dir.read("a.json").unwrap(), None);
    }

    #[test]
    fn an_oversized_file_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let dir = KeyDir::create(root.path()).unwrap();
        let limit = usize::try_from(MAX_FILE_LEN).unwrap();
        dir.write_new("fits", &vec![0; limit]).unwrap();
        dir.write_new("long", &vec![0; limit + 1]).unwrap();
        assert!(dir.read("fits").is_ok());
        assert_eq!(dir.read("long").unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[cfg(unix)]
    #[test]
    fn files_are_for_the_owner_alone_and_an_open_directory_is_closed() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let path = root.path().join("data/keystore");
        let dir = KeyDir::create(&path).unwrap();
        dir.write_new("a.json", b"{}").unwrap();
        dir.replace("b.json", b"{}").unwrap();
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join("a.json")), 0o600);
        assert_eq!(mode(&path.join("b.json")), 0o600);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        KeyDir::open(&path).unwrap();
        assert_eq!(mode(&path), 0o700);
    }
}
