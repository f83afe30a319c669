//! What the channel itself says: short texts as data, by language, in the operator's name and, if wanted, wording.
//!
//! What consent and help texts must hold is CTIA's: <https://www.twilio.com/docs/api/errors/30540> names it for the
//! opt-in.

mod args;
mod brand;
pub mod check;
mod id;
mod locale;
mod locales;
mod template;
mod wire;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::args::Args;
pub use self::brand::Brand;
pub use self::id::TextId;
use self::locale::Locale;
pub use self::locale::LocaleError;
pub use self::locales::{Locales, LocalesError, builtin, builtin_source};
use self::template::Template;
pub use self::template::{Placeholder, TemplateError};
pub use self::wire::Medium;
use crate::language::Language;
use crate::policy::Policy;

/// The operator's own wording for every language, checked when it is read; none by default.
///
/// A map from the text's name to its template: `{brand}` and the like are filled in, `{{` and `}}` are braces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<TextId, String>", into = "BTreeMap<TextId, String>")]
pub struct Texts(BTreeMap<TextId, Template>);

impl TryFrom<BTreeMap<TextId, String>> for Texts {
    type Error = TemplateError;

    fn try_from(wording: BTreeMap<TextId, String>) -> Result<Self, TemplateError> {
        let check = |(id, source): (TextId, String)| Ok((id, Template::parse(id, &source)?));
        wording.into_iter().map(check).collect::<Result<_, _>>().map(Self)
    }
}

impl From<Texts> for BTreeMap<TextId, String> {
    fn from(texts: Texts) -> Self {
        texts.0.into_iter().map(|(id, template)| (id, template.to_string())).collect()
    }
}

/// A text as it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// The language it is in; the operator's default for what [`Texts`] says, whatever that is in.
    pub language: Language,
    /// Whether the language is the one that was wanted, or what the operator put in its place.
    pub as_wanted: bool,
    /// Whether it tells that an AI answers. The built-in welcomes do; an operator's own does by `{disclosure}`.
    pub discloses: bool,
}

/// The language; the text may hold a name.
impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rendered")
            .field("language", &self.language)
            .field("as_wanted", &self.as_wanted)
            .finish_non_exhaustive()
    }
}

/// The text in a language, with everything filled in; an argument not given is left out.
///
/// The operator's file for the language, or for its parents, comes first; then [`Texts`], which say it in every
/// language; then the chain of languages, each in the operator's words before the built-in ones. English has every
/// text, so that there is always one.
///
/// ```
/// use si_channel_core::policy::Policy;
/// use si_channel_core::text::{Args, Medium, TextId, render};
///
/// let args = Args::default().name("Ann");
/// let spanish = "es-MX".parse().unwrap();
/// let said = render(TextId::NameSet, &args, &Policy::default(), &spanish, Medium::Unicode);
/// assert_eq!(said.text, "Los demás le ven ahora como Ann.");
/// ```
pub fn render(id: TextId, args: &Args, policy: &Policy, wanted: &Language, medium: Medium) -> Rendered {
    let (source, language, as_wanted) = find(id, policy, wanted);
    let inner;
    let mut args = args;
    let by_itself = matches!(source, Source::BuiltIn(_));
    let by_placeholder = source.holds(id, Placeholder::Disclosure);
    if by_placeholder {
        inner = args.clone().disclosure(render(TextId::AiDisclosure, args, policy, wanted, medium).text);
        args = &inner;
    }
    let discloses = match id {
        TextId::AiDisclosure => true,
        TextId::Welcome => by_itself || by_placeholder,
        _ => false,
    };
    let text = match source {
        Source::Own(locale) | Source::BuiltIn(locale) => {
            let frequency = frequency(policy, &language);
            let said =
                locale.say(id, &args.filled(id, &policy.brand, frequency.as_deref(), &language, medium));
            said.unwrap_or_default()
        }
        Source::Everywhere(template) => template.fill(args, &policy.brand),
    };
    let text = match medium {
        Medium::Sms => wire::sms(text, policy.language.fold_accents),
        Medium::Unicode => wire::isolated(&text, &language),
    };
    Rendered { text, language, as_wanted, discloses }
}

/// Where a text comes from.
enum Source<'a> {
    /// The operator's file for a language.
    Own(&'a Locale),
    /// The operator's wording for every language.
    Everywhere(&'a Template),
    /// The channel's own file for a language.
    BuiltIn(&'a Locale),
}

impl Source<'_> {
    fn holds(&self, id: TextId, placeholder: Placeholder) -> bool {
        match self {
            Self::Own(locale) | Self::BuiltIn(locale) => locale.refers(id, placeholder),
            Self::Everywhere(template) => template.holds(placeholder),
        }
    }
}

fn find<'a>(id: TextId, policy: &'a Policy, wanted: &Language) -> (Source<'a>, Language, bool) {
    let own = policy.language.own_chain(wanted);
    let has = |locale: &&Locale| locale.has(id);
    for language in &own {
        if let Some(locale) = policy.locales.own_in(language).filter(has) {
            return (Source::Own(locale), language.clone(), true);
        }
    }
    if let Some(template) = policy.texts.0.get(&id) {
        return (Source::Everywhere(template), policy.language.default.clone(), true);
    }
    for language in policy.language.chain(wanted) {
        let locale = policy.locales.own_in(&language).filter(has).map(Source::Own);
        let locale = locale.or_else(|| locales::embedded_in(&language).filter(has).map(Source::BuiltIn));
        if let Some(source) = locale {
            let as_wanted = own.contains(&language);
            return (source, language, as_wanted);
        }
    }
    (Source::BuiltIn(locales::english()), Language::english(), own.contains(&Language::english()))
}

/// How often messages come, in a language, unless the operator says it in other words.
fn frequency(policy: &Policy, language: &Language) -> Option<String> {
    if policy.brand.frequency != Brand::default_frequency() {
        return None;
    }
    let own = policy.locales.own_in(language).and_then(Locale::frequency);
    own.or_else(|| locales::embedded_in(language)?.frequency())
}

#[cfg(test)]
mod tests;
