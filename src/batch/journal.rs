//! The journal of a run over many files: a line of JSON for each file that was begun, refused or
//! finished.
//!
//! Lines are only ever added, and each says all it takes to rely on it: which file in which state,
//! which version of the program, which options. So it does not matter which run wrote a line, or
//! whether the last one was cut off: a line counts when it is whole and everything in it still
//! holds.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::Mutex;
use std::time::UNIX_EPOCH;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A file in the state it was worked on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The path as it was named.
    path: OsString,
    size: u64,
    /// Seconds and nanoseconds since 1970.
    modified: (u64, u32),
}

impl State {
    /// The state of a file now; `None` where the system does not tell.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let known = path.metadata().ok()?;
        let modified = known.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self {
            path: path.as_os_str().to_owned(),
            size: known.len(),
            modified: (modified.as_secs(), modified.subsec_nanos()),
        })
    }
}

/// A line of the journal.
#[derive(Debug, Serialize, Deserialize)]
struct Line<R> {
    #[serde(flatten)]
    state: State,
    version: String,
    options: String,
    progress: Progress<R>,
}

/// How far the work on a file came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Progress<R> {
    /// It was begun: outputs that are there are of this run.
    Begun,
    /// It was refused before anything was written.
    Refused,
    /// It is finished.
    Done(R),
}

/// The version whose lines are relied on.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The journal while a run writes it.
#[derive(Debug)]
pub struct Journal {
    file: Mutex<File>,
    options: String,
}

impl Journal {
    /// Opens a journal to add to it, with all the options that bear on results.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(path: &Path, options: &str) -> std::io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).read(true).open(path)?;
        if !ends_a_line(&mut file)? {
            file.write_all(b"\n")?;
        }
        Ok(Self { file: Mutex::new(file), options: digest(options) })
    }

    /// Notes that a file is finished. Its state is that from before the work, so that a file
    /// changed meanwhile is done again.
    ///
    /// # Errors
    /// What the system says.
    pub fn add<R: Serialize>(&self, state: State, result: &R) -> std::io::Result<()> {
        self.line(state, Progress::Done(result))
    }

    /// Notes that the work on a file begins; outputs found later without a result are of this run.
    ///
    /// # Errors
    /// What the system says.
    pub fn begin(&self, state: State) -> std::io::Result<()> {
        self.line(state, Progress::<()>::Begun)
    }

    /// Notes that the work on a file was refused before anything was written.
    ///
    /// # Errors
    /// What the system says.
    pub fn refuse(&self, state: State) -> std::io::Result<()> {
        self.line(state, Progress::<()>::Refused)
    }

    fn line<R: Serialize>(&self, state: State, progress: Progress<R>) -> std::io::Result<()> {
        let (version, options) = (VERSION.to_owned(), self.options.clone());
        let mut line = serde_json::to_vec(&Line { state, version, options, progress })?;
        line.push(b'\n');
        match self.file.lock() {
            // One write a line: whole lines from several threads, and at most the last one cut.
            Ok(mut file) => file.write_all(&line),
            Err(_) => Ok(()),
        }
    }
}

/// False when the last line was cut off.
fn ends_a_line(file: &mut File) -> std::io::Result<bool> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Where the lines of a journal that can be relied on stand, by file.
#[derive(Debug, Default)]
pub struct Done {
    file: Option<Mutex<File>>,
    lines: HashMap<OsString, (State, u64)>,
    /// Files that were begun and not finished.
    begun: HashSet<OsString>,
}

