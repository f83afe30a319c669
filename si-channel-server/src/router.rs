//! Which handler answers which path.

use std::sync::LazyLock;

use ::http::Method;
use matchit::Router;

use crate::app::App;
use crate::http::{Problem, Request, Response};
use crate::routes::{
    audit, consent, erasures, events, feed, health, media, messages, outbound, people, place, repair,
    schemas, sessions, subscriptions, transcript, webhooks,
};

/// A path that is served.
#[derive(Clone, Copy)]
enum Path {
    Conversations,
    Sms,
    SmsStatus,
    Messages,
    Sessions,
    Session,
    SessionMessages,
    SessionParticipants,
    SessionParticipant,
    SessionInvitations,
    SessionClose,
    Transcript,
    Media,
    Events,
    EventStream,
    Feed,
    Subscriptions,
    Subscription,
    SubscriptionRotate,
    SubscriptionResume,
    SubscriptionRedrive,
    SubscriptionDead,
    Repair,
    Consent,
    ConsentHistory,
    Place,
    Audit,
    Person,
    OutboundList,
    Outbound,
    OutboundCancel,
    OutboundRetry,
    Schemas,
    Schema,
    AsyncApi,
    PersonErasure,
    PersonHold,
    Erasure,
    Healthz,
    Readyz,
}

static PATHS: LazyLock<Router<Path>> = LazyLock::new(|| {
    let paths = [
        ("/webhooks/conversations", Path::Conversations),
        ("/webhooks/sms", Path::Sms),
        ("/webhooks/sms/status", Path::SmsStatus),
        ("/v1/messages", Path::Messages),
        ("/v1/sessions", Path::Sessions),
        ("/v1/sessions/{id}", Path::Session),
        ("/v1/sessions/{id}/messages", Path::SessionMessages),
        ("/v1/sessions/{id}/participants", Path::SessionParticipants),
        ("/v1/sessions/{id}/participants/{address}", Path::SessionParticipant),
        ("/v1/sessions/{id}/invitations", Path::SessionInvitations),
        ("/v1/sessions/{id}/close", Path::SessionClose),
        ("/v1/sessions/{id}/transcript", Path::Transcript),
        ("/v1/media/{id}", Path::Media),
        ("/v1/people/{address}/place", Path::Place),
        ("/v1/events", Path::Events),
        ("/v1/events/stream", Path::EventStream),
        ("/v1/feed", Path::Feed),
        ("/v1/subscriptions", Path::Subscriptions),
        ("/v1/subscriptions/{id}", Path::Subscription),
        ("/v1/subscriptions/{id}/rotate", Path::SubscriptionRotate),
        ("/v1/subscriptions/{id}/resume", Path::SubscriptionResume),
        ("/v1/subscriptions/{id}/redrive", Path::SubscriptionRedrive),
        ("/v1/subscriptions/{id}/dead-letters", Path::SubscriptionDead),
        ("/v1/repair", Path::Repair),
        ("/v1/consent/{address}", Path::Consent),
        ("/v1/consent/{address}/history", Path::ConsentHistory),
        ("/v1/audit", Path::Audit),
        ("/v1/people/{address}", Path::Person),
        ("/v1/outbound", Path::OutboundList),
        ("/v1/outbound/{id}", Path::Outbound),
        ("/v1/outbound/{id}/cancel", Path::OutboundCancel),
        ("/v1/outbound/{id}/retry", Path::OutboundRetry),
        ("/schemas", Path::Schemas),
        ("/schemas/{id}", Path::Schema),
        ("/asyncapi.json", Path::AsyncApi),
        ("/v1/people/{address}/erasure", Path::PersonErasure),
        ("/v1/people/{address}/hold", Path::PersonHold),
        ("/v1/erasures/{id}", Path::Erasure),
        ("/healthz", Path::Healthz),
        ("/readyz", Path::Readyz),
    ];
    let mut router = Router::new();
    for (path, name) in paths {
        router.insert(path, name).expect("the paths do not conflict");
    }
    router
});

