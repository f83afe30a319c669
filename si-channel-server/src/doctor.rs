//! Checks an installation against its Twilio account, and mends what it may.

use std::fmt;

use serde::Serialize;
use si_channel_core::address::{Address, Channel};
use si_channel_core::hours::HoursProfile;
use si_channel_core::policy::Policy;
use si_channel_core::text::Brand;
use twilio_conversations::Error;
use twilio_conversations::api::address_configuration::{
    CreateAddressConfiguration, ListAddressConfigurations, UpdateAddressConfiguration,
};
use twilio_conversations::api::configuration::{FetchConfigurationWebhook, UpdateConfigurationWebhook};
use twilio_conversations::api::phone_number::{ListIncomingPhoneNumbers, UpdateIncomingPhoneNumber};
use twilio_conversations::client::Client;
use twilio_conversations::model::{AddressConfiguration, AddressType, AutoCreationType, HttpMethod};

use crate::app;
use crate::config::{Config, Numbers, PublicUrl};
use crate::rules;

/// The events the channel needs; one is pre-action: it names the author of a group text.
const FILTERS: [&str; 10] = [
    "onMessageAdd",
    "onMessageAdded",
    "onMessageUpdated",
    "onMessageRemoved",
    "onConversationAdded",
    "onConversationRemoved",
    "onConversationStateUpdated",
    "onParticipantAdded",
    "onParticipantRemoved",
    "onDeliveryUpdated",
];

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It was not, and is now.
    Mended,
    /// It works, and could be better.
    Warning,
    /// It does not work.
    Bad,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: String,
    /// How it went.
    pub verdict: Verdict,
    /// What was found, and what to do.
    pub detail: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.verdict {
            Verdict::Good => "good  ",
            Verdict::Mended => "mended",
            Verdict::Warning => "warn  ",
            Verdict::Bad => "BAD   ",
        };
        write!(f, "{mark}  {}: {}", self.check, self.detail)
    }
}

/// What the doctor looks at.
#[derive(Debug)]
pub struct Patient<'a> {
    /// The account.
    pub client: &'a Client,
    /// Our numbers.
    pub numbers: &'a Numbers,
    /// Where Twilio should call.
    pub public_url: &'a PublicUrl,
    /// Whether sessions run on Conversations.
    pub conversations: bool,
    /// Who speaks.
    pub brand: &'a Brand,
}

/// Checks the account that the settings name; an error when they do not go so far.
pub async fn examine_configured(config: &Config, fix: bool) -> Result<Vec<Finding>, String> {
    let client = app::client(config).map_err(|error| error.to_string())?;
    let policy = app::policy(config).map_err(|error| error.to_string())?;
    let Some(public_url) = &config.public_url else { return Err("public_url is not set".to_owned()) };
    let patient = Patient {
        client: &client,
        numbers: &config.numbers,
        public_url,
        conversations: config.use_conversations_api,
        brand: &policy.brand,
    };
    let mut findings = vec![rules_in_force(&policy, jiff::Timestamp::now())];
    findings.extend(examine(&patient, fix).await);
    Ok(findings)
}

/// Checks everything, mending on request. The order is that of dependence: the first bad finding explains others.
pub async fn examine(patient: &Patient<'_>, fix: bool) -> Vec<Finding> {
    let doctor = Doctor { patient, fix };
    let mut findings = vec![doctor.public_url(), doctor.brand()];
    match doctor.webhooks().await {
        Ok(finding) => findings.push(finding),
        Err(error) => {
            findings.push(bad("account", error.to_string()));
            return findings;
        }
    }
    let numbers = [&patient.numbers.sms, &patient.numbers.whatsapp];
    for number in numbers.into_iter().flatten() {
        findings.push(
            doctor
                .address(number)
                .await
                .unwrap_or_else(|error| bad(&format!("address {}", number.masked()), error.to_string())),
        );
        if number.channel() == Channel::Sms {
            findings.push(
                doctor
                    .number(number)
                    .await
                    .unwrap_or_else(|error| bad(&format!("number {}", number.masked()), error.to_string())),
            );
        }
    }
    findings
}

