//! Units of administration as they send tables: whose table it is ([`Naming`]), which units are
//! expected ([`Expected`]), and which of them have sent what ([`Roll`]).

mod lines;
mod list;
mod name;
mod roll;

pub(crate) use lines::lines;
pub use list::Expected;
pub use name::{NameBy, NameFrom, Naming, Unit};
pub use roll::{Doubled, Id, Roll, Sent, Standing, Unlisted};

/// A unit's name as a file may bear it: `xa-dai-lanh`.
#[must_use]
pub fn slug(name: &str) -> String {
    let name = crate::words::units::unmarked(name).replace(' ', "-");
    if name.is_empty() { "don-vi".to_owned() } else { name }
}