/// The variable parts of a path, decoded.
#[derive(Debug, Default)]
pub struct Segments {
    /// `{id}`.
    pub id: String,
    /// `{address}`.
    pub address: String,
}

/// Who may reach a listener, and so what it serves. Health is served to everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// One listener for all.
    Everybody,
    /// Twilio: its webhooks, nothing of the API.
    Twilio,
    /// Si and its operators: the API, no webhooks.
    Si,
}

impl Side {
    fn serves(self, path: &str) -> bool {
        match self {
            Self::Everybody => true,
            Self::Twilio => !path.starts_with("/v1/"),
            Self::Si => !path.starts_with("/webhooks/"),
        }
    }
}

/// Answers a request.
pub async fn route(app: &App, request: Request, side: Side) -> Response {
    match app.load.admit(request.method(), request.uri().path()) {
        Ok(_place) => answer(app, request, side).await.unwrap_or_else(Problem::into_response),
        Err(problem) => problem.into_response(),
    }
}

async fn answer(app: &App, request: Request, side: Side) -> Result<Response, Problem> {
    let path = request.uri().path().to_owned();
    let Some(found) = PATHS.at(&path).ok().filter(|_| side.serves(&path)) else {
        return Err(Problem::not_found(
            "there is nothing at this path; see the README for those that are served",
        ));
    };
    let segment = |name: &str| -> Result<String, Problem> {
        let raw = found.params.get(name).unwrap_or_default();
        percent_encoding::percent_decode_str(raw)
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| Problem::bad_request("the path is not UTF-8 when percent-decoded"))
    };
    let at = Segments { id: segment("id")?, address: segment("address")? };
    let method = request.method().clone();
    if path.starts_with("/v1/") {
        app.bearer.check(request.headers())?;
    }
    match (found.value, method) {
        (Path::Conversations, Method::POST) => webhooks::conversations(app, request).await,
        (Path::Sms, Method::POST) => webhooks::sms(app, request).await,
        (Path::SmsStatus, Method::POST) => webhooks::status(app, request).await,
        (Path::Messages, Method::POST) => messages::to_address(app, request).await,
        (Path::Sessions, Method::GET) => sessions::list(app, &request.into_parts().0).await,
        (Path::Sessions, Method::POST) => sessions::open(app, request).await,
        (Path::Session, Method::GET) => sessions::one(app, &at.id).await,
        (Path::SessionMessages, Method::POST) => messages::to_session(app, request, &at.id).await,
        (Path::SessionParticipants, Method::POST) => sessions::invite(app, request, &at.id).await,
        (Path::SessionParticipant, Method::PUT) => sessions::change(app, request, &at.id, &at.address).await,
        (Path::SessionParticipant, Method::DELETE) => sessions::remove(app, &at.id, &at.address).await,
        (Path::SessionInvitations, Method::POST) => sessions::invitation(app, request, &at.id).await,
        (Path::SessionClose, Method::POST) => sessions::close(app, request, &at.id).await,
        (Path::Transcript, Method::GET) => transcript::read(app, &request.into_parts().0, &at.id).await,
        (Path::Media, Method::GET) => media::read(app, &request.into_parts().0, &at.id).await,
        (Path::Events, Method::GET) => events::poll(app, &request.into_parts().0).await,
        (Path::EventStream, Method::GET) => events::stream(app, &request.into_parts().0),
        (Path::Feed, Method::GET) => feed::read(app).await,
        (Path::Feed, Method::PUT) => feed::set(app, request).await,
        (Path::Subscriptions, Method::GET) => subscriptions::list(app).await,
        (Path::Subscriptions, Method::POST) => subscriptions::create(app, request).await,
        (Path::Subscription, Method::GET) => subscriptions::one(app, &at.id).await,
        (Path::Subscription, Method::DELETE) => subscriptions::delete(app, &at.id).await,
        (Path::SubscriptionRotate, Method::POST) => subscriptions::rotate(app, request, &at.id).await,
        (Path::SubscriptionResume, Method::POST) => subscriptions::resume(app, request, &at.id).await,
        (Path::SubscriptionRedrive, Method::POST) => subscriptions::redrive(app, request, &at.id).await,
        (Path::SubscriptionDead, Method::GET) => subscriptions::dead_letters(app, &at.id).await,
        (Path::Repair, Method::GET) => repair::read(app),
        (Path::Repair, Method::POST) => repair::compare(app).await,
        (Path::Consent, Method::GET) => consent::read(app, &at.address).await,
        (Path::Consent, Method::PUT) => consent::record(app, request, &at.address).await,
        (Path::Person, Method::GET) => people::read(app, &at.address).await,
        (Path::Person, Method::PUT) => people::merge(app, request, &at.address).await,
        (Path::ConsentHistory, Method::GET) => {
            consent::history(app, &request.into_parts().0, &at.address).await
        }
        (Path::Place, Method::GET) => place::read(app, &at.address).await,
        (Path::Place, Method::PUT) => place::locate(app, request, &at.address).await,
        (Path::Audit, Method::GET) => audit::list(app, &request.into_parts().0).await,
        (Path::OutboundList, Method::GET) => outbound::list(app, &request.into_parts().0).await,
        (Path::Outbound, Method::GET) => outbound::one(app, &at.id).await,
        (Path::OutboundCancel, Method::POST) => outbound::cancel(app, request, &at.id).await,
        (Path::OutboundRetry, Method::POST) => outbound::retry(app, request, &at.id).await,
        (Path::Schemas, Method::GET) => Ok(schemas::list()),
        (Path::Schema, Method::GET) => schemas::one(&at.id),
        (Path::AsyncApi, Method::GET) => Ok(schemas::asyncapi()),
        (Path::PersonErasure, Method::GET) => erasures::read(app, &at.address).await,
        (Path::Person, Method::DELETE) => erasures::erase(app, request, &at.address).await,
        (Path::PersonHold, Method::PUT) => erasures::hold(app, request, &at.address).await,
        (Path::PersonHold, Method::DELETE) => erasures::release(app, &at.address).await,
        (Path::Erasure, Method::GET) => erasures::status(app, &at.id).await,
        (Path::Healthz, Method::GET) => Ok(health::alive()),
        (Path::Readyz, Method::GET) => health::ready(app).await,
        (path, _) => Err(Problem::method_not_allowed(allowed(*path))),
    }
}

