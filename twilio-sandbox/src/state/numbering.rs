//! Phone numbers as the world numbers them: countries, line types, validity, national format.

mod codes;
mod nanp;
mod plan;

/// What kind of line a number belongs to, in Lookup's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum LineType {
    Mobile,
    Landline,
    TollFree,
    FixedVoip,
    NonFixedVoip,
    Personal,
    Premium,
    Voicemail,
    SharedCost,
    Uan,
    Pager,
    Unknown,
}

impl LineType {
    /// Whether a line of this kind gets texts.
    pub(crate) fn takes_texts(self) -> bool {
        !matches!(self, Self::Landline | Self::Pager | Self::Voicemail | Self::Premium)
    }
}

/// The kinds of numbers an account can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberKind {
    Local,
    Mobile,
    TollFree,
    ShortCode,
}

impl NumberKind {
    /// The kind of a sender's address; channel prefixes do not matter.
    pub(crate) fn of(address: &str) -> Self {
        if is_short_code(address) {
            return Self::ShortCode;
        }
        match (line_type(address), country(address)) {
            (LineType::TollFree, _) => Self::TollFree,
            // In North America mobile numbers look like all others, and Twilio's are local.
            (LineType::Mobile, Some(country)) if !is_nanp(address) && country != "MX" => Self::Mobile,
            _ => Self::Local,
        }
    }

    /// As `IncomingPhoneNumbers` name it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Mobile => "mobile",
            Self::TollFree => "toll-free",
            Self::ShortCode => "short-code",
        }
    }
}

/// Five or six digits and nothing else.
pub(crate) fn is_short_code(address: &str) -> bool {
    (5..=6).contains(&address.len()) && address.bytes().all(|byte| byte.is_ascii_digit())
}

/// Two to eleven letters, digits, spaces and `-+_&`, not all digits.
pub(crate) fn is_alpha_sender(text: &str) -> bool {
    (1..=11).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -+_&".contains(&byte))
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether alphanumeric senders reach a phone: not in North America.
pub(crate) fn alpha_senders_reach(to: &str) -> bool {
    !is_nanp(to)
}

/// Whether MMS reaches a phone: in the United States, Canada and Australia.
pub(crate) fn mms_reaches(to: &str) -> bool {
    matches!(country(to), Some("US" | "CA" | "PR" | "AU"))
}

fn digits(address: &str) -> Option<&str> {
    address.rsplit_once('+').map(|(_, digits)| digits)
}

/// Whether an address is North American: its calling code is +1.
pub(crate) fn is_nanp(address: &str) -> bool {
    digits(address).is_some_and(|digits| digits.starts_with('1'))
}

/// The country (ISO 3166-1) of an E.164 number, with or without a channel prefix.
pub(crate) fn country(address: &str) -> Option<&'static str> {
    split(digits(address)?).map(|(_, country, _)| country)
}

/// The area code of a North American number.
pub(crate) fn area_code(address: &str) -> Option<&str> {
    digits(address)?.strip_prefix('1').filter(|national| national.len() == 10)?.get(..3)
}

/// The mobile country code of a number's country.
pub(crate) fn mobile_country_code(address: &str) -> Option<&'static str> {
    country(address).and_then(plan::of).map(|plan| plan.mcc)
}

/// The kind of line a number's digits promise. Without a plan of its country, a mobile one.
pub(crate) fn line_type(address: &str) -> LineType {
    let Some((_, country, national)) = digits(address).and_then(split) else { return LineType::Unknown };
    if is_nanp(address) {
        return nanp::line_type(national);
    }
    plan::of(country).map_or(LineType::Mobile, |plan| plan.line_type(national))
}

/// Calling code, country and national number of E.164 digits.
fn split(digits: &str) -> Option<(&str, &'static str, &str)> {
    let (code, country) = codes::split(digits)?;
    let national = &digits[code.len()..];
    let country = match code {
        "1" => nanp::country(national),
        "7" if national.starts_with(['6', '7']) => "KZ",
        _ => country,
    };
    Some((code, country, national))
}

/// What Lookup says about a number's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inspection {
    /// E.164 where it could be read, otherwise as given.
    pub(crate) phone_number: String,
    /// What is wrong; `None` when nothing is.
    pub(crate) error: Option<&'static str>,
    pub(crate) calling_country_code: String,
    pub(crate) country: &'static str,
    pub(crate) national_format: String,
}

impl Inspection {
    /// The national format, or the address itself where there is none.
    pub(crate) fn friendly(self, address: &str) -> String {
        if self.error.is_none() { self.national_format } else { address.to_owned() }
    }
}

/// Reads a number in E.164 or, with its country (the United States without one), in national format.
pub(crate) fn inspect(text: &str, default_country: Option<&str>) -> Inspection {
    let refused = |phone_number: &str, error: &'static str| Inspection {
        phone_number: phone_number.to_owned(),
        error: Some(error),
        calling_country_code: String::new(),
        country: "",
        national_format: String::new(),
    };
    let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/')).collect();
    let international = compact.strip_prefix('+');
    let digits = international.unwrap_or(&compact);
    if digits.len() < 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return refused(text, "NOT_A_NUMBER");
    }
    let digits = match international {
        Some(digits) => digits.to_owned(),
        None => match from_national(digits, default_country.unwrap_or("US")) {
            Some(digits) => digits,
            None => return refused(text, "INVALID_COUNTRY_CODE"),
        },
    };
    let e164 = format!("+{digits}");
    let Some((code, country, national)) = split(&digits) else {
        return refused(&e164, "INVALID_COUNTRY_CODE");
    };
    let plan = if code == "1" { plan::of("US") } else { plan::of(country) };
    let (shortest, longest) = plan.as_ref().map_or((4, 15 - code.len()), |plan| plan.lengths);
    if national.len() < shortest {
        return refused(&e164, "TOO_SHORT");
    }
    if national.len() > longest {
        return refused(&e164, "TOO_LONG");
    }
    if code == "1" && !nanp::is_valid(national) {
        return refused(&e164, "INVALID_BUT_POSSIBLE");
    }
    if plan.as_ref().is_some_and(|plan| plan.trunk == "0" && national.starts_with('0')) {
        return refused(&e164, "INVALID_BUT_POSSIBLE");
    }
    Inspection {
        error: None,
        calling_country_code: code.to_owned(),
        country,
        national_format: plan.map_or_else(|| national.to_owned(), |plan| plan.format(national)),
        phone_number: e164,
    }
}

