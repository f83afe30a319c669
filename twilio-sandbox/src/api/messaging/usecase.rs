//! What Messaging Services and campaigns can be used for. The descriptions are the sandbox's own words.

use serde_json::{Value, json};

use super::find;
use crate::http::answer::{Answer, Reply};
use crate::http::request::Call;
use crate::hub::Hub;

/// Code, what it stands for, purpose.
const SERVICES: [(&str, &str, &str); 6] = [
    (
        "notifications",
        "News that people expect: deliveries, appointments, orders, alerts.",
        "Notify my users.",
    ),
    ("marketing", "Offers, product news and invitations.", "Market my services."),
    ("verification", "Codes that prove who somebody is.", "Verify my users."),
    ("discussion", "Conversations in both directions, such as customer care.", "Discuss with my users."),
    ("poll", "Questions, surveys and votes.", "Poll my users."),
    ("undeclared", "Nothing has been said about the purpose.", "Something else."),
];

/// Code, name, what it stands for, whether carriers must agree after approval.
const CAMPAIGNS: [(&str, &str, &str, bool); 21] = [
    ("2FA", "Two-Factor authentication (2FA)", "One-time codes and password resets.", false),
    ("ACCOUNT_NOTIFICATION", "Account Notification", "Reminders and alerts about an account.", false),
    ("AGENTS_FRANCHISES", "Agents and Franchises", "Many local senders of one brand.", true),
    ("CHARITY", "Charity", "Registered charities, religious bodies excepted.", false),
    ("PROXY", "Proxy", "People write to each other through pooled numbers.", true),
    ("CUSTOMER_CARE", "Customer Care", "Support and account management.", false),
    ("DELIVERY_NOTIFICATION", "Delivery Notification", "Where a delivery is.", false),
    ("EMERGENCY", "Emergency", "Public safety and health in emergencies.", true),
    ("FRAUD_ALERT", "Fraud Alert Messaging", "Warnings of suspected fraud.", false),
    ("HIGHER_EDUCATION", "Higher Education", "Universities and colleges.", false),
    ("K12_EDUCATION", "K-12 Education", "Schools and their platforms.", true),
    ("LOW_VOLUME", "Low Volume Mixed", "Several purposes at low volume, tests among them.", false),
    ("MARKETING", "Marketing", "Promotional content of any kind.", false),
    ("MIXED", "Mixed", "Several purposes of one consumer service.", false),
    ("POLITICAL", "Political", "Organised efforts to influence decisions.", false),
    ("POLLING_VOTING", "Polling and voting", "Polls and votes that are not political.", false),
    ("PUBLIC_SERVICE_ANNOUNCEMENT", "Public Service Announcement", "Information of public interest.", false),
    ("SECURITY_ALERT", "Security Alert", "A system was compromised and somebody must act.", false),
    ("SOCIAL", "Social", "Closed communities and their members.", true),
    ("SWEEPSTAKE", "Sweepstake", "Prize draws.", true),
    ("SOLE_PROPRIETOR", "Sole Proprietor", "Any purpose of a person in business alone.", false),
];

pub(super) fn of_services() -> Answer {
    let usecases: Vec<Value> = SERVICES
        .iter()
        .map(|(usecase, description, purpose)| {
            json!({"usecase": usecase, "description": description, "purpose": purpose})
        })
        .collect();
    Reply::ok(json!({"usecases": usecases}))
}

/// The same for every brand: `BrandRegistrationSid` is read and changes nothing.
pub(super) fn of_campaigns(hub: &Hub, call: &Call, service: &str) -> Answer {
    call.query.filled("BrandRegistrationSid");
    find(&hub.world(), service)?;
    let usecases: Vec<Value> = CAMPAIGNS
        .iter()
        .map(|(code, name, description, after)| {
            json!({"code": code, "name": name, "description": description, "post_approval_required": after})
        })
        .collect();
    Reply::ok(json!({"us_app_to_person_usecases": usecases}))
}

/// Whether a campaign can have that use case.
pub(super) fn is_campaign_usecase(code: &str) -> bool {
    CAMPAIGNS.iter().any(|(known, ..)| *known == code)
}