fn allowed(path: Path) -> &'static str {
    match path {
        Path::Sessions | Path::Subscriptions | Path::Repair => "GET, POST",
        Path::Subscription => "GET, DELETE",
        Path::Consent | Path::Place | Path::Feed => "GET, PUT",
        Path::Person => "GET, PUT, DELETE",
        Path::SessionParticipant => "DELETE, PUT",
        Path::PersonHold => "PUT, DELETE",
        Path::Session
        | Path::Transcript
        | Path::Media
        | Path::Events
        | Path::EventStream
        | Path::ConsentHistory
        | Path::Audit
        | Path::OutboundList
        | Path::Outbound
        | Path::Schemas
        | Path::Schema
        | Path::AsyncApi
        | Path::PersonErasure
        | Path::Erasure
        | Path::SubscriptionDead
        | Path::Healthz
        | Path::Readyz => "GET",
        _ => "POST",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_apart_serve_twilio_and_si_and_health_to_both() {
        let served = |path: &str| [Side::Everybody, Side::Twilio, Side::Si].map(|side| side.serves(path));
        assert_eq!(served("/webhooks/conversations"), [true, true, false]);
        assert_eq!(served("/v1/messages"), [true, false, true]);
        assert_eq!(served("/healthz"), [true, true, true]);
    }

    #[test]
    fn every_path_is_found() {
        for path in
            ["/webhooks/sms", "/v1/sessions/ses_1/participants/%2B1", "/v1/consent/%2B1/history", "/readyz"]
        {
            assert!(PATHS.at(path).is_ok(), "{path}");
        }
    }
}
