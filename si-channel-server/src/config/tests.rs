use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;

use secrecy::ExposeSecret;
use tempfile::TempDir;
use toml::Value;

use super::*;

/// A source made of a file's text and environment variables.
struct Given {
    folder: TempDir,
    sources: Sources,
}

fn given(file: &str, env: &[(&str, &str)]) -> Given {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("si.toml");
    fs::write(&path, file).unwrap();
    Given { folder, sources: Sources::new(Some(path), variables(env)) }
}

fn variables(env: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    env.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
}

fn load(file: &str, env: &[(&str, &str)]) -> Config {
    Config::load(Purpose::Inspect, &given(file, env).sources).unwrap()
}

/// The problems as they are shown, with the folder of the file left out.
fn refused(file: &str, env: &[(&str, &str)]) -> Vec<String> {
    let given = given(file, env);
    let folder = format!("{}/", given.folder.path().display());
    let problems = Config::load(Purpose::Inspect, &given.sources).unwrap_err();
    problems.0.iter().map(|problem| problem.to_string().replace(&folder, "")).collect()
}

const SID: &str = "AC0123456789abcdef0123456789abcdef";

const SERVING: [(&str, &str); 5] = [
    ("TWILIO_ACCOUNT_SID", SID),
    ("TWILIO_AUTH_TOKEN", "token-in-env"),
    ("SI_CHANNEL_PUBLIC_URL", "https://si.example.com/"),
    ("SI_CHANNEL_NUMBERS__SMS", "+15550001111"),
    ("SI_CHANNEL_API_TOKEN", "first-token,second-token"),
];

#[test]
fn the_default_file_is_the_defaults() {
    let empty = Config::load(Purpose::Inspect, &Sources::default()).unwrap();
    assert_eq!(format!("{:?}", load(default_file(), &[])), format!("{empty:?}"));
}

