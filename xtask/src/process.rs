//! Programs: run to the end, or kept as a service that is killed when dropped.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// How long a service may take from its start to its ready line.
const READY_WITHIN: Duration = Duration::from_mins(1);

/// Runs a program whose output is its answer; its errors are shown as they come.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let result = command.stderr(Stdio::inherit()).output().with_context(|| cannot_start(command))?;
    if !result.status.success() {
        bail!("{} ended with {}", describe(command), result.status);
    }
    Ok(String::from_utf8(result.stdout)?)
}

/// Runs a program that must succeed, its output shown.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("{} ended with {status}", describe(command));
    }
    Ok(())
}

/// Whether a program can be started and succeeds; its output is not shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Runs a program and hands each line of its output to `see`, which says whether to show it.
pub(crate) fn watch(command: &mut Command, mut see: impl FnMut(&str) -> bool) -> Result<ExitStatus> {
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| cannot_start(command))?;
    follow(child.stdout.take().context("no standard output")?, &mut see)?;
    Ok(child.wait()?)
}

/// The same; each line of its errors is shown, and handed to `hear`.
pub(crate) fn watch_both(
    command: &mut Command,
    mut see: impl FnMut(&str) -> bool,
    hear: fn(&str),
) -> Result<ExitStatus> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| cannot_start(command))?;
    let errors = child.stderr.take().context("no standard error")?;
    let (at_end, ended) = mpsc::channel();
    thread::spawn(move || {
        let heard = follow(errors, &mut |line| {
            hear(line);
            true
        });
        let _nobody_waits = at_end.send(heard);
    });
    follow(child.stdout.take().context("no standard output")?, &mut see)?;
    let status = child.wait()?;
    // A program that it started and left behind may keep them open.
    if let Ok(heard) = ended.recv_timeout(Duration::from_secs(1)) {
        heard?;
    }
    Ok(status)
}

fn follow(lines: impl Read, see: &mut impl FnMut(&str) -> bool) -> Result<()> {
    let mut reader = BufReader::new(lines);
    let mut line = Vec::new();
    let mut shown = std::io::stdout();
    while reader.read_until(b'\n', &mut line)? > 0 {
        if see(String::from_utf8_lossy(&line).trim_end()) {
            shown.write_all(&line)?;
        }
        line.clear();
    }
    shown.flush()?;
    Ok(())
}

/// The program's name and its arguments, as typed.
pub(crate) fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut words = vec![program.file_name().unwrap_or(program.as_os_str()).to_string_lossy()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy()));
    words.join(" ")
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start {}", describe(command))
}

/// A running server that printed its ready line. Dropping it kills it, as `kill -9` does.
pub(crate) struct Service {
    child: Child,
    /// The JSON object of the ready line.
    pub(crate) ready: Value,
}

impl Service {
    /// Starts a server and waits for its ready line. What it writes to stderr is added to `log`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let log_file = File::options().create(true).append(true).open(log)?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file)
            .spawn()
            .with_context(|| cannot_start(command))?;
        let mut stdout = BufReader::new(child.stdout.take().context("no standard output")?);
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let read = stdout.read_line(&mut line);
            // The receiver is gone only when the start was given up.
            let _ = sender.send(read.map(|_| line));
            // A full pipe would stop the server.
            let _ = stdout.read_to_end(&mut Vec::new());
        });
        let mut service = Self { child, ready: Value::Null };
        let line = receiver
            .recv_timeout(READY_WITHIN)
            .with_context(|| format!("{} printed no ready line in {READY_WITHIN:?}", describe(command)))??;
        service.ready = serde_json::from_str(&line).with_context(|| {
            format!("{} printed {line:?} in place of a ready line, see {}", describe(command), log.display())
        })?;
        Ok(service)
    }

    /// A text field of the ready line.
    pub(crate) fn field(&self, name: &str) -> Result<&str> {
        self.ready[name]
            .as_str()
            .with_context(|| format!("the ready line has no text {name:?}: {}", self.ready))
    }

    /// Ends the process at once (`SIGKILL`) and waits until it is gone.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Already ended is as good.
        let _ = self.kill();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_ready_line_is_read_and_the_service_ends_with_its_handle() {
        let folder = tempfile::tempdir().unwrap();
        let mut service =
            Service::start(&mut shell(r#"echo '{"port":"7"}'; exec sleep 60"#), &folder.path().join("log"))
                .unwrap();
        assert_eq!(service.field("port").unwrap(), "7");
        assert!(service.field("url").is_err());
        assert!(service.child.try_wait().unwrap().is_none());
        service.kill().unwrap();
        assert!(service.child.try_wait().unwrap().is_some());
    }

    #[test]
    fn a_service_that_ends_without_a_ready_line_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Service::start(&mut shell("exit 3"), &folder.path().join("log")).is_err());
    }

    #[test]
    fn what_a_program_says_of_its_errors_is_heard() {
        static HEARD: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());
        let mut lines = 0;
        let mut command = shell("echo one; echo two >&2; sleep 20 >/dev/null & exit 4");
        let status = watch_both(
            &mut command,
            |_| {
                lines += 1;
                false
            },
            |line| HEARD.lock().unwrap().push(line.to_owned()),
        )
        .unwrap();
        assert_eq!((lines, status.code()), (1, Some(4)), "what it left behind is not waited for");
        assert_eq!(*HEARD.lock().unwrap(), ["two"]);
    }

    #[test]
    fn a_watched_program_gives_each_line_and_its_status() {
        let mut lines = Vec::new();
        let status = watch(&mut shell("echo one; printf two; exit 4"), |line| {
            lines.push(line.to_owned());
            false
        })
        .unwrap();
        assert_eq!(lines, ["one", "two"]);
        assert_eq!(status.code(), Some(4));
    }
}
