//! Where products are, and which links are the client's own.

use super::BuildError;
use crate::{
    error::Error,
    request::{Parts, Product},
};
use http::Uri;
use url::Url;

/// Base URLs that replace Twilio's hosts.
#[derive(Debug, Default)]
pub(super) struct Bases {
    products: Vec<(Product, Url)>,
    sandbox: Option<Url>,
    location: Location,
}

/// Where at Twilio.
#[derive(Debug, Default)]
pub(super) struct Location {
    pub(super) edge: Option<String>,
    pub(super) region: Option<String>,
}

impl Location {
    /// The product's host there, as a base URL.
    fn write_base(&self, product: Product, base: &mut String) {
        let name = product.name();
        // The media service is reached without edges and always with a region.
        let edge = self.edge.as_deref().filter(|_| product != Product::Mcs);
        match (edge, self.region.as_deref()) {
            (Some(edge), region) => {
                base.extend(["https://", name, ".", edge, ".", region.unwrap_or("us1"), ".twilio.com"]);
            }
            (None, Some(region)) => base.extend(["https://", name, ".", region, ".twilio.com"]),
            (None, None) => base.push_str(product.default_base_url()),
        }
    }
}

impl Bases {
    pub(super) fn new(given: Vec<(Option<Product>, String)>) -> Result<Self, BuildError> {
        let mut bases = Self::default();
        for (product, text) in given {
            let url = parse(&text)?;
            match product {
                Some(product) => {
                    bases.products.retain(|(known, _)| *known != product);
                    bases.products.push((product, url));
                }
                None => bases.sandbox = Some(url),
            }
        }
        Ok(bases)
    }

    /// Twilio's hosts at this place, where no base URL replaces them.
    pub(super) fn at(mut self, location: Location) -> Result<Self, BuildError> {
        for name in [&location.edge, &location.region].into_iter().flatten() {
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                return Err(BuildError::Location { name: name.clone() });
            }
        }
        self.location = location;
        Ok(self)
    }

    /// The product's base without a slash at the end.
    fn base(&self, product: Product) -> String {
        let mut base = String::with_capacity(256);
        match (self.products.iter().find(|(known, _)| *known == product), &self.sandbox) {
            (Some((_, url)), _) => base.push_str(url.as_str().trim_end_matches('/')),
            (None, Some(sandbox)) => {
                base.extend([sandbox.as_str().trim_end_matches('/'), "/", product.name()]);
            }
            (None, None) => self.location.write_base(product, &mut base),
        }
        base
    }

    pub(super) fn uri(&self, parts: &Parts) -> Result<Uri, Error> {
        self.text(parts)?.try_into().map_err(|_| Error::foreign_link())
    }

    pub(super) fn url(&self, parts: &Parts) -> Result<Url, Error> {
        Url::parse(&self.text(parts)?).map_err(|_| Error::foreign_link())
    }

    fn text(&self, parts: &Parts) -> Result<String, Error> {
        // Anything else would go on with the host.
        if !parts.path.starts_with('/') {
            return Err(Error::foreign_link());
        }
        let mut text = self.base(parts.product) + &parts.path;
        if !parts.query.is_empty() {
            text.push('?');
            text.push_str(&parts.query.encode());
        }
        Ok(text)
    }

    /// Whether a URL is at one of the bases that replace Twilio's hosts.
    pub(super) fn is_given(&self, url: &Url) -> bool {
        let mut given = self.products.iter().map(|(_, base)| base).chain(&self.sandbox);
        given.any(|base| base.origin() == url.origin())
    }

    /// The URL of a page's link: below the product's base, or below Twilio's own host and then moved to the base. Any
    /// other could send the login elsewhere.
    pub(super) fn link(&self, product: Product, link: &str) -> Result<Url, Error> {
        let base_text = self.base(product);
        let base = Url::parse(&base_text).map_err(|_| Error::foreign_link())?;
        let home = Url::parse(product.default_base_url()).map_err(|_| Error::foreign_link())?;
        // A path alone is below the product's host; a sandbox may or may not count its own prefix in.
        let url = base.join(link).map_err(|_| Error::foreign_link())?;
        let plain = url.username().is_empty() && url.password().is_none();
        let own = url.origin() == base.origin();
        if plain && own && is_below(url.path(), base.path()) {
            return Ok(url);
        }
        let is_path = link.starts_with('/') && !link.starts_with("//") && own;
        if plain && (is_path || url.origin() == home.origin()) {
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            return Url::parse(&format!("{base_text}{}{query}", url.path()))
                .map_err(|_| Error::foreign_link());
        }
        Err(Error::foreign_link())
    }
}

