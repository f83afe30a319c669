//! Decides what webhooks brought, one after another within a lane.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use si_channel_core::normalize::{self, Fact, NormalizeError};
use si_channel_core::rejection::Rejection;
use twilio_conversations::sid::AccountSid;

use crate::engine::{Decided, EngineError};
use crate::store::{Changes, ClaimedInput, CommitError};
use crate::worker::{EARLY_MS, Workers};

/// After this many failures an input is set aside.
const FAILURES: u32 = 3;

/// A webhook as it was received; the inbox keeps it in this form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "webhook", rename_all = "snake_case")]
pub enum Received {
    /// A Conversations webhook.
    Conversations {
        /// Its parameters.
        pairs: Vec<(String, String)>,
    },
    /// An inbound message on the Messaging path.
    Inbound {
        /// Its parameters.
        pairs: Vec<(String, String)>,
        /// When Twilio took it, where it was not its webhook that told of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<jiff::Timestamp>,
    },
    /// A status callback.
    Status {
        /// Its parameters.
        pairs: Vec<(String, String)>,
        /// What its URL carries.
        outbound_id: Option<String>,
    },
}

impl Received {
    /// Its parameters.
    pub fn pairs(&self) -> &[(String, String)] {
        match self {
            Self::Conversations { pairs } | Self::Inbound { pairs, .. } | Self::Status { pairs, .. } => pairs,
        }
    }

    /// Its parameters, to be changed.
    pub fn pairs_mut(&mut self) -> &mut [(String, String)] {
        match self {
            Self::Conversations { pairs } | Self::Inbound { pairs, .. } | Self::Status { pairs, .. } => pairs,
        }
    }

    /// The webhook in the domain's words.
    pub fn fact(&self, account: &AccountSid, at: jiff::Timestamp) -> Result<Fact, NormalizeError> {
        match self {
            Self::Conversations { pairs } => normalize::conversations(pairs, account, at),
            Self::Inbound { pairs, at: told } => normalize::inbound(pairs, account, told.unwrap_or(at)),
            Self::Status { pairs, outbound_id } => {
                normalize::status(pairs, outbound_id.as_deref(), account, at)
            }
        }
    }
}

pub(super) async fn decide(workers: Arc<Workers>, input: ClaimedInput) {
    let task = {
        let workers = Arc::clone(&workers);
        let input = input.clone();
        tokio::spawn(async move { try_decide(&workers, &input).await })
    };
    let (retry_at_ms, reason) = match task.await {
        Ok(Ok(()) | Err(Trouble::Overtaken)) => return,
        Ok(Err(Trouble::Again { after_ms, reason })) => {
            (Some(workers.engine.clock().now_ms() + after_ms), reason)
        }
        Ok(Err(Trouble::Never(reason))) => (None, reason),
        // A defect in one input must not stop the others.
        Err(_panicked) if input.attempts + 1 < FAILURES => {
            (Some(workers.engine.clock().now_ms() + 1_000), "the decision panicked".to_owned())
        }
        Err(_panicked) => (None, "the decision panicked repeatedly".to_owned()),
    };
    if retry_at_ms.is_none() {
        tracing::error!(seq = input.seq, reason, "input set aside");
    }
    let store = workers.engine.store();
    workers.hand_back(|| store.return_input(input.seq, input.fence, retry_at_ms, &reason)).await;
}

enum Trouble {
    Again {
        after_ms: i64,
        reason: String,
    },
    Never(String),
    /// Another has it now.
    Overtaken,
}

async fn try_decide(workers: &Workers, input: &ClaimedInput) -> Result<(), Trouble> {
    let engine = &workers.engine;
    let received: Received =
        serde_json::from_str(&input.body).map_err(|error| Trouble::Never(format!("unreadable: {error}")))?;
    let at = jiff::Timestamp::from_millisecond(input.at_ms).unwrap_or_default();
    let fact = received.fact(engine.account(), at).map_err(|error| Trouble::Never(error.to_string()))?;
    let Some(fact) = fact.input else {
        return match engine.store().commit(Changes::settle(input.source())).await {
            Ok(()) | Err(CommitError::Overtaken) => Ok(()),
            Err(error) => Err(Trouble::Again { after_ms: 500, reason: error.to_string() }),
        };
    };
    match engine.settle(&fact, &|_| input.source()).await {
        Ok(Decided::Done(_)) => Ok(()),
        Ok(Decided::Rejected(Rejection::TooEarly(about))) => {
            let waited = engine.clock().now_ms() - input.at_ms;
            if waited < EARLY_MS {
                // It waits a fifth of the time it has waited already, so that soon is soon and late is seldom.
                return Err(Trouble::Again { after_ms: 100 + waited / 5, reason: about.to_owned() });
            }
            tracing::warn!(seq = input.seq, about, "gave up waiting for what an input is about");
            match engine.store().commit(Changes::settle(input.source())).await {
                Ok(()) | Err(CommitError::Overtaken) => Ok(()),
                Err(error) => Err(Trouble::Again { after_ms: 1_000, reason: error.to_string() }),
            }
        }
        Ok(Decided::Rejected(rejection)) => {
            tracing::debug!(seq = input.seq, %rejection, "input without effect");
            Ok(())
        }
        Err(error @ (EngineError::Store(_) | EngineError::Contended(_))) => {
            Err(Trouble::Again { after_ms: 500, reason: error.to_string() })
        }
        Err(EngineError::Overtaken) => Err(Trouble::Overtaken),
        Err(EngineError::Stuck) => Err(Trouble::Never(EngineError::Stuck.to_string())),
    }
}
