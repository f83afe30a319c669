//! How fast senders send, and how much may wait, by their type and where a text goes.
//!
//! <https://www.twilio.com/docs/api/errors/21611>, <https://www.twilio.com/docs/whatsapp/best-practices-and-faqs>,
//! and Twilio's help pages on rate limits, toll-free throughput and alphanumeric senders.

use crate::state::numbering::is_nanp;
use crate::state::sender::SenderType;

const HOUR: i64 = 60 * 60 * 1000;

/// Parts per second that a sender gets rid of towards a phone.
fn rate(kind: SenderType, from: &str, to: &str) -> f64 {
    match kind {
        SenderType::WhatsApp => 80.0,
        SenderType::ShortCode => 100.0,
        SenderType::TollFree if is_nanp(to) => 3.0,
        SenderType::LongCode if is_nanp(from) && is_nanp(to) => 1.0,
        _ => 10.0,
    }
}

/// Microseconds that one part keeps its sender busy; `own` is the rate that a control has set.
pub(crate) fn spacing(kind: SenderType, own: Option<f64>, from: &str, to: &str) -> i64 {
    let own = own.filter(|own| own.is_finite() && *own > 0.0);
    let micros = 1_000_000.0 / own.unwrap_or_else(|| rate(kind, from, to));
    // At most eleven days, at least nothing: exact in both types.
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    let micros = micros.round().clamp(0.0, 1e12) as i64;
    micros
}

/// How many milliseconds of traffic may wait for a sender.
pub(crate) fn longest_wait(kind: SenderType) -> i64 {
    if kind == SenderType::WhatsApp { 4 * HOUR } else { 10 * HOUR }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_follows_from_the_sender_and_the_country_it_writes_to() {
        let (us, gb) = ("+12125550100", "+447700900100");
        for (kind, own, from, to, micros) in [
            (SenderType::LongCode, None, us, "+13055550100", 1_000_000),
            (SenderType::LongCode, None, us, gb, 100_000),
            (SenderType::TollFree, None, "+18335550100", us, 333_333),
            (SenderType::TollFree, None, "+18335550100", gb, 100_000),
            (SenderType::ShortCode, None, "12345", us, 10_000),
            (SenderType::Mobile, None, gb, gb, 100_000),
            (SenderType::Alphanumeric, None, "Acme", gb, 100_000),
            (SenderType::WhatsApp, None, us, us, 12_500),
            (SenderType::LongCode, Some(4.0), us, us, 250_000),
            (SenderType::LongCode, Some(0.0), us, us, 1_000_000),
        ] {
            assert_eq!(spacing(kind, own, from, to), micros, "{kind:?} {own:?} {to}");
        }
    }
}
