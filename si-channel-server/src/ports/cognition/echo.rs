//! The built-in cognition: says what was said.

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::turn::TurnKind;
use super::{Cognition, CognitionError, Outcome, ReplyPart, TurnRequest, deliver};

/// Answers `You said: TEXT`, and a summary by the number of messages. Answers nothing to a message of nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Echo;

#[async_trait]
impl Cognition for Echo {
    async fn answer(
        &self,
        turn: &TurnRequest,
        parts: mpsc::Sender<ReplyPart>,
    ) -> Result<Outcome, CognitionError> {
        // What an earlier attempt sent was the whole answer.
        if turn.already_sent.is_empty()
            && let Some(text) = text(turn)
        {
            deliver(&parts, ReplyPart::text(text)).await?;
        }
        Ok(Outcome::Done)
    }
}

fn text(turn: &TurnRequest) -> Option<String> {
    let said = turn.message.text.trim();
    match turn.kind {
        TurnKind::Summary if turn.history.is_empty() => Some("Summary: no earlier messages.".to_owned()),
        TurnKind::Summary => Some(format!("Summary: {} earlier messages.", turn.history.len())),
        TurnKind::Turn if !said.is_empty() => Some(format!("You said: {}", turn.message.text)),
        TurnKind::Turn if turn.message.media.is_empty() => None,
        TurnKind::Turn => {
            let types: Vec<&str> =
                turn.message.media.iter().map(|media| media.content_type.as_str()).collect();
            Some(format!("You sent: {}", types.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ports::cognition::testing::{answer, turn};
    use crate::ports::cognition::turn::Media;

    use super::*;

    async fn said(turn: &TurnRequest) -> Vec<String> {
        let (outcome, parts) = answer(&Echo, turn).await;
        assert_eq!(outcome.unwrap(), Outcome::Done);
        parts
    }

    #[tokio::test]
    async fn a_text_is_said_back_exactly() {
        assert_eq!(said(&turn("hello  world 🌍\n")).await, ["You said: hello  world 🌍\n"]);
    }

    #[tokio::test]
    async fn media_alone_are_named_by_their_types() {
        let mut turn = turn("");
        assert!(said(&turn).await.is_empty());
        let medium = |content_type: &str| Media { content_type: content_type.into(), ..Media::default() };
        turn.message.media = vec![medium("image/png"), medium("audio/ogg")];
        assert_eq!(said(&turn).await, ["You sent: image/png, audio/ogg"]);
    }

    #[tokio::test]
    async fn a_repeated_turn_is_not_answered_twice() {
        let mut turn = turn("hello");
        turn.already_sent.push("You said: hello".into());
        assert!(said(&turn).await.is_empty());
    }

    #[tokio::test]
    async fn a_summary_counts() {
        let mut turn = turn("bye");
        turn.kind = TurnKind::Summary;
        turn.history.push(turn.history[0].clone());
        assert_eq!(said(&turn).await, ["Summary: 2 earlier messages."]);
    }

    #[tokio::test]
    async fn an_answer_that_nobody_wants_ends() {
        let (sender, receiver) = mpsc::channel(1);
        drop(receiver);
        assert_eq!(Echo.answer(&turn("a"), sender).await, Err(CognitionError::Abandoned));
    }
}
