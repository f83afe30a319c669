//! Branches that are seldom reached. A run over many seeds must have reached each, or it proves little.

macro_rules! rare {
    ($($(#[doc = $words:literal])* $name:ident,)*) => {
        /// Something that does not happen every day.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rare {
            $($(#[doc = $words])* $name,)*
        }

        impl Rare {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// In words.
            pub fn words(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($words),*).trim_ascii(),)*
                }
            }
        }
    };
}

rare! {
    /// a commit met a state that had moved
    CommitConflict,
    /// work was settled by nobody but its newest holder
    FenceLost,
    /// a commit was made and its answer was lost
    CommitInDoubt,
    /// the store was away
    StoreAway,
    /// a server died between two steps
    Crash,
    /// a server died with a request to Twilio under way
    CrashInRequest,
    /// a server stood still for longer than its lease
    PausedPastLease,
    /// a server was told to stop and finished what it held
    StoppedInOrder,
    /// a server's clock jumped
    ClockJump,
    /// Twilio took a message and its answer was lost
    AnswerLost,
    /// an unclear outcome was resolved by looking
    FoundByLooking,
    /// an unclear outcome was looked for and was not there
    LookedInVain,
    /// a message stayed unclear
    StayedUnclear,
    /// Twilio asked to slow down
    TooManyRequests,
    /// an opt-out came while a message was queued
    CancelledByOptOut,
    /// an opt-out came while a message was on its way
    OptOutInFlight,
    /// Twilio refused a message to somebody who had opted out there
    RefusedByCarrier,
    /// a person came back after an opt-out
    OptedInAgain,
    /// the same delivery came to another server
    DuplicateElsewhere,
    /// the same delivery came after a day
    DuplicateLate,
    /// a webhook came when no server was there
    WebhookLost,
    /// a webhook was answered 503
    WebhookRefused,
    /// an input waited for what it is about
    CameTooEarly,
    /// two first messages of a person met
    ParticipantConflict,
    /// the conversation that existed was adopted
    Adopted,
    /// a person moved into a group
    Joined,
    /// a keyword in a group was kept from the others
    Withheld,
    /// a session was warned of its end
    Warned,
    /// a session about to end went on
    Resumed,
    /// a conversation ended at Twilio by itself
    EndedAtTwilio,
    /// a message went on in another session
    CarriedOver,
    /// a timer fired late
    TimerLate,
    /// a message waited for the quiet hours' end
    QuietHours,
    /// something waited for its turn at a limit
    Paced,
    /// a message was not sent in time
    Expired,
    /// the assistant gave no answer
    NoAnswer,
    /// the assistant was asked again after a part of its answer was said
    AnsweredInPieces,
    /// a request was repeated with its idempotency key
    RequestRepeated,
    /// a forged webhook was refused
    ForgedRefused,
    /// the audit log was signed
    Signed,
}

/// How often each was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts(Vec<u64>);

impl Default for Counts {
    fn default() -> Self {
        Self(vec![0; Rare::ALL.len()])
    }
}

impl Counts {
    /// One more.
    pub fn reach(&mut self, rare: Rare) {
        self.0[rare as usize] += 1;
    }

    /// How often it was.
    pub fn of(&self, rare: Rare) -> u64 {
        self.0[rare as usize]
    }

    /// Adds another run's counts.
    pub fn add(&mut self, other: &Self) {
        for (sum, count) in self.0.iter_mut().zip(&other.0) {
            *sum += count;
        }
    }

    /// Those that were never reached.
    pub fn missing(&self) -> Vec<Rare> {
        Rare::ALL.iter().copied().filter(|rare| self.of(*rare) == 0).collect()
    }
}