/// Whether a path is the prefix itself or goes on below it.
fn is_below(path: &str, prefix: &str) -> bool {
    let prefix = prefix.trim_end_matches('/');
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn parse(text: &str) -> Result<Url, BuildError> {
    let shown = || BuildError::BaseUrl { url: text.rsplit('@').next().unwrap_or_default().to_owned() };
    let url = Url::parse(text).map_err(|_| shown())?;
    let plain =
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.has_host();
    if plain && matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(shown()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sandbox() -> Bases {
        Bases::new(vec![(None, "http://127.0.0.1:9/".into())]).unwrap()
    }

    #[test]
    fn a_product_goes_before_the_sandbox_and_the_sandbox_before_twilio() {
        assert_eq!(Bases::default().base(Product::Conversations), "https://conversations.twilio.com");
        assert_eq!(sandbox().base(Product::Mcs), "http://127.0.0.1:9/mcs");
        let given = vec![
            (None, "http://127.0.0.1:9".into()),
            (Some(Product::Api), "https://api.dublin.ie1.twilio.com".into()),
        ];
        let bases = Bases::new(given).unwrap();
        assert_eq!(bases.base(Product::Api), "https://api.dublin.ie1.twilio.com");
        assert_eq!(bases.base(Product::Content), "http://127.0.0.1:9/content");
    }

    #[test]
    fn an_edge_and_a_region_are_part_of_the_host() {
        for (edge, region, conversations, mcs) in [
            (
                Some("dublin"),
                Some("ie1"),
                "https://conversations.dublin.ie1.twilio.com",
                "https://mcs.ie1.twilio.com",
            ),
            (Some("tokyo"), None, "https://conversations.tokyo.us1.twilio.com", "https://mcs.us1.twilio.com"),
            (None, Some("au1"), "https://conversations.au1.twilio.com", "https://mcs.au1.twilio.com"),
            (None, None, "https://conversations.twilio.com", "https://mcs.us1.twilio.com"),
        ] {
            let location = Location { edge: edge.map(str::to_owned), region: region.map(str::to_owned) };
            let bases = Bases::default().at(location).unwrap();
            assert_eq!(bases.base(Product::Conversations), conversations);
            assert_eq!(bases.base(Product::Mcs), mcs);
            let link = format!("{conversations}/v1/C?Page=1");
            assert_eq!(bases.link(Product::Conversations, &link).unwrap().as_str(), link);
        }
        let location = || Location { edge: None, region: Some("ie1".into()) };
        assert_eq!(sandbox().at(location()).unwrap().base(Product::Api), "http://127.0.0.1:9/api");
        for name in ["", "evil.example/", "a b", "ü"] {
            let location = Location { edge: Some(name.into()), region: None };
            assert!(Bases::default().at(location).is_err(), "{name}");
        }
    }

    #[test]
    fn links_stay_at_the_base() {
        for (link, expected) in [
            ("http://127.0.0.1:9/conversations/v1/C?Page=1", "http://127.0.0.1:9/conversations/v1/C?Page=1"),
            ("https://conversations.twilio.com/v1/C?Page=1", "http://127.0.0.1:9/conversations/v1/C?Page=1"),
            ("/v1/C?Page=1", "http://127.0.0.1:9/conversations/v1/C?Page=1"),
            ("/conversations/v1/C", "http://127.0.0.1:9/conversations/v1/C"),
        ] {
            assert_eq!(sandbox().link(Product::Conversations, link).unwrap().as_str(), expected, "{link}");
        }
        let twilio = Bases::default().link(Product::Api, "/2010-04-01/A?Page=1").unwrap();
        assert_eq!(twilio.as_str(), "https://api.twilio.com/2010-04-01/A?Page=1");
    }

    #[test]
    fn links_to_elsewhere_are_refused() {
        for link in [
            "https://evil.example/v1/C",
            "http://127.0.0.1:10/conversations/v1/C",
            "http://127.0.0.1:9/api/v1/C",
            "https://127.0.0.1:9/conversations/v1/C",
            "http://u:p@127.0.0.1:9/conversations/v1/C",
            "http://conversations.twilio.com/v1/C",
            "//evil.example/v1/C",
            "https://conversations.twilio.com.evil.example/v1/C",
            "file:///etc/passwd",
        ] {
            assert!(sandbox().link(Product::Conversations, link).is_err(), "{link}");
        }
    }

    #[test]
    fn base_urls_are_absolute_and_without_secrets() {
        for text in ["", "127.0.0.1:9", "ftp://h/", "https://h/?a=1", "https://u:secret@h/"] {
            let error = Bases::new(vec![(None, text.into())]).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