/// A national number with its calling code in front, without what is dialled before it.
fn from_national(national: &str, country: &str) -> Option<String> {
    let country = country.to_ascii_uppercase();
    let (code, plan) = if nanp::is_member(&country) {
        ("1", plan::of("US"))
    } else {
        (codes::of_country(&country)?, plan::of(&country))
    };
    let (trunk, longest) = plan.map_or(("", usize::MAX), |plan| (plan.trunk, plan.lengths.1));
    // A North American or Russian number may begin with its trunk digit's like only when it is too long.
    let dialled = match trunk {
        "1" | "8" if national.len() <= longest => None,
        trunk => national.strip_prefix(trunk),
    };
    Some(format!("{code}{}", dialled.unwrap_or(national)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_world_are_read_and_written_as_their_countries_do() {
        for (number, country, national, kind) in [
            ("+14159929960", "US", "(415) 992-9960", LineType::Mobile),
            ("+14165550100", "CA", "(416) 555-0100", LineType::Mobile),
            ("+18005550100", "US", "(800) 555-0100", LineType::TollFree),
            ("+18685550100", "TT", "(868) 555-0100", LineType::Mobile),
            ("+447772000001", "GB", "07772 000001", LineType::Mobile),
            ("+442079460958", "GB", "020 7946 0958", LineType::Landline),
            ("+441632960001", "GB", "01632 960001", LineType::Landline),
            ("+4915123456789", "DE", "01512 3456789", LineType::Mobile),
            ("+4930123456", "DE", "030 123456", LineType::Landline),
            ("+33612345678", "FR", "06 12 34 56 78", LineType::Mobile),
            ("+33123456789", "FR", "01 23 45 67 89", LineType::Landline),
            ("+34612345678", "ES", "612 34 56 78", LineType::Mobile),
            ("+393123456789", "IT", "312 345 6789", LineType::Mobile),
            ("+390612345678", "IT", "06 12345678", LineType::Landline),
            ("+46701234567", "SE", "070-123 45 67", LineType::Mobile),
            ("+79123456789", "RU", "8 (912) 345-67-89", LineType::Mobile),
            ("+77012345678", "KZ", "8 (701) 234-56-78", LineType::Mobile),
            ("+61412345678", "AU", "0412 345 678", LineType::Mobile),
            ("+919812345678", "IN", "098123 45678", LineType::Mobile),
            ("+819012345678", "JP", "090-1234-5678", LineType::Mobile),
            ("+5511961234567", "BR", "(11) 96123-4567", LineType::Mobile),
            ("+551123456789", "BR", "(11) 2345-6789", LineType::Landline),
            ("+6581234567", "SG", "8123 4567", LineType::Mobile),
            ("+8613123456789", "CN", "131 2345 6789", LineType::Mobile),
            ("+3546112345", "IS", "6112345", LineType::Mobile),
        ] {
            let seen = inspect(number, None);
            assert_eq!(
                (seen.error, seen.country, &*seen.national_format),
                (None, country, national),
                "{number}"
            );
            assert_eq!(seen.phone_number, number);
            assert_eq!(line_type(number), kind, "{number}");
            // What people write leads back to the same number.
            let again = inspect(&seen.national_format, Some(country));
            assert_eq!(again.phone_number, number);
        }
    }

    #[test]
    fn each_fault_of_a_number_has_its_word() {
        for (number, country, error) in [
            ("+141599299600", None, "TOO_LONG"),
            ("+1415992", None, "TOO_SHORT"),
            ("415992", None, "TOO_SHORT"),
            ("+11159929960", None, "INVALID_BUT_POSSIBLE"),
            ("+14151119960", None, "INVALID_BUT_POSSIBLE"),
            ("+9991234567", None, "INVALID_COUNTRY_CODE"),
            ("0123456789", Some("XX"), "INVALID_COUNTRY_CODE"),
            ("call me", None, "NOT_A_NUMBER"),
            ("", None, "NOT_A_NUMBER"),
            ("+", None, "NOT_A_NUMBER"),
        ] {
            assert_eq!(inspect(number, country).error, Some(error), "{number}");
        }
    }

    #[test]
    fn the_kinds_of_senders_are_told_apart() {
        for (address, kind) in [
            ("+15005550006", NumberKind::Local),
            ("+18335550100", NumberKind::TollFree),
            ("+447700900100", NumberKind::Mobile),
            ("+442079460958", NumberKind::Local),
            ("whatsapp:+14155238886", NumberKind::Local),
            ("12345", NumberKind::ShortCode),
        ] {
            assert_eq!(NumberKind::of(address), kind, "{address}");
        }
        for (text, ok) in
            [("Acme", true), ("A-1 & co", true), ("12345", false), ("Much too long", false), ("", false)]
        {
            assert_eq!(is_alpha_sender(text), ok, "{text:?}");
        }
        assert_eq!((area_code("+14155550100"), area_code("+4915123456789")), (Some("415"), None));
    }
}
