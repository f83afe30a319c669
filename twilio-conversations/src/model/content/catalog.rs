use serde::{Deserialize, Serialize};

bodies! {
    /// Goods from a catalogue that the business keeps at WhatsApp (`twilio/catalog`).
    Catalog {
        /// The text.
        body: String,
        ;
        /// The title.
        title: String,
        /// The line below it.
        subtitle: String,
        /// The catalogue's id.
        id: String,
        /// What is shown of it.
        items: Vec<CatalogItem>,
        /// The placeholder that the goods are given by when the template is sent, in place of [`Self::items`].
        dynamic_items: String,
    }
    /// A thing in a catalogue.
    CatalogItem {
        ;
        /// Its id.
        id: String,
        /// The section that it is shown in.
        section_title: String,
        /// Its name.
        name: String,
        /// The URL of its picture.
        media_url: String,
        /// Its price, in the catalogue's currency.
        price: f64,
        /// More about it.
        description: String,
    }
}

impl Default for CatalogItem {
    fn default() -> Self {
        Self::new()
    }
}
