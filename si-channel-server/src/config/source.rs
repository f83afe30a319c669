//! Where settings come from: a file, the environment, the command.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use toml::Value;
use toml::de::{DeTable, DeValue};

use super::problem::{Problem, Source};

/// The environment variables of this program.
pub(super) const PREFIX: &str = "SI_CHANNEL_";

/// Names the configuration file; not a setting itself.
const CONFIG: &str = "SI_CHANNEL_CONFIG";

/// The usual names of Twilio's settings. Those that are secrets may end in `_FILE` or `_COMMAND`.
const USUAL: [(&str, &str, bool); 6] = [
    ("TWILIO_ACCOUNT_SID", "twilio.account_sid", false),
    ("TWILIO_AUTH_TOKEN", "twilio.auth_token", true),
    ("TWILIO_API_KEY", "twilio.api_key", false),
    ("TWILIO_API_SECRET", "twilio.api_secret", true),
    ("TWILIO_SYSTEM_IDENTITY", "twilio.system_identity", false),
    ("USE_CONVERSATIONS_API", "use_conversations_api", false),
];

/// What a configuration is read from. Later ones win: the file, `TWILIO_…`, `SI_CHANNEL_…`, the command.
#[derive(Clone, Default)]
pub struct Sources {
    /// The TOML file, if there is one.
    file: Option<PathBuf>,
    env: Vec<(OsString, OsString)>,
    /// Command, key and value.
    given: Vec<(String, String, String)>,
}

impl std::fmt::Debug for Sources {
    /// Without the environment, which holds secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sources").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Sources {
    /// The process's environment, and the file of `--config` or else of `SI_CHANNEL_CONFIG`.
    pub fn of_process(config: Option<PathBuf>) -> Self {
        let from_env = || env::var_os(CONFIG).filter(|path| !path.is_empty()).map(PathBuf::from);
        Self::new(config.or_else(from_env), env::vars_os())
    }

    /// A file, if there is one, and an environment.
    pub fn new(file: Option<PathBuf>, env: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self { file, env: env.into_iter().collect(), given: Vec::new() }
    }

    /// Sets `key` (such as `twilio.base_url`) above everything else, in the name of `command`.
    #[must_use]
    pub fn with(mut self, command: &str, key: &str, value: impl Into<String>) -> Self {
        self.given.push((command.to_owned(), key.to_owned(), value.into()));
        self
    }
}

/// A setting as written.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) value: Value,
    pub(super) source: Source,
}

/// The settings of one source by dotted key. The `policy` table is one entry.
pub(super) type Layer = BTreeMap<String, Entry>;

/// The layers, the strongest last.
pub(super) fn layers(sources: &Sources, problems: &mut Vec<Problem>) -> Vec<Layer> {
    let file = sources.file.as_deref().map(|path| file(path, problems)).unwrap_or_default();
    let (usual, own) = environment(&sources.env, problems);
    let given = sources.given.iter().map(|(command, key, value)| {
        let source = Source::Command(command.clone());
        (key.clone(), Entry { value: Value::String(value.clone()), source })
    });
    vec![file, usual, own, given.collect()]
}

fn file(path: &Path, problems: &mut Vec<Problem>) -> Layer {
    let mut wrong = |line, what, remedy: &str| {
        problems.push(Problem {
            key: "the configuration file".to_owned(),
            source: Source::File { path: path.to_owned(), line },
            what,
            remedy: remedy.to_owned(),
        });
        Layer::new()
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            return wrong(0, format!("cannot be read: {error}"), "check --config or SI_CHANNEL_CONFIG");
        }
    };
    match (text.parse::<toml::Table>(), DeTable::parse(&text)) {
        (Ok(table), Ok(spans)) => {
            let mut lines = BTreeMap::new();
            collect_lines(&text, "", spans.get_ref(), &mut lines);
            let mut layer = Layer::new();
            flatten("", table, &mut |key, value| {
                let line = lines.get(&key).copied().unwrap_or(0);
                layer.insert(key, Entry { value, source: Source::File { path: path.to_owned(), line } });
            });
            layer
        }
        // The parser's own text would quote the line, which may hold a secret.
        (Err(error), _) | (_, Err(error)) => {
            let line = error.span().map_or(0, |span| line_of(&text, span.start));
            wrong(line, format!("is not TOML: {}", error.message()), "correct the line")
        }
    }
}