#[test]
fn the_default_file_mentions_every_key_and_no_other() {
    let mut reader = Reader::new(Vec::new(), Vec::new());
    Config::read(&mut reader);
    // Keys without a default stand behind a number sign.
    let mut lines: Vec<&str> = Vec::new();
    for line in default_file().lines() {
        let bare = line.strip_prefix("# ").unwrap_or(line);
        let is_setting = bare
            .split_once(" = ")
            .is_some_and(|(key, _)| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        lines.push(if is_setting { bare } else { line });
    }
    let table: toml::Table = lines.join("\n").parse().unwrap();
    let mut mentioned = BTreeSet::new();
    for (name, value) in table {
        match value {
            Value::Table(inner) if name != "policy" => {
                mentioned.extend(inner.keys().map(|key| format!("{name}.{key}")));
            }
            _ => {
                mentioned.insert(name);
            }
        }
    }
    assert_eq!(&mentioned, reader.known());
}

#[test]
fn the_environment_wins_over_the_file_and_our_names_over_the_usual_ones() {
    let file = "listen = '127.0.0.1:1'\n[twilio]\nsystem_identity = 'file'\nmax_concurrent = 7\n";
    let env = [
        ("SI_CHANNEL_LISTEN", "0.0.0.0:2"),
        ("TWILIO_SYSTEM_IDENTITY", "usual"),
        ("SI_CHANNEL_TWILIO__SYSTEM_IDENTITY", "own"),
        ("USE_CONVERSATIONS_API", "false"),
        ("TWILIO_REGION", "not ours"),
        ("PATH", "/bin"),
    ];
    let config = load(file, &env);
    assert_eq!(config.listen, "0.0.0.0:2".parse().unwrap());
    assert_eq!(config.twilio.system_identity, "own");
    assert_eq!(config.twilio.max_concurrent, 7);
    assert!(!config.use_conversations_api);
    assert_eq!(load(file, &env[..2]).twilio.system_identity, "usual");
}

#[test]
fn the_commands_settings_win_over_everything() {
    let mut sources = given("listen = '127.0.0.1:1'", &[("SI_CHANNEL_LISTEN", "127.0.0.1:2")]);
    sources.sources = sources.sources.with("dev", "listen", "127.0.0.1:3");
    let config = Config::load(Purpose::Inspect, &sources.sources).unwrap();
    assert_eq!(config.listen.port(), 3);
    let wrong = Sources::default().with("dev", "listen", "x");
    let problems = Config::load(Purpose::Inspect, &wrong).unwrap_err().to_string();
    assert!(problems.contains("listen (given by dev): \"x\" is not an address"), "{problems}");
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_the_nearest_known_one() {
    assert_eq!(
        refused(
            "\nlisen = 'x'\n[twilio]\nbase_ulr = 'x'\n[nonsense]\n",
            &[("SI_CHANNEL_TWILIO__BASEURL", "x")]
        ),
        [
            "lisen (si.toml line 2): is not a known key; did you mean listen?",
            "nonsense (si.toml line 5): is not a known key; \
             remove it, or see the default configuration for the known keys",
            "twilio.base_ulr (si.toml line 4): is not a known key; did you mean twilio.base_url?",
            "twilio.baseurl (environment variable SI_CHANNEL_TWILIO__BASEURL): is not a known key; \
             did you mean SI_CHANNEL_TWILIO__BASE_URL?",
        ]
    );
}

#[test]
fn an_empty_variable_is_not_set_but_its_name_is_checked() {
    let config = load("listen = '127.0.0.1:1'", &[("SI_CHANNEL_LISTEN", ""), ("TWILIO_AUTH_TOKEN", "")]);
    assert_eq!(config.listen.port(), 1);
    assert!(config.twilio.auth_token.is_none());
    assert_eq!(refused("", &[("SI_CHANNEL_LISTN", "")]).len(), 1);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let file = r#"
        listen = "8080"
        public_url = "https://si.example.com/?a=1"
        database_url = "postgres://user:hunter2@db"
        nats_url = "nats://hunter2@x/y"
        use_conversations_api = "maybe"
        [twilio]
        account_sid = "SK0123456789abcdef0123456789abcdef"
        base_url = "http://user:hunter2@x"
        request_timeout = "10 parsecs"
        max_concurrent = 0
        [numbers]
        sms = "whatsapp:+15551234567"
        sms_keywords = "advance"
        [cognition]
        kind = "openai"
        model = 5.5
        [limits]
        max_headers = "many"
        [log]
        level = "loud"
    "#;
    let problems = refused(file, &[("SI_CHANNEL_CLOCK_URL", "ftp://x")]);
    let expected = [
        "listen (si.toml line 2): \"8080\" is not an address; write IP:PORT",
        "public_url (si.toml line 3): the URL has a query or a fragment; write the URL",
        "database_url (si.toml line 4): names no host or no database; write sqlite:PATH or postgres://",
        "nats_url (si.toml line 5): has more behind the host and the port; write nats://HOST:4222",
        "use_conversations_api (si.toml line 6): \"maybe\" is neither true nor false; write true or false",
        "clock_url (environment variable SI_CHANNEL_CLOCK_URL): \"ftp://x\" is neither http nor https",
        "twilio.base_url (si.toml line 9): the URL has a user or a password in it",
        "twilio.account_sid (si.toml line 8): 34 characters beginning \"SK\" are not AC and 32 hexadecimal digits",
        "twilio.request_timeout (si.toml line 10): \"10 parsecs\" cannot be read; write a duration",
        "twilio.max_concurrent (si.toml line 11): \"0\" is out of range; write a whole number from 1 to 1000",
        "numbers.sms (si.toml line 13): \"whatsapp:+15551234567\" is a sender of whatsapp",
        "numbers.sms_keywords (si.toml line 14): \"advance\" is not known, perhaps advanced is meant; write one of",
        "cognition.model (si.toml line 17): is a float, not a text",
        "cognition.url (not set): is needed by this cognition.kind; set it",
        "limits.max_headers (si.toml line 19): \"many\" cannot be read",
        "log.level (si.toml line 21): \"loud\" is not a level",
    ];
    for (problem, expected) in problems.iter().zip(expected) {
        assert!(problem.starts_with(expected), "{problem}\nshould begin\n{expected}");
        assert!(!problem.contains("hunter2"), "{problem}");
    }
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
}

#[test]
fn serving_needs_what_it_cannot_do_without() {
    let problems = Config::load(Purpose::Serve, &Sources::default()).unwrap_err();
    let keys: Vec<&str> = problems.0.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["public_url", "twilio.account_sid", "twilio.auth_token", "numbers.sms", "api_token"]);
    assert!(Config::load(Purpose::Serve, &given("", &SERVING).sources).is_ok());
}

#[test]
fn the_public_url_is_joined_without_a_double_slash() {
    let config = load("", &SERVING);
    let url = config.public_url.unwrap();
    assert_eq!(url.of("/webhooks/sms"), "https://si.example.com/webhooks/sms");
    assert!(!url.unfit_for_calls());
    let config = load("public_url = 'http://LOCALHOST:80/si'", &[]);
    let url = config.public_url.clone().unwrap();
    assert_eq!(url.of("/webhooks/sms"), "http://localhost/si/webhooks/sms");
    assert!(url.unfit_for_calls());
    assert!(config.warnings()[0].contains("unfit for calls"));
}

#[test]
fn senders_are_read_with_and_without_prefix() {
    for text in ["+15551234567", "whatsapp:+15551234567"] {
        let config = load("", &[("SI_CHANNEL_NUMBERS__WHATSAPP", text)]);
        assert_eq!(config.numbers.whatsapp.unwrap().to_string(), "whatsapp:+15551234567");
    }
}

#[test]
fn secrets_come_from_values_files_and_commands() {
    let given = given("[twilio]\nauth_token_command = ['printf', 'from-command']", &[]);
    let path = given.folder.path().join("token");
    fs::write(&path, "from-file\n").unwrap();
    let token = |env: &[(&str, &str)]| {
        let sources = Sources::new(Some(given.folder.path().join("si.toml")), variables(env));
        let config = Config::load(Purpose::Inspect, &sources).unwrap();
        config.twilio.auth_token.unwrap().expose_secret().to_owned()
    };
    assert_eq!(token(&[]), "from-command");
    assert_eq!(token(&[("TWILIO_AUTH_TOKEN_FILE", path.to_str().unwrap())]), "from-file");
    assert_eq!(token(&[("TWILIO_AUTH_TOKEN", "from-value")]), "from-value");
    assert_eq!(token(&[("SI_CHANNEL_TWILIO__AUTH_TOKEN_COMMAND", "echo own")]), "own");
}

#[test]
fn two_forms_of_one_secret_are_refused() {
    let problems = refused("", &[("SI_CHANNEL_API_TOKEN", "a"), ("SI_CHANNEL_API_TOKEN_FILE", "/b")]);
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].contains("is also set by environment variable SI_CHANNEL_API_TOKEN_FILE"),
        "{problems:?}"
    );
}

