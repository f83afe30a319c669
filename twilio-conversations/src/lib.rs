//! twilio-conversations
