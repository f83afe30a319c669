//! Which requests and webhooks a fault is about.

/// Whether `[METHOD ]PATH-PREFIX` covers a request. Segments match whole; `*` is any one.
pub(super) fn covers_request(pattern: &str, method: &str, path: &str) -> bool {
    let prefix = match pattern.split_once(' ') {
        Some((wanted, _)) if !wanted.eq_ignore_ascii_case(method) => return false,
        Some((_, prefix)) => prefix,
        None => pattern,
    };
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    prefix
        .split('/')
        .filter(|segment| !segment.is_empty())
        .all(|wanted| segments.next().is_some_and(|segment| wanted == "*" || wanted == segment))
}

/// Whether an event's name, or its beginning and `*`, covers a webhook. Nothing covers all.
pub(super) fn covers_event(pattern: &str, event: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => event.starts_with(beginning),
        None => pattern.is_empty() || pattern == event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_prefixes_of_whole_segments() {
        let path = "/conversations/v1/Conversations/CH1/Messages";
        for (pattern, expected) in [
            ("", true),
            ("/conversations/v1/Conversations", true),
            ("/conversations/v1/Conv", false),
            ("POST /conversations/v1/Conversations/*/Messages", true),
            ("post /", true),
            ("GET /conversations", false),
            ("/conversations/v1/Conversations/*/Messages/*", false),
        ] {
            assert_eq!(covers_request(pattern, "POST", path), expected, "{pattern}");
        }
    }

    #[test]
    fn an_event_is_named_whole_or_by_its_beginning() {
        for (pattern, expected) in
            [("", true), ("onMessageAdded", true), ("onMessage", false), ("onMessage*", true), ("*", true)]
        {
            assert_eq!(covers_event(pattern, "onMessageAdded"), expected, "{pattern}");
        }
    }
}
