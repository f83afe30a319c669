//! Bugs planted on purpose, to prove that the simulation sees: each is a line here, and is done in the simulation's own
//! seams, so that nothing of the server is weakened.

macro_rules! planted {
    ($($name:literal $bug:ident: $words:literal,)*) => {
        /// A bug.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Planted {
            $(#[doc = $words] $bug,)*
        }

        impl Planted {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$bug,)*];

            /// Its name on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$bug => $name,)*
                }
            }

            /// In words.
            pub fn words(self) -> &'static str {
                match self {
                    $(Self::$bug => $words,)*
                }
            }
        }
    };
}

planted! {
    "forgotten-flush" ForgottenFlush: "a webhook is acknowledged before it is durable, and lost in a crash",
    "acknowledged-anyway" AcknowledgedAnyway: "a webhook is acknowledged though the store refused it",
    "no-dedupe" NoDedupe: "a delivery that came before is taken as new",
    "no-fence" NoFence: "work is settled by whoever comes, overtaken or not",
    "no-versions" NoVersions: "commits do not look whether what they were decided on has moved",
    "pop-and-delete" PopAndDelete: "an effect is forgotten when it is handed out",
    "blind-look" BlindLook: "a message of unclear outcome is sent again without a look at Twilio",
    "deaf-to-stop" DeafToStop: "consent is read as given where it was withdrawn",
    "lost-timer" LostTimer: "a timer that is set is not stored",
    "backward-status" BackwardStatus: "a later receipt puts a message back to sent",
    "forgetful-answers" ForgetfulAnswers: "the answer to an idempotent request is not kept",
    "open-door" OpenDoor: "webhooks are taken whoever signed them",
    "torn-log" TornLog: "a record of the audit log is changed after it was written",
}
