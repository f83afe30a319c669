//! Reads the messages of a TwiML answer.
//!
//! <https://www.twilio.com/docs/messaging/twiml>

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// One `<Message>` of a `<Response>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) body: String,
    pub(crate) media: Vec<String>,
    pub(crate) to: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) status_callback: Option<String>,
}

/// The replies in an answer, or Twilio's code for what is wrong with it.
///
/// An empty body is no reply; plain text is one message, as Twilio treats it.
pub(crate) fn replies(content_type: &str, body: &[u8]) -> Result<Vec<Reply>, u32> {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let text = std::str::from_utf8(body).map_err(|_| 12100u32)?;
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    match kind.as_str() {
        "text/xml" | "application/xml" | "text/html" => parse(text),
        "text/plain" => Ok(vec![Reply { body: text.to_owned(), ..Reply::default() }]),
        _ => Err(12300),
    }
}

fn parse(text: &str) -> Result<Vec<Reply>, u32> {
    let mut reader = Reader::from_str(text);
    let mut replies = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut current: Option<Reply> = None;
    loop {
        match reader.read_event().map_err(|_| 12100u32)? {
            Event::Start(tag) => {
                enter(&mut path, &tag, &mut current)?;
            }
            Event::Empty(tag) => {
                enter(&mut path, &tag, &mut current)?;
                leave(&mut path, &mut current, &mut replies);
            }
            Event::End(_) => leave(&mut path, &mut current, &mut replies),
            Event::Text(text) => add(&path, &mut current, &text.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(data) => add(&path, &mut current, &data.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(name) => {
                let resolved = match name.resolve_char_ref().map_err(|_| 12100u32)? {
                    Some(character) => character.to_string(),
                    None => resolve_predefined_entity(&name).ok_or(12100u32)?.to_owned(),
                };
                add(&path, &mut current, &resolved);
            }
            Event::Eof if path.is_empty() => return Ok(replies),
            Event::Eof => return Err(12100),
            _ => {}
        }
    }
}

fn enter(path: &mut Vec<String>, tag: &BytesStart<'_>, current: &mut Option<Reply>) -> Result<(), u32> {
    let name = AsRef::<str>::as_ref(&tag.name()).to_owned();
    if path.is_empty() && name != "Response" {
        return Err(12102);
    }
    path.push(name);
    if is(path, &["Response", "Message"]) {
        let attribute = |name: &str| {
            let found = tag.try_get_attribute(name).ok().flatten()?;
            found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
        };
        *current = Some(Reply {
            to: attribute("to"),
            from: attribute("from"),
            status_callback: attribute("statusCallback").or_else(|| attribute("action")),
            ..Reply::default()
        });
    } else if is(path, &["Response", "Message", "Media"])
        && let Some(reply) = current
    {
        reply.media.push(String::new());
    }
    Ok(())
}

fn leave(path: &mut Vec<String>, current: &mut Option<Reply>, replies: &mut Vec<Reply>) {
    if is(path, &["Response", "Message"])
        && let Some(reply) = current.take()
    {
        replies.push(Reply {
            body: reply.body.trim().to_owned(),
            media: reply.media.iter().map(|url| url.trim().to_owned()).collect(),
            ..reply
        });
    }
    path.pop();
}

fn add(path: &[String], current: &mut Option<Reply>, text: &str) {
    let Some(reply) = current else { return };
    if is(path, &["Response", "Message"]) || is(path, &["Response", "Message", "Body"]) {
        reply.body.push_str(text);
    } else if is(path, &["Response", "Message", "Media"])
        && let Some(url) = reply.media.last_mut()
    {
        url.push_str(text);
    }
}

fn is(path: &[String], names: &[&str]) -> bool {
    path.iter().map(String::as_str).eq(names.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(text: &str) -> Result<Vec<String>, u32> {
        replies("text/xml", text.as_bytes()).map(|all| all.into_iter().map(|one| one.body).collect())
    }

    #[test]
    fn messages_come_out_with_body_media_and_attributes() {
        let text = r#"<?xml version="1.0"?><Response><Message to="+15005550001" statusCallback="http://x/?a=1&amp;b=2">
            <Body>A &amp; B &#233;</Body><Media>http://m/1.png</Media></Message><Message>plain</Message></Response>"#;
        let all = replies("text/xml; charset=utf-8", text.as_bytes()).unwrap();
        assert_eq!(all[0].body, "A & B é");
        assert_eq!(all[0].media, ["http://m/1.png"]);
        assert_eq!(all[0].to.as_deref(), Some("+15005550001"));
        assert_eq!(all[0].status_callback.as_deref(), Some("http://x/?a=1&b=2"));
        assert_eq!(all[1].body, "plain");
    }

    #[test]
    fn what_is_wrong_has_twilios_code() {
        assert_eq!(bodies("<Response/>"), Ok(vec![]));
        assert_eq!(bodies(""), Ok(vec![]));
        assert_eq!(bodies("<Response>"), Err(12100));
        assert_eq!(bodies("<Response></Message>"), Err(12100));
        assert_eq!(bodies("<Answer/>"), Err(12102));
        assert_eq!(replies("application/json", b"{}"), Err(12300));
        assert_eq!(replies("text/plain", b"hi").unwrap()[0].body, "hi");
    }
}
