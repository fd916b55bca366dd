//! Handing a command line on to the next `aws`: this program serves `sts` under that name, and nothing else.
//!
//! The next one is the first on the `PATH` after this program, so that a wrapper that stands before it is not asked again.
//! An environment variable remembers which copies of this program handed a line on, and to whom they handed these very
//! words: neither gets them a second time, so a wrapper that calls back from elsewhere ends at the `aws` behind it.

use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use super::config::Environment;
use super::errors::Failure;

/// The files that handed a line on, by device and number, and those that were handed one, with a hash of its words.
const PASSED: &str = "LOCUM_AWS_PASSED";
/// No honest chain of wrappers and calls within calls has more of them: this ends wrappers that add a word and call back.
const LONGEST: usize = 100;

/// Becomes the next `aws` with the same words. Returns only if that fails: `Ok` when there is none, the failure when it
/// cannot be started or the line has gone round in circles.
pub(crate) fn hand_on(words: &[OsString], environment: &Environment) -> Result<(), Failure> {
    let own = std::env::current_exe().and_then(std::fs::metadata);
    let own = own.as_ref().map(identity).unwrap_or_default();
    let mut passed = Passed::new(environment.get(PASSED).as_deref(), own, words);
    if passed.entries.len() > LONGEST {
        return Err(Failure::General(
            "This command line was handed from one aws to the next too often; some aws on the PATH calls itself."
                .to_owned(),
        ));
    }
    let Some(next) = passed.next(std::env::var_os("PATH").as_deref()) else {
        return Ok(());
    };
    let error = Command::new(&next)
        .arg0("aws")
        .args(words)
        .env(PASSED, passed.entries.join(" "))
        .exec();
    Err(Failure::General(format!(
        "{} cannot be started: {error}",
        next.display()
    )))
}

/// Who handed lines on so far, and this program, which is about to.
struct Passed {
    entries: Vec<String>,
    own: String,
    /// Of the words that are handed on.
    hash: u64,
}

impl Passed {
    fn new(before: Option<&str>, own: String, words: &[OsString]) -> Self {
        let before = before.unwrap_or_default().split_whitespace();
        let mut hasher = DefaultHasher::new();
        words.hash(&mut hasher);
        Self {
            entries: before.map(str::to_owned).chain([own.clone()]).collect(),
            own,
            hash: hasher.finish(),
        }
    }

    /// Finds whom to hand the line on to, and remembers that.
    fn next(&mut self, path: Option<&OsStr>) -> Option<PathBuf> {
        let found: Vec<(PathBuf, String)> = programs("aws", path).collect();
        let after = found.iter().rposition(|(_, identity)| *identity == self.own);
        let with_words = |identity: &str| format!("{identity}:{:x}", self.hash);
        let (path, identity) = found
            .into_iter()
            .skip(after.map_or(0, |position| position + 1))
            .find(|(_, identity)| {
                !self.entries.contains(identity) && !self.entries.contains(&with_words(identity))
            })?;
        self.entries.push(with_words(&identity));
        Some(path)
    }
}

/// Two paths with the same identity are one file, whatever links lead there.
fn identity(file: &Metadata) -> String {
    format!("{}:{}", file.dev(), file.ino())
}

/// Finds the first program of a name on the `PATH`.
pub(super) fn installed(name: &str) -> Option<PathBuf> {
    programs(name, std::env::var_os("PATH").as_deref())
        .next()
        .map(|(path, _)| path)
}

/// The programs of a name and their identities. Relative directories are passed over: what the current directory holds
/// is not what somebody installed.
fn programs(name: &str, path: Option<&OsStr>) -> impl Iterator<Item = (PathBuf, String)> {
    let directories = std::env::split_paths(path.unwrap_or_default());
    let candidates = directories
        .filter(|directory| directory.is_absolute())
        .map(move |directory| directory.join(name));
    candidates.filter_map(|path| {
        let file = std::fs::metadata(&path).ok()?;
        let runs = file.is_file() && file.mode() & 0o111 != 0;
        runs.then(|| (path, identity(&file)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;

    #[test]
    fn the_next_is_the_first_other_program() {
        let room = tempfile::tempdir().unwrap();
        let directory = |name: &str| {
            let path = room.path().join(name);
            std::fs::create_dir(&path).unwrap();
            path
        };
        let program = |path: &Path, mode| {
            std::fs::write(path, "").unwrap();
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        let own = room.path().join("locum");
        program(&own, 0o755);
        let mut path: Vec<PathBuf> = vec![
            "".into(),
            ".".into(),
            "relative".into(),
            room.path().join("absent"),
        ];
        let linked = directory("linked");
        symlink(&own, linked.join("aws")).unwrap();
        let hard = directory("hard");
        std::fs::hard_link(&own, hard.join("aws")).unwrap();
        let data = directory("data");
        program(&data.join("aws"), 0o644);
        let folder = directory("folder");
        std::fs::create_dir(folder.join("aws")).unwrap();
        path.extend([linked, hard, data, folder]);
        let joined = std::env::join_paths(&path).unwrap();
        let known = identity(&std::fs::metadata(&own).unwrap());
        let passed = |before: Option<&str>, own: &str, word: &str| {
            Passed::new(before, own.to_owned(), &[OsString::from(word)])
        };
        assert_eq!(passed(None, &known, "x").next(Some(&joined)), None);
        let (copy, real) = (directory("copy").join("aws"), directory("real").join("aws"));
        program(&copy, 0o755);
        program(&real, 0o755);
        path.extend([&copy, &real].map(|file| file.parent().unwrap().to_owned()));
        let joined = std::env::join_paths(&path).unwrap();
        let mut first = passed(None, &known, "x");
        assert_eq!(first.next(Some(&joined)).as_deref(), Some(&*copy));
        let mut second = passed(
            Some(&first.entries.join(" ")),
            &identity(&std::fs::metadata(&copy).unwrap()),
            "x",
        );
        assert_eq!(second.next(Some(&joined)).as_deref(), Some(&*real));
        assert_eq!(passed(None, &known, "x").next(None), None);

        // A wrapper before this program is not asked again, and one that calls back from elsewhere once.
        let wrapper = directory("wrapper").join("aws");
        program(&wrapper, 0o755);
        path.insert(0, wrapper.parent().unwrap().to_owned());
        let joined = std::env::join_paths(&path).unwrap();
        assert_eq!(
            passed(None, &known, "x").next(Some(&joined)).as_deref(),
            Some(&*copy)
        );
        let joined = std::env::join_paths([&wrapper, &real].map(|file| file.parent().unwrap())).unwrap();
        let mut first = passed(None, &known, "x");
        assert_eq!(first.next(Some(&joined)).as_deref(), Some(&*wrapper));
        let before = first.entries.join(" ");
        let mut again = passed(Some(&before), &known, "x");
        assert_eq!(again.next(Some(&joined)).as_deref(), Some(&*real));
        let mut within = passed(Some(&again.entries.join(" ")), &known, "other");
        assert_eq!(
            within.next(Some(&joined)).as_deref(),
            Some(&*wrapper),
            "other words"
        );
    }
}
