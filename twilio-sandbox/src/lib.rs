#![doc = include_str!("../README.md")]

mod accounts;
mod api;
mod carrier;
mod clock;
mod config;
mod control;
mod error;
mod fault;
mod files;
mod http;
mod hub;
mod log;
mod page;
mod sandbox;
mod snapshot;
mod state;
mod webhook;

pub use clock::Clock;
pub use config::{
    Behaviour, BindingConflict, BodyLimit, BulkCreation, ClosedTimer, ConnectionOverrides, GroupKeywords,
    GroupMms, InactiveAccount, InitialCallback, LandlineRefusal, MagicNumbers, NumberConfig, ReplayAfter,
    SandboxConfig, SenderType, ServiceWebhooks, Subaccount, TemplateReview, Throughput, TimerReset,
    TollFreeKeywords, UnreachablePreHook, WebhookSource,
};
pub use error::StartError;
pub use fault::{Fault, FaultError, PlannedFault, Refusal, RequestFault, RetryAfter, WebhookFault};
pub use sandbox::Sandbox;
pub use sandbox::account::AccountHandle;
pub use snapshot::{RestoreError, Snapshot};
pub use state::account::AccountStatus;