/// The rule sets: none may expire soon, and quiet hours should be kept by somebody.
fn rules_in_force(policy: &Policy, now: jiff::Timestamp) -> Finding {
    let expiring = rules::expiring(&policy.rules, now);
    if let Some((set, days)) = expiring.first() {
        let detail =
            format!("{set} expires in {days} days; review it, or update the channel, and see `rules check`");
        return finding("rules", Verdict::Warning, detail);
    }
    if policy.quiet_hours.profile == HoursProfile::Off {
        let detail = "policy.quiet_hours.profile is off: offers go out at any hour, unless Twilio holds them";
        return finding("rules", Verdict::Warning, detail);
    }
    let sets = policy.rules.summaries();
    let unsure = sets.iter().flat_map(|set| &set.rules).filter(|rule| rules::is_unsure(rule)).count();
    good("rules", format!("{} sets in force; {unsure} rules are unverified, see `rules check`", sets.len()))
}

fn finding(check: &str, verdict: Verdict, detail: impl Into<String>) -> Finding {
    Finding { check: check.to_owned(), verdict, detail: detail.into() }
}

fn good(check: &str, detail: impl Into<String>) -> Finding {
    finding(check, Verdict::Good, detail)
}

fn bad(check: &str, detail: impl Into<String>) -> Finding {
    finding(check, Verdict::Bad, detail)
}

struct Doctor<'a> {
    patient: &'a Patient<'a>,
    fix: bool,
}

