//! An assistant that is slow, fails, falls silent, and says the same of the same question each time.

use async_trait::async_trait;
use si_channel_server::ports::cognition::{Cognition, CognitionError, Outcome, ReplyPart, TurnRequest};
use tokio::sync::mpsc;

use crate::life::Life;
use crate::rare::Rare;
use crate::world::pass;

#[derive(Debug)]
pub(crate) struct Mind {
    life: Life,
}

impl Mind {
    pub(crate) fn new(life: Life) -> Self {
        Self { life }
    }

    async fn send(&self, parts: &mpsc::Sender<ReplyPart>, text: String) -> Result<(), CognitionError> {
        self.life.step().await;
        parts.send(ReplyPart::text(text)).await.map_err(|_| CognitionError::Abandoned)
    }
}

#[async_trait]
impl Cognition for Mind {
    async fn answer(
        &self,
        turn: &TurnRequest,
        parts: mpsc::Sender<ReplyPart>,
    ) -> Result<Outcome, CognitionError> {
        let world = &self.life.world;
        self.life.step().await;
        world.note("asked", &turn.turn_id);
        let trouble = world.goes_wrong(world.draw().mind_trouble, 100).then(|| world.below(5));
        pass(20 + world.below(if trouble == Some(0) { 40_000 } else { 1_500 })).await;
        match trouble {
            Some(1) => return Err(CognitionError::Unreachable("the simulation says so".to_owned())),
            Some(2) => return Err(CognitionError::Declined),
            Some(3) => std::future::pending().await,
            _ => {}
        }
        // The same question has the same answer.
        let kinds = turn.turn_id.bytes().map(u64::from).sum::<u64>();
        let all: Vec<String> =
            (1..=1 + kinds % 3).map(|n| format!("Part {n} about {}", turn.turn_id)).collect();
        let mut said = 0;
        for text in all {
            if turn.already_sent.iter().any(|sent| sent.contains(&text)) {
                world.reach(Rare::AnsweredInPieces);
                continue;
            }
            if trouble == Some(4) && said == 1 {
                return Err(CognitionError::Interrupted);
            }
            self.send(&parts, text).await?;
            said += 1;
            pass(world.below(120)).await;
        }
        self.life.step().await;
        Ok(Outcome::Done)
    }
}
