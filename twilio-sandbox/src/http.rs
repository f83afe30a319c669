//! HTTP: the server, forms, authentication, answers, paging.

pub(crate) mod answer;
pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod event_stream;
pub(crate) mod form;
pub(crate) mod gate;
pub(crate) mod page;
pub(crate) mod request;
pub(crate) mod server;
mod strike;