#[test]
fn several_tokens_are_read() {
    let tokens =
        |config: Config| config.api_tokens.iter().map(|t| t.expose_secret().to_owned()).collect::<Vec<_>>();
    assert_eq!(tokens(load("", &SERVING)), ["first-token", "second-token"]);
    assert_eq!(tokens(load("api_token = ['one', 'two']", &[])), ["one", "two"]);
}

#[test]
fn secrets_show_neither_in_debug_nor_in_problems() {
    let shown = format!("{:?} {:?}", load("", &SERVING), given("", &SERVING).sources);
    assert!(!shown.contains("token-in-env") && !shown.contains("first-token"), "{shown}");
    for file in ["[twilio]\nauth_token = { x = 'hunter2' }", "api_token = 'hunter2", "api_token = hunter2"] {
        let problems = refused(file, &[]).concat();
        assert!(!problems.contains("hunter2"), "{problems}");
    }
}

#[test]
fn the_policy_is_laid_over_table_by_table() {
    let file = "[policy]\nopt_in = 'double'\n[policy.inactivity]\nwarn_after = '1h'\nclose_after = '2h'\n";
    let env =
        [("SI_CHANNEL_POLICY__INACTIVITY__CLOSE_AFTER", "3h"), ("SI_CHANNEL_POLICY__MAX_REPLY_CHARS", "100")];
    let expected: toml::Table =
        "opt_in = 'double'\nmax_reply_chars = 100\n[inactivity]\nwarn_after = '1h'\nclose_after = '3h'"
            .parse()
            .unwrap();
    assert_eq!(load(file, &env).policy, expected);
}

#[test]
fn a_file_that_is_missing_or_not_toml_is_told_with_its_place() {
    let missing = Sources::new(Some("/nonexistent/si.toml".into()), []);
    let problems = Config::load(Purpose::Inspect, &missing).unwrap_err().to_string();
    assert!(problems.contains("(/nonexistent/si.toml): cannot be read"), "{problems}");
    let problems = refused("listen = '127.0.0.1:1'\n[twilio\n", &[]);
    assert!(problems[0].starts_with("the configuration file (si.toml line 2): is not TOML:"), "{problems:?}");
}

#[test]
fn a_postgres_database_is_named_without_its_password() {
    let config = load("database_url = 'postgres://si:hunter2@db.example/channel?sslmode=require'", &[]);
    assert_eq!(config.database_schema, "si_channel");
    assert!(!format!("{config:?}").contains("hunter2"));
    let Database::Postgres(url) = &config.database else { panic!("{:?}", config.database) };
    assert!(url.expose().contains("hunter2"));
    for bad in ["postgres://si:hunter2@db:port/x", "postgres:", "postgres://si:hunter2@db/x?hunter2=1"] {
        let problems = refused(&format!("database_url = '{bad}'"), &[]);
        assert!(!problems[0].contains("hunter2"), "{}", problems[0]);
    }
    assert!(refused("database_schema = 'Mine\"; --'", &[])[0].contains("is no name of a schema"));
}
