//! The parent's side of a worker: gives it files, waits so long, replaces it when it is gone.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use soatbieu::failure::{Code, Failure};
use soatbieu::output;
use soatbieu::units::Naming;

use super::time::{self, Allowance, Over};
use super::{Outcome, Setup, Task, failed};
use crate::cli::session::{Input, Terminals, shown};
use crate::cli::{Arguments, Session};

/// Has one worker at a time, started when it is first needed.
pub(crate) struct Hand {
    setup: Vec<u8>,
    allowance: Allowance,
    worker: Option<Worker>,
    /// Words the failures of files without a worker.
    session: Session,
    /// Names their units.
    naming: Naming,
}

impl Hand {
    pub(crate) fn new(arguments: &Arguments, terminals: Terminals, naming: &Naming) -> Self {
        let out = arguments.command.clone().out().map(|out| out.as_os_str().to_owned());
        let setup = Setup { arguments: arguments.words.clone(), out, terminals };
        Self {
            // Strings and booleans always serialise.
            setup: serde_json::to_vec(&setup).unwrap_or_default(),
            allowance: Allowance {
                processor: Duration::from_secs(arguments.common.bounds.max_seconds),
            },
            worker: None,
            session: Session::of_worker(&arguments.common, terminals),
            naming: naming.clone(),
        }
    }

    /// Works on files; that the worker died or took too long is a failure of the file it was at.
    ///
    /// Files given at once wait less for each other. Where the worker ends before it has answered
    /// for all, the rest is done again one by one, which tells whose failure it is: so only work
    /// that leaves nothing behind is to be given at once.
    pub(crate) fn work_all(&mut self, tasks: &[Task]) -> Vec<Outcome> {
        let together = tasks.len() > 1 && tasks.iter().all(|task| task.path != "-");
        let mut outcomes = if together { self.ask_all(tasks) } else { Vec::new() };
        outcomes.extend(tasks[outcomes.len()..].iter().map(|task| self.work(task)));
        outcomes
    }

    /// Works on a file; that its worker died or took too long is a failure of the file.
    pub(crate) fn work(&mut self, task: &Task) -> Outcome {
        self.given(task).and_then(|given| self.ask(task, &given)).unwrap_or_else(|failure| {
            let path = shown(Path::new(&task.path));
            failed(&self.session, &self.naming, &path, failure)
        })
    }

    /// The bytes of standard input, for a task that is about it.
    pub(crate) fn given(&self, task: &Task) -> Result<Vec<u8>, Failure> {
        let path = Path::new(&task.path);
        if path != Path::new("-") {
            return Ok(Vec::new());
        }
        Ok(Input::read(path, &self.session.limits)?.bytes)
    }

    /// Gives a file to the worker, with the bytes of standard input where the task is about it.
    ///
    /// # Errors
    /// A failure when the worker died or took too long. What the work itself failed by is in the
    /// outcome.
    pub(crate) fn ask(&mut self, task: &Task, given: &[u8]) -> Result<Outcome, Failure> {
        let task = Task { given: Some(given.len()).filter(|_| task.path == "-"), ..task.clone() };
        let mut worker = self.worker()?;
        match worker.send(&task, given).and_then(|()| worker.answer(self.allowance)) {
            Ok(outcome) => {
                self.worker = Some(worker);
                Ok(outcome)
            }
            Err(end) => {
                let id = worker.child.id();
                let words = worker.end();
                output::sweep(Path::new(&task.target.folder), id);
                Err(match end {
                    End::Time(over) => took_too_long(self.allowance, over),
                    End::Gone => died(&words),
                })
            }
        }
    }

    /// The outcomes of the first files, as far as the worker came.
    fn ask_all(&mut self, tasks: &[Task]) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(tasks.len());
        let Ok(mut worker) = self.worker() else { return outcomes };
        let mut ended = tasks.iter().try_for_each(|task| worker.add(task));
        ended = ended.and_then(|()| worker.flush());
        while ended.is_ok() && outcomes.len() < tasks.len() {
            ended = worker.answer(self.allowance).map(|outcome| outcomes.push(outcome));
        }
        if ended.is_ok() {
            self.worker = Some(worker);
        } else {
            worker.end();
        }
        outcomes
    }

    /// The worker there is, or a new one.
    fn worker(&mut self) -> Result<Worker, Failure> {
        match self.worker.take() {
            Some(worker) => Ok(worker),
            None => Worker::start(&self.setup).map_err(|error| not_started(&error)),
        }
    }
}

/// Why a worker is of no more use.
enum End {
    Time(Over),
    Gone,
}

struct Worker {
    child: Child,
    /// `None` once the worker is to end.
    tasks: Option<BufWriter<ChildStdin>>,
    answers: Receiver<String>,
    /// Where the system's words on its death go.
    complaints: File,
}

