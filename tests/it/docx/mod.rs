//! Documents: tables in Word and the sentences that quote them. Every document is made here.

mod document;
mod hostile;
mod read;
mod run;
mod statements;
