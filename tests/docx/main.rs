//! Documents: tables in Word and the sentences that quote them. Every document is made here.
#![allow(clippy::unwrap_used, reason = "in a test, a failed unwrap is the failed test")]

mod document;
mod hostile;
mod read;
mod run;
mod statements;