impl Worker {
    fn start(setup: &[u8]) -> std::io::Result<Self> {
        let complaints = tempfile::tempfile()?;
        let mut child = Command::new(std::env::current_exe()?)
            .arg(super::WORKER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(complaints.try_clone()?)
            .spawn()?;
        let (tasks, answers) = (child.stdin.take().map(BufWriter::new), child.stdout.take());
        let (sender, receiver) = channel();
        if let Some(answers) = answers {
            // Waiting with a time limit is only possible on a channel. The thread ends with the
            // worker.
            std::thread::spawn(move || {
                let mut answers = BufReader::new(answers);
                let mut line = String::new();
                while answers.read_line(&mut line).is_ok_and(|length| length > 0) {
                    if sender.send(std::mem::take(&mut line)).is_err() {
                        break;
                    }
                }
            });
        }
        let mut worker = Self { child, tasks, answers: receiver, complaints };
        worker.write(&[setup, b"\n"].concat())?;
        Ok(worker)
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.tasks.as_mut().map_or(Ok(()), |tasks| tasks.write_all(bytes))
    }

    /// Adds a task to what is sent next.
    fn add(&mut self, task: &Task) -> Result<(), End> {
        let message = serde_json::to_vec(task).map_err(|_| End::Gone)?;
        self.write(&message).and_then(|()| self.write(b"\n")).map_err(|_| End::Gone)
    }

    fn flush(&mut self) -> Result<(), End> {
        self.tasks.as_mut().map_or(Ok(()), std::io::Write::flush).map_err(|_| End::Gone)
    }

    /// Sends a task with the bytes that belong to it.
    fn send(&mut self, task: &Task, given: &[u8]) -> Result<(), End> {
        self.add(task)?;
        self.write(given).map_err(|_| End::Gone)?;
        self.flush()
    }

    /// The outcome of the next task sent.
    fn answer(&mut self, allowance: Allowance) -> Result<Outcome, End> {
        let began = Instant::now();
        let used = || time::used(self.child.id());
        let before = used();
        let mut wait = allowance.processor;
        loop {
            match self.answers.recv_timeout(wait) {
                Ok(line) => return serde_json::from_str(&line).map_err(|_| End::Gone),
                Err(RecvTimeoutError::Disconnected) => return Err(End::Gone),
                Err(RecvTimeoutError::Timeout) => {}
            }
            let used = used().zip(before).map(|(now, before)| now.saturating_sub(before));
            wait = allowance.left(used, began.elapsed()).map_err(End::Time)?;
        }
    }

    /// Ends it, whatever it does, and returns its last words.
    fn end(mut self) -> String {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let mut words = Vec::new();
        let _ = self.complaints.rewind();
        let _ = (&self.complaints).take(WORDS).read_to_end(&mut words);
        let words = String::from_utf8_lossy(&words);
        let mut lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.next().unwrap_or_default().chars().take(200).collect()
    }
}

/// Bytes looked at for a worker's last words.
const WORDS: u64 = 4096;

impl Drop for Worker {
    fn drop(&mut self) {
        // Closing its input tells it to end; it has nothing left to do.
        drop(self.tasks.take());
        let _ = self.child.wait();
    }
}

fn took_too_long(allowance: Allowance, over: Over) -> Failure {
    let (vi, en) = match over {
        Over::Processor => {
            let seconds = allowance.processor.as_secs();
            (
                format!("soát tệp này cần quá {seconds} giây xử lý nên đã dừng"),
                format!(
                    "checking this file took more than {seconds} seconds of CPU time and was stopped"
                ),
            )
        }
        Over::Clock => {
            let seconds = allowance.clock().as_secs();
            (
                format!("đã chờ quá {seconds} giây mà chưa soát xong tệp này nên đã dừng"),
                format!("checking this file was not done after {seconds} seconds and was stopped"),
            )
        }
    };
    let failure = Failure::new(Code::TookTooLong, vi, en);
    match over {
        Over::Processor => failure.with_help(
            "tệp có thể bị hỏng hoặc rất lớn; thử mở và lưu lại bằng Excel, hoặc tăng --max-seconds",
            "the file may be damaged or very large; open and save it again, or raise --max-seconds",
        ),
        Over::Clock => failure.with_help(
            "ổ đĩa hoặc mạng đọc quá chậm, hoặc máy đang quá bận; hãy chép tệp về máy rồi chạy lại, hoặc tăng --max-seconds",
            "the disk or the network is slow, or the machine busy; copy the file here and run again, or raise --max-seconds",
        ),
    }
}

fn died(words: &str) -> Failure {
    let words = if words.is_empty() { String::new() } else { format!(" ({words})") };
    Failure::new(
        Code::Died,
        format!("tiến trình soát tệp này dừng đột ngột{words}"),
        format!("the process that checked this file ended abruptly{words}"),
    )
    .with_help(
        "tệp có thể bị hỏng, cố ý gây lỗi, hoặc cần nhiều bộ nhớ hơn --max-memory; thử mở và lưu lại bằng Excel",
        "the file may be damaged, hostile, or need more than --max-memory; open and save it again",
    )
}

fn not_started(error: &std::io::Error) -> Failure {
    let soatbieu::lang::Text { vi, en } = soatbieu::failure::system(error);
    let temporary = std::env::temp_dir();
    if !temporary.is_dir() {
        let folder = shown(&temporary);
        return Failure::new(
            Code::Died,
            format!("không khởi động được tiến trình soát: không có thư mục tạm `{folder}`"),
            format!("the process that checks files could not be started: there is no folder `{folder}` for temporary files"),
        )
        .with_help(
            "đặt lại biến môi trường TMPDIR (Linux) hoặc TEMP (Windows) thành một thư mục ghi được",
            "set the variable TMPDIR (Linux) or TEMP (Windows) to a folder that can be written to",
        );
    }
    Failure::new(
        Code::Died,
        format!("không khởi động được tiến trình soát ({vi})"),
        format!("the process that checks files could not be started ({en})"),
    )
    .with_help(
        "kiểm tra bộ nhớ còn trống và quyền chạy chương trình",
        "check free memory, and that the program may be run",
    )
}
