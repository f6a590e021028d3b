//! The solver: which cells are wrong where rules are broken.

mod golden;
mod hostile;
mod oracle;
mod properties;
