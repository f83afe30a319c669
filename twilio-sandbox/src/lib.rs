//! twilio-sandbox
