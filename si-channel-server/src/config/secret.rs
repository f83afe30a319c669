//! Secrets from a value, a file or a command. What goes wrong is told without the secret.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use toml::Value;

use super::source::literal;

/// A secret's size, at most.
const MAX_BYTES: u64 = 64 * 1024;

/// How long a command may take.
const COMMAND_WITHIN: Duration = Duration::from_secs(10);

/// How often a command that has closed its output is asked whether it has ended.
const ASK_EVERY: Duration = Duration::from_millis(5);

/// Why there is no secret.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) what: String,
    pub(super) remedy: &'static str,
}

fn wrong(what: impl Into<String>, remedy: &'static str) -> Wrong {
    Wrong { what: what.into(), remedy }
}

/// The value itself; a list is joined by line breaks.
pub(super) fn plain(value: &Value) -> Result<SecretString, Wrong> {
    const REMEDY: &str = "write a text, or a list of texts where several are allowed";
    match value {
        Value::String(text) => checked(text.as_bytes()),
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            let texts = texts.ok_or_else(|| wrong("has an item that is not a text", REMEDY))?;
            checked(texts.join("\n").as_bytes())
        }
        other => Err(wrong(format!("is a {}, not a text", other.type_str()), REMEDY)),
    }
}

/// The content of a file.
pub(super) fn from_file(value: &Value) -> Result<SecretString, Wrong> {
    const REMEDY: &str = "name a readable file that holds the secret alone";
    let path = value.as_str().ok_or_else(|| wrong("is not the name of a file", REMEDY))?;
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| wrong(format!("the file cannot be read: {error}"), REMEDY))?;
    checked(&bytes)
}

/// What a command prints: a list of the program and its arguments, or a text parted by white space. No shell
/// sees it. It gets no standard input, what it writes to standard error is dropped, and it has 10 s.
pub(super) fn from_command(value: &Value) -> Result<SecretString, Wrong> {
    const REMEDY: &str =
        "write a program and its arguments as a list, such as [\"pass\", \"show\", \"token\"]";
    let words =
        words(value).filter(|words| !words.is_empty()).ok_or_else(|| wrong("is not a command", REMEDY))?;
    let mut child = Command::new(&words[0])
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| wrong(format!("the command cannot be started: {error}"), REMEDY))?;
    let printed = finish(&mut child, Instant::now() + COMMAND_WITHIN);
    // Most have ended by now, which is as good.
    let _ended = child.kill();
    let _reaped = child.wait();
    checked(&printed?)
}

fn words(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) if text.trim_start().starts_with('[') => words(&literal(text)?),
        Value::String(text) => Some(text.split_whitespace().map(str::to_owned).collect()),
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

fn finish(child: &mut Child, deadline: Instant) -> Result<Vec<u8>, Wrong> {
    const REMEDY: &str = "run the command by hand to see what it says";
    let late = || wrong(format!("the command did not end within {COMMAND_WITHIN:?}"), REMEDY);
    let stdout = child.stdout.take().ok_or_else(|| wrong("the command has no output", REMEDY))?;
    // Reading blocks as long as anybody holds the pipe, hence a thread that may be left behind.
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.take(MAX_BYTES + 1).read_to_end(&mut bytes);
        let _gave_up = sender.send(read.map(|_| bytes));
    });
    let left = deadline.saturating_duration_since(Instant::now());
    let bytes = receiver
        .recv_timeout(left)
        .map_err(|_| late())?
        .map_err(|error| wrong(format!("the command's output cannot be read: {error}"), REMEDY))?;
    if bytes.len() as u64 > MAX_BYTES {
        // Too long, which is found below; the command may still be writing.
        return Ok(bytes);
    }
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(bytes),
            Ok(Some(status)) => return Err(wrong(format!("the command failed with {status}"), REMEDY)),
            Ok(None) if Instant::now() < deadline => thread::sleep(ASK_EVERY),
            Ok(None) => return Err(late()),
            Err(error) => return Err(wrong(format!("the command cannot be waited for: {error}"), REMEDY)),
        }
    }
}

/// Text without the line breaks at its end, neither empty nor too long.
fn checked(bytes: &[u8]) -> Result<SecretString, Wrong> {
    const REMEDY: &str = "give the secret as one text";
    if bytes.len() as u64 > MAX_BYTES {
        return Err(wrong(format!("the secret is longer than {MAX_BYTES} bytes"), REMEDY));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("the secret is not UTF-8", REMEDY))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.trim().is_empty() {
        return Err(wrong("the secret is empty", REMEDY));
    }
    Ok(SecretString::from(text))
}

/// The parts of a secret that holds several, parted by white space or commas.
pub(super) fn parts(all: &SecretString) -> Vec<SecretString> {
    let texts = all.expose_secret().split(|c: char| c.is_whitespace() || c == ',');
    texts.filter(|text| !text.is_empty()).map(SecretString::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &[&str]) -> Result<SecretString, Wrong> {
        from_command(&Value::Array(words.iter().map(|word| Value::from(*word)).collect()))
    }

    #[test]
    fn a_commands_output_is_the_secret_without_its_line_end() {
        let secret = command(&["printf", "%s\\n", "s3cret word"]).unwrap();
        assert_eq!(secret.expose_secret(), "s3cret word");
    }

    #[test]
    fn a_text_is_parted_by_white_space_and_no_shell_sees_it() {
        let secret = from_command(&Value::from("echo $HOME;id `id`")).unwrap();
        assert_eq!(secret.expose_secret(), "$HOME;id `id`");
        let secret = from_command(&Value::from(r#"["echo", "a  b"]"#)).unwrap();
        assert_eq!(secret.expose_secret(), "a  b");
    }

    #[test]
    fn a_command_that_fails_or_says_nothing_gives_no_secret() {
        for (words, what) in [
            (&["false"][..], "failed with"),
            (&["true"], "is empty"),
            (&["/nonexistent/program"], "cannot be started"),
            (&["head", "-c", "70000", "/dev/zero"], "longer than"),
            (&["printf", "\\377"], "not UTF-8"),
            (&[], "is not a command"),
        ] {
            let error = command(words).unwrap_err();
            assert!(error.what.contains(what), "{words:?}: {}", error.what);
        }
    }

    #[test]
    fn a_command_that_does_not_end_is_given_up() {
        let mut child = Command::new("sleep").arg("600").stdout(Stdio::piped()).spawn().unwrap();
        let error = finish(&mut child, Instant::now()).unwrap_err();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(error.what.contains("did not end"), "{}", error.what);
    }

    #[test]
    fn several_secrets_are_parted() {
        let all = plain(&Value::Array(vec!["one".into(), "two,three".into()])).unwrap();
        let parts: Vec<SecretString> = parts(&all);
        let parts: Vec<&str> = parts.iter().map(ExposeSecret::expose_secret).collect();
        assert_eq!(parts, ["one", "two", "three"]);
    }
}
