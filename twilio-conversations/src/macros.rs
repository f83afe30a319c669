/// An enum over text that keeps values it does not know. Known values match without regard to ASCII case, since Twilio
/// writes the same value in both (`sms` in answers, `SMS` in webhooks).
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde_with::SerializeDisplay, serde_with::DeserializeFromStr)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A value this version does not know, as Twilio wrote it.
            Unknown(String),
        }

        impl $name {
            /// The value as Twilio writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                $(if text.eq_ignore_ascii_case($text) {
                    return Self::$variant;
                })*
                Self::Unknown(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// `Debug` that shows the named fields alone: the others hold what people wrote or how to reach them.
macro_rules! debug_shows {
    ($($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))*.finish_non_exhaustive()
            }
        }
    )*};
}

/// A request over a draft: its type, its constructor from the path's values, and how it becomes [`Parts`].
///
/// [`Parts`]: crate::request::Parts
macro_rules! request {
    (
        $(#[$doc:meta])*
        $name:ident -> $output:ty;
        $class:ident $product:ident $template:literal;
        $(#[$new_doc:meta])*
        $vis:vis fn $new:ident($($segment:ident: $segment_type:ty),*);
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[must_use = "a request does nothing until a client sends it"]
        pub struct $name(crate::request::Draft);

        impl $name {
            $(#[$new_doc])*
            $vis fn $new($($segment: impl Into<$segment_type>),*) -> Self {
                Self(crate::request::Draft::new(vec![$($segment.into().to_string()),*]))
            }
        }

        impl crate::request::Request for $name {
            type Output = $output;

            fn parts(&self, account_sid: &crate::sid::AccountSid) -> crate::request::Parts {
                use crate::request::{Class, Product};
                self.0.parts(Product::$product, Class::$class, $template, account_sid)
            }
        }
    };
}

/// `Default` for requests that need no value.
macro_rules! default_is_new {
    ($($name:ident)*) => {$(
        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
    )*};
}

/// `scope` for requests that also exist below a named service.
macro_rules! scoped {
    ($($name:ident)*) => {$(
        impl $name {
            /// The conversation service; the account's default one unless set.
            pub fn scope(mut self, scope: impl Into<crate::Scope>) -> Self {
                self.0.scope = scope.into();
                self
            }
        }
    )*};
}

/// `webhook_enabled` for changes that can echo.
macro_rules! webhook_switch {
    ($($name:ident)*) => {$(
        impl $name {
            /// Whether Twilio calls the webhooks for this change (`X-Twilio-Webhook-Enabled`); it does not unless told.
            pub fn webhook_enabled(mut self, enabled: bool) -> Self {
                self.0.webhook_enabled = Some(enabled);
                self
            }
        }
    )*};
}

/// `page_size` for lists.
macro_rules! page_size {
    ($($name:ident up to $max:literal;)*) => {$(
        impl $name {
            /// The most entries of one page this list allows.
            pub const MAX_PAGE_SIZE: u16 = $max;

            /// Entries of one page, 50 unless set; brought into the range from one to [`Self::MAX_PAGE_SIZE`].
            pub fn page_size(mut self, entries: u16) -> Self {
                self.0.query.set("PageSize", entries.clamp(1, Self::MAX_PAGE_SIZE));
                self
            }
        }
    )*};
}

/// Chained setters of form or query values.
macro_rules! setters {
    ($target:ident $name:ident { $($(#[$doc:meta])* fn $setter:ident($type:ty) = $field:literal;)* }) => {
        impl $name {
            $($(#[$doc])*
            pub fn $setter(mut self, value: $type) -> Self {
                self.0.$target.set($field, value);
                self
            })*
        }
    };
}

/// `attributes` with the limit of the resource.
macro_rules! attributes {
    ($($name:ident up to $limit:expr, $words:literal;)*) => {$(
        impl $name {
            #[doc = concat!("Free JSON, at most ", $words, ".")]
            ///
            /// # Errors
            /// [`LimitError`](crate::limit::LimitError) past the limit.
            pub fn attributes(
                mut self,
                attributes: &crate::Attributes,
            ) -> Result<Self, crate::limit::LimitError> {
                crate::limit::bytes("Attributes", attributes.as_str(), $limit)?;
                self.0.form.set("Attributes", attributes.as_str());
                Ok(self)
            }
        }
    )*};
}

/// Chained setters of form values that Twilio limits.
macro_rules! limited {
    ($name:ident { $($(#[$doc:meta])* fn $setter:ident = $field:literal, $measure:ident <= $limit:expr;)* }) => {
        impl $name {
            $($(#[$doc])*
            ///
            /// # Errors
            /// [`LimitError`](crate::limit::LimitError) past the limit.
            pub fn $setter(mut self, value: impl Into<String>) -> Result<Self, crate::limit::LimitError> {
                let value = value.into();
                crate::limit::$measure($field, &value, $limit)?;
                self.0.form.set($field, value);
                Ok(self)
            })*
        }
    };
}
