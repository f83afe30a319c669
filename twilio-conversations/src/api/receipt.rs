//! Delivery receipts: <https://www.twilio.com/docs/conversations-classic/api/receipt-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::receipt::ListReceipts, sid::{ConversationSid, MessageSid}};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let conversation: ConversationSid = "CH0123456789abcdef0123456789abcdef".parse()?;
//! let message: MessageSid = "IM0123456789abcdef0123456789abcdef".parse()?;
//! let list = ListReceipts::new(conversation, message);
//! assert!(list.parts(&account).path.ends_with("/Receipts"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    ConversationRef, Page,
    model::Receipt,
    sid::{MessageSid, ReceiptSid},
};

request! {
    /// Fetches a receipt.
    FetchReceipt -> Receipt;
    Read Conversations "/v1/Conversations/{ConversationSid}/Messages/{MessageSid}/Receipts/{Sid}";
    /// The one to fetch.
    pub fn new(conversation: ConversationRef, message: MessageSid, receipt: ReceiptSid);
}

request! {
    /// Lists the receipts of a message, one for each recipient but chat.
    ListReceipts -> Page<Receipt>;
    Read Conversations "/v1/Conversations/{ConversationSid}/Messages/{MessageSid}/Receipts";
    /// All of this message.
    pub fn new(conversation: ConversationRef, message: MessageSid);
}

scoped! { FetchReceipt ListReceipts }
page_size! { ListReceipts up to 50; }
