//! Walking over the pages of a list.

use super::{Client, exchange::Exchange};
use crate::{Page, error::Error, request::Parts};
use futures_util::{Stream, stream};
use serde::de::DeserializeOwned;
use std::{collections::HashSet, fmt, marker::PhantomData};
use url::Url;

/// A walk over the pages of a list, one request each. Ends on a link that was followed before.
pub struct Pages<T> {
    client: Client,
    parts: Parts,
    next: Next,
    seen: HashSet<Url>,
    items: PhantomData<fn() -> T>,
}

enum Next {
    First,
    Link(String),
    End,
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("path", &self.parts.template).finish_non_exhaustive()
    }
}

impl<T: DeserializeOwned> Pages<T> {
    pub(super) fn new(client: Client, parts: Parts) -> Self {
        Self { client, parts, next: Next::First, seen: HashSet::new(), items: PhantomData }
    }

    /// The next page, or `None` after the last. After an error the same page is asked for again.
    ///
    /// # Errors
    /// [`Error`], also for a link that leads away from the client's own base URL.
    pub async fn next_page(&mut self) -> Result<Option<Page<T>>, Error> {
        let url = match &self.next {
            Next::First => self.client.0.bases.url(&self.parts)?,
            Next::Link(link) => self.client.0.bases.link(self.parts.product, link)?,
            Next::End => return Ok(None),
        };
        if self.seen.contains(&url) {
            tracing::warn!(
                path = self.parts.template,
                "the next page is one that was read before; the list ends here"
            );
            self.next = Next::End;
            return Ok(None);
        }
        let uri = url.as_str().parse().map_err(|_| Error::foreign_link())?;
        let page: Page<T> = Exchange::new(&self.parts, uri).run(&self.client.0).await?;
        self.seen.insert(url);
        self.next = page.next.clone().map_or(Next::End, Next::Link);
        Ok(Some(page))
    }

    /// All entries of all pages, fetched as they are asked for; ends after an error.
    pub fn into_stream(self) -> impl Stream<Item = Result<T, Error>> {
        stream::unfold(Some((self, Vec::new().into_iter())), |state| async {
            let (mut pages, mut items) = state?;
            loop {
                if let Some(item) = items.next() {
                    return Some((Ok(item), Some((pages, items))));
                }
                match pages.next_page().await {
                    Ok(Some(page)) => items = page.items.into_iter(),
                    Ok(None) => return None,
                    Err(error) => return Some((Err(error), None)),
                }
            }
        })
    }

    /// All entries of all pages.
    ///
    /// # Errors
    /// [`Error`] of the first page that fails.
    pub async fn collect(mut self) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        while let Some(page) = self.next_page().await? {
            all.extend(page.items);
        }
        Ok(all)
    }
}