impl Done {
    /// Looks through a journal; one that does not exist is empty. Of several lines on a file the
    /// last counts. Results stay in the file until they are asked for.
    ///
    /// # Errors
    /// What the system says.
    pub fn read(path: &Path, options: &str) -> std::io::Result<Self> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(error),
        };
        let (mut lines, mut begun) = (HashMap::new(), HashSet::new());
        let mut reader = BufReader::new(&file);
        let (mut line, mut at) = (Vec::new(), 0);
        let options = digest(options);
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line)?;
            if length == 0 {
                break;
            }
            let read: Result<Line<serde::de::IgnoredAny>, _> = serde_json::from_slice(&line);
            if let Ok(Line { state, version, options: with, progress }) = read {
                // What any version began, with any options, may be replaced; where it was refused, an
                // earlier result still holds.
                match progress {
                    Progress::Begun => {
                        begun.insert(state.path);
                    }
                    Progress::Refused => {
                        begun.remove(&state.path);
                    }
                    Progress::Done(_) => {
                        begun.remove(&state.path);
                        if version == VERSION && with == options {
                            lines.insert(state.path.clone(), (state, at));
                        } else {
                            lines.remove(&state.path);
                        }
                    }
                }
            }
            at += length as u64;
        }
        Ok(Self { file: Some(Mutex::new(file)), lines, begun })
    }

    /// True for a file that was begun and not finished: its outputs may be replaced.
    #[must_use]
    pub fn was_begun(&self, path: &OsStr) -> bool {
        self.begun.contains(path)
    }

    /// How many files are listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// True when no file is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The result of a file that has not changed since.
    #[must_use]
    pub fn result<R: DeserializeOwned>(&self, path: &OsStr) -> Option<R> {
        use std::io::{Seek as _, SeekFrom};
        let (state, at) = self.lines.get(path).filter(|_| !self.was_begun(path))?;
        if State::of(Path::new(path)).as_ref() != Some(state) {
            return None;
        }
        let file = self.file.as_ref()?.lock().ok()?;
        let mut reader = BufReader::new(&*file);
        reader.seek(SeekFrom::Start(*at)).ok()?;
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).ok()?;
        match serde_json::from_slice::<Line<R>>(&line).ok()?.progress {
            Progress::Done(result) => Some(result),
            Progress::Begun | Progress::Refused => None,
        }
    }
}

/// Options in a few letters. The digest may change with the compiler; files are then done again.
fn digest(options: &str) -> String {
    let mut hasher = DefaultHasher::new();
    options.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_counts_while_all_it_says_holds() {
        let folder = tempfile::tempdir().unwrap();
        let (journal, file) = (folder.path().join("j.jsonl"), folder.path().join("a"));
        std::fs::write(&file, "one").unwrap();
        let add = |options, result: u32| {
            let state = State::of(&file).unwrap();
            Journal::open(&journal, options).unwrap().add(state, &result).unwrap();
        };
        let result = |options| -> Option<u32> {
            Done::read(&journal, options).unwrap().result(file.as_os_str())
        };
        assert_eq!(result("x"), None, "no journal yet");
        add("x", 1);
        assert_eq!((result("x"), result("y")), (Some(1), None));
        add("x", 2);
        assert_eq!(result("x"), Some(2), "the last line counts");
        add("y", 3);
        assert_eq!(result("x"), None, "outputs are those of other options by now");
        std::fs::write(&file, "other").unwrap();
        assert_eq!(result("y"), None, "the file has changed");
    }

    #[test]
    fn what_was_begun_and_not_finished_is_the_runs_own() {
        let folder = tempfile::tempdir().unwrap();
        let (path, file) = (folder.path().join("j.jsonl"), folder.path().join("a"));
        std::fs::write(&file, "one").unwrap();
        let state = || State::of(&file).unwrap();
        let journal = Journal::open(&path, "x").unwrap();
        let begun = || Done::read(&path, "x").unwrap().was_begun(file.as_os_str());
        assert!(!begun());
        journal.begin(state()).unwrap();
        assert!(begun());
        assert_eq!(Done::read(&path, "x").unwrap().result::<u32>(file.as_os_str()), None);
        journal.refuse(state()).unwrap();
        assert!(!begun(), "somebody else's output was met");
        journal.begin(state()).unwrap();
        journal.add(state(), &1).unwrap();
        assert!(!begun());
        assert_eq!(Done::read(&path, "x").unwrap().result::<u32>(file.as_os_str()), Some(1));
    }

    #[test]
    fn a_line_cut_off_is_passed_over_and_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("j.jsonl");
        let files = ["a", "b", "c"].map(|name| folder.path().join(name));
        for file in &files {
            std::fs::write(file, "x").unwrap();
        }
        let add = |file: &Path| {
            let state = State::of(file).unwrap();
            Journal::open(&journal, "").unwrap().add(state, &7).unwrap();
        };
        add(&files[0]);
        add(&files[1]);
        let text = std::fs::read(&journal).unwrap();
        std::fs::write(&journal, &text[..text.len() - 9]).unwrap();
        add(&files[2]);
        let done = Done::read(&journal, "").unwrap();
        let known = files.map(|file| done.result::<u32>(file.as_os_str()));
        assert_eq!(known, [Some(7), None, Some(7)]);
        assert_eq!(done.len(), 2);
    }
}
