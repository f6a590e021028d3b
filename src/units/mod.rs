//! Units of administration as they send tables: whose table it is ([`Naming`]), which units are
//! expected ([`Expected`]), and which of them have sent what ([`Roll`]).

mod list;
mod name;
mod roll;

pub use list::Expected;
pub use name::{NameBy, NameFrom, Naming, Unit};
pub use roll::{Doubled, Roll, Sent, Standing, Unlisted};