impl Doctor<'_> {
    fn public_url(&self) -> Finding {
        let url = self.patient.public_url;
        if url.unfit_for_calls() {
            return finding(
                "public URL",
                Verdict::Warning,
                "not https: it serves messaging and is unfit for calls",
            );
        }
        good("public URL", "https")
    }

    fn brand(&self) -> Finding {
        if self.patient.brand.is_complete() {
            return good("brand", "named, with a contact");
        }
        finding(
            "brand",
            Verdict::Warning,
            "policy.brand has no name or contact of yours; HELP answers must name both (CTIA)",
        )
    }

    /// The account's webhooks. This is also the first word with Twilio: wrong credentials show here.
    async fn webhooks(&self) -> Result<Finding, Error> {
        let check = "Conversations webhooks";
        let client = self.patient.client;
        let url = self.patient.public_url.of("/webhooks/conversations");
        let current = client.send(&FetchConfigurationWebhook::new()).await?;
        let mut wrong = Vec::new();
        if current.post_webhook_url.as_deref() != Some(url.as_str()) {
            wrong.push("post-action URL");
        }
        if current.pre_webhook_url.as_deref() != Some(url.as_str()) {
            wrong.push("pre-action URL");
        }
        if current.method.as_ref().is_some_and(|method| *method != HttpMethod::Post) {
            wrong.push("method");
        }
        if FILTERS.iter().any(|filter| !current.filters.iter().any(|has| has == filter)) {
            wrong.push("filters");
        }
        if wrong.is_empty() {
            return Ok(good(check, "all events go to this server"));
        }
        let detail = wrong.join(", ");
        if !self.fix {
            return Ok(bad(check, format!("wrong: {detail}; run doctor --fix")));
        }
        // Filters that others have set stay.
        let mut filters: Vec<String> = FILTERS.iter().map(ToString::to_string).collect();
        filters.extend(current.filters.into_iter().filter(|has| !FILTERS.contains(&has.as_str())));
        let update = UpdateConfigurationWebhook::new()
            .pre_webhook_url(&url)
            .post_webhook_url(&url)
            .method(HttpMethod::Post)
            .filters(filters);
        client.send(&update).await?;
        Ok(finding(check, Verdict::Mended, detail))
    }

    /// Whether Twilio makes a conversation of what people write to the number.
    async fn address(&self, number: &Address) -> Result<Finding, Error> {
        let check = format!("address {}", number.masked());
        let wanted = self.patient.conversations;
        let current = self.find_address(number).await?;
        let creation = current.as_ref().and_then(|c| c.auto_creation.as_ref());
        let on = creation.is_some_and(|creation| creation.enabled);
        let ours = creation.is_none_or(|creation| {
            creation.creation_type.as_ref().is_none_or(|kind| *kind == AutoCreationType::Default)
        });
        let (right, detail) = match (wanted, on) {
            (true, true) if ours => (true, "conversations are made for who writes"),
            (true, true) => (false, "conversations are made for another webhook or a Studio flow"),
            (true, false) => (false, "no conversations are made for who writes"),
            (false, false) => (true, "left to the Messaging path"),
            (false, true) => (false, "conversations are made, though use_conversations_api is off"),
        };
        if right {
            return Ok(good(&check, detail));
        }
        if !self.fix {
            return Ok(bad(&check, format!("{detail}; run doctor --fix")));
        }
        match (current, wanted) {
            (Some(current), true) => {
                let update = UpdateAddressConfiguration::new(current.sid).auto_create_default();
                self.patient.client.send(&update).await?;
            }
            (Some(current), false) => {
                let update = UpdateAddressConfiguration::new(current.sid).auto_creation(false);
                self.patient.client.send(&update).await?;
            }
            (None, _) => {
                let kind = match number.channel() {
                    Channel::Whatsapp => AddressType::WhatsApp,
                    _ => AddressType::Sms,
                };
                let create = CreateAddressConfiguration::new(&kind, number).auto_create_default();
                self.patient.client.send(&create).await?;
            }
        }
        Ok(finding(&check, Verdict::Mended, detail))
    }

    async fn find_address(&self, number: &Address) -> Result<Option<AddressConfiguration>, Error> {
        let list = ListAddressConfigurations::new().page_size(ListAddressConfigurations::MAX_PAGE_SIZE);
        let mut pages = self.patient.client.pages(&list);
        while let Some(page) = pages.next_page().await? {
            if let Some(found) = page.items.into_iter().find(|item| item.address == number.to_string()) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The number's own webhook, the way in for whatever Conversations does not take.
    async fn number(&self, number: &Address) -> Result<Finding, Error> {
        let check = format!("number {}", number.masked());
        let client = self.patient.client;
        let url = self.patient.public_url.of("/webhooks/sms");
        let list = ListIncomingPhoneNumbers::new().phone_number(number).page_size(20);
        let mut found = Vec::new();
        let mut pages = client.pages(&list);
        while let Some(page) = pages.next_page().await? {
            found.extend(page.items.into_iter().filter(|item| item.phone_number == number.to_string()));
        }
        let Some(current) = found.pop() else {
            return Ok(finding(
                &check,
                Verdict::Warning,
                "not a number of this account; if it is in a messaging service, set the webhook there",
            ));
        };
        let right = current.sms_url.as_deref() == Some(url.as_str())
            && current.sms_method.as_ref().is_none_or(|method| *method == HttpMethod::Post);
        if right {
            return Ok(good(&check, "its messages go to this server"));
        }
        if !self.fix {
            return Ok(bad(&check, "its SMS webhook is not this server's; run doctor --fix"));
        }
        let update = UpdateIncomingPhoneNumber::new(current.sid).sms_url(&url).sms_method(HttpMethod::Post);
        client.send(&update).await?;
        Ok(finding(&check, Verdict::Mended, "SMS webhook"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_that_expire_soon_and_quiet_hours_that_nobody_keeps_are_told() {
        let mut policy = Policy::default();
        let at = |time: &str| time.parse().unwrap();
        assert_eq!(rules_in_force(&policy, at("2026-11-21T10:00:00Z")).verdict, Verdict::Good);
        let soon = rules_in_force(&policy, at("2027-12-01T00:00:00Z"));
        assert_eq!(soon.verdict, Verdict::Warning);
        assert!(soon.detail.contains("expires in 31 days"), "{}", soon.detail);
        policy.quiet_hours.profile = HoursProfile::Off;
        assert_eq!(rules_in_force(&policy, at("2026-11-21T10:00:00Z")).verdict, Verdict::Warning);
    }
}
