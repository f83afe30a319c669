use crate::support::{line, now, sid};
use twilio_conversations::{
    api::{
        messaging::{CreateFeedback, CreateMessage, DeleteMessage, Sender, UpdateMessage},
        messaging_media::{DeleteMedia, FetchMedia, ListMedia},
    },
    model::messaging::{AddressRetention, ContentRetention, FeedbackOutcome, RiskCheck, TrafficType},
    sid::{MediaSid, SmsSid},
};

fn message() -> SmsSid {
    sid("MM")
}

#[test]
fn everything_a_message_can_be_created_with() {
    let sender = Sender::ServiceSender(sid("MG"), "+2".into());
    assert!(!format!("{sender:?}").contains("+2"));
    let create = CreateMessage::text("+1", sender, "hi")
        .unwrap()
        .application_sid(sid("AP"))
        .max_price("0.05")
        .provide_feedback(true)
        .attempt(2)
        .force_delivery(false)
        .content_retention(ContentRetention::Discard)
        .address_retention(AddressRetention::Obfuscate)
        .persistent_actions(["geo:1,2|x", "y"])
        .traffic_type(TrafficType::Free)
        .shorten_urls(true)
        .schedule(&now())
        .send_as_mms(true)
        .risk_check(RiskCheck::Disable)
        .fallback_from("+3");
    assert_eq!(
        line(&create),
        "POST /2010-04-01/Accounts/{AC}/Messages.json To=+1 MessagingServiceSid=MG… From=+2 Body=hi \
         ApplicationSid=AP… MaxPrice=0.05 ProvideFeedback=true Attempt=2 ForceDelivery=false ContentRetention=discard \
         AddressRetention=obfuscate PersistentAction=geo:1,2|x PersistentAction=y TrafficType=free ShortenUrls=true \
         ScheduleType=fixed SendAt=2024-01-02T03:04:05Z SendAsMms=true RiskCheck=disable FallbackFrom=+3"
    );
}

#[test]
fn messages_and_their_files() {
    let media: MediaSid = sid("ME");
    let path = "/2010-04-01/Accounts/{AC}/Messages/MM…";
    let list = ListMedia::new(message())
        .date_created("2024-01-02")
        .date_created_before("2024-01-03")
        .date_created_after("2024-01-01")
        .page_size(7);
    for (actual, expected) in [
        (line(&UpdateMessage::redact(message())), format!("POST {path}.json Body=")),
        (line(&UpdateMessage::cancel(message())), format!("POST {path}.json Status=canceled")),
        (line(&DeleteMessage::new(message())), format!("DELETE {path}.json")),
        (
            line(&CreateFeedback::new(message(), &FeedbackOutcome::Confirmed)),
            format!("POST {path}/Feedback.json Outcome=confirmed"),
        ),
        (line(&FetchMedia::new(message(), media.clone())), format!("GET {path}/Media/ME….json")),
        (line(&DeleteMedia::new(message(), media)), format!("DELETE {path}/Media/ME….json")),
        (
            line(&list),
            format!(
                "GET {path}/Media.json DateCreated=2024-01-02 DateCreated<=2024-01-03 DateCreated>=2024-01-01 PageSize=7"
            ),
        ),
    ] {
        assert_eq!(actual, expected);
    }
}
