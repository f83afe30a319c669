//! How many files and connections the process may have open.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Kept for all that is not a connection of a peer: the store, the spool, the log, files that people send, cognition.
const KEPT: usize = 64;

/// Raises the limit on open files as far as the system lets the process; what it is then, `None` for none.
pub(super) fn raised() -> Option<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let wanted = rustix::process::Rlimit { current: limit.maximum, ..limit };
        if setrlimit(Resource::Nofile, wanted).is_ok() {
            limit = wanted;
        }
    }
    limit.current
}

/// Connections that there is room for beside requests to Twilio, at most as many as are wanted.
pub(super) fn connections(wanted: usize, requests: usize, open_files: Option<u64>) -> usize {
    let Some(open_files) = open_files else { return wanted };
    let files = usize::try_from(open_files).unwrap_or(usize::MAX);
    wanted.min(files.saturating_sub(KEPT + requests).max(files / 4)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_more_connections_than_files_can_be_open() {
        for (files, connections_of) in [
            (None, 1_024),
            (Some(1 << 20), 1_024),
            (Some(1_024), 940),
            (Some(256), 172),
            (Some(100), 25),
            (Some(3), 1),
        ] {
            assert_eq!(connections(1_024, 20, files), connections_of, "{files:?}");
        }
    }
}