fn flatten(prefix: &str, table: toml::Table, leaf: &mut impl FnMut(String, Value)) {
    for (name, value) in table {
        let key = dotted(prefix, &name);
        match value {
            Value::Table(inner) if key != "policy" && !inner.is_empty() => flatten(&key, inner, leaf),
            value => leaf(key, value),
        }
    }
}

fn collect_lines(text: &str, prefix: &str, table: &DeTable<'_>, lines: &mut BTreeMap<String, usize>) {
    for (name, value) in table {
        let key = dotted(prefix, name.get_ref());
        if let DeValue::Table(inner) = value.get_ref() {
            collect_lines(text, &key, inner, lines);
        }
        lines.insert(key, line_of(text, name.span().start));
    }
}

fn dotted(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The layers of the usual names and of our own. An empty variable counts as not set.
fn environment(env: &[(OsString, OsString)], problems: &mut Vec<Problem>) -> (Layer, Layer) {
    let (mut usual, mut own) = (Layer::new(), Layer::new());
    for (name, value) in env {
        let Some(name) = name.to_str().filter(|name| *name != CONFIG) else { continue };
        let key = name.strip_prefix(PREFIX).map(|rest| rest.to_lowercase().replace("__", "."));
        let (layer, key) = match (key, usual_key(name)) {
            (Some(key), _) => (&mut own, key),
            (None, Some(key)) => (&mut usual, key),
            (None, None) => continue,
        };
        let source = Source::Environment(name.to_owned());
        let Some(value) = value.to_str() else {
            let what = "is not UTF-8".to_owned();
            problems.push(Problem { key, source, what, remedy: "set it to UTF-8 text".to_owned() });
            continue;
        };
        // Kept although empty, so that a misspelt name is still found.
        let entry = Entry { value: Value::String(value.to_owned()), source };
        match key.strip_prefix("policy.") {
            Some(path) if !value.is_empty() => insert_policy(layer, path, entry),
            Some(_) => {}
            None => {
                layer.insert(key, entry);
            }
        }
    }
    (usual, own)
}

fn usual_key(name: &str) -> Option<String> {
    USUAL.into_iter().find_map(|(known, key, secret)| match name.strip_prefix(known)? {
        "" => Some(key.to_owned()),
        form @ ("_FILE" | "_COMMAND") if secret => Some(format!("{key}{}", form.to_lowercase())),
        _ => None,
    })
}

/// Puts the value of `SI_CHANNEL_POLICY__A__B` into the layer's policy table: TOML if it reads as such, else text.
fn insert_policy(layer: &mut Layer, path: &str, entry: Entry) {
    let text = entry.value.as_str().unwrap_or_default().to_owned();
    let mut value = literal(&text).unwrap_or(entry.value);
    let mut names: Vec<&str> = path.split('.').collect();
    let first = names.remove(0);
    for name in names.into_iter().rev() {
        value = Value::Table(toml::Table::from_iter([(name.to_owned(), value)]));
    }
    let addition = toml::Table::from_iter([(first.to_owned(), value)]);
    let policy = layer
        .entry("policy".to_owned())
        .or_insert_with(|| Entry { value: Value::Table(toml::Table::new()), source: entry.source });
    if let Value::Table(table) = &mut policy.value {
        merge(table, addition);
    }
}

/// The text as a TOML value, if it is one.
pub(super) fn literal(text: &str) -> Option<Value> {
    format!("value = {text}").parse::<toml::Table>().ok().filter(|table| table.len() == 1)?.remove("value")
}

/// Lays `upper` over `lower`, table by table.
pub(super) fn merge(lower: &mut toml::Table, upper: toml::Table) {
    for (name, value) in upper {
        match (lower.get_mut(&name), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                lower.insert(name, value);
            }
        }
    }
}
