//! The text of a formula as a cell holds it.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::address::Address;
use super::shift::RelativeForm;

/// A formula as it is written in its cell, without the leading `=`. A table shares it with the cell it
/// was read from, so that what it is wherever it is moved to is told once.
#[derive(Clone)]
pub struct FormulaText(Arc<Written>);

struct Written {
    text: Box<str>,
    form: OnceLock<RelativeForm>,
}

impl FormulaText {
    /// The formula as it is wherever it is moved to; it stands in the cell with this address.
    #[must_use]
    pub fn form(&self, at: Address) -> &RelativeForm {
        self.form_like(at, None)
    }

    /// The same, shared with a known form where that is it: nearly all formulas are those above them, moved.
    #[must_use]
    pub fn form_like(&self, at: Address, known: Option<&RelativeForm>) -> &RelativeForm {
        self.0.form.get_or_init(|| match known.filter(|known| known.is_of(&self.0.text, at)) {
            Some(known) => known.clone(),
            None => RelativeForm::of(&self.0.text, at),
        })
    }

    /// True where a form is that of this formula; it stands in the cell with this address.
    #[must_use]
    pub fn has_form(&self, form: &RelativeForm, at: Address) -> bool {
        self.0.form.get().map_or_else(|| form.is_of(&self.0.text, at), |own| own == form)
    }
}

/// True for the text of a formula of a binary file that could not be spelt out whole: part of it stands
/// there as its code.
#[must_use]
pub fn holds_code(formula: &str) -> bool {
    formula.contains("Ptg")
}

/// A formula as a person types it: files write names before functions that are newer than the format.
#[must_use]
pub fn as_typed(formula: &str) -> Cow<'_, str> {
    const NEWER: [&str; 2] = ["_xlfn.", "_xlws."];
    if !NEWER.iter().any(|prefix| formula.contains(prefix)) {
        return Cow::Borrowed(formula);
    }
    Cow::Owned(NEWER.iter().fold(formula.to_owned(), |text, prefix| text.replace(prefix, "")))
}

impl Deref for FormulaText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0.text
    }
}

impl<T: Into<Box<str>>> From<T> for FormulaText {
    fn from(text: T) -> Self {
        Self(Arc::new(Written { text: text.into(), form: OnceLock::new() }))
    }
}

impl fmt::Display for FormulaText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl PartialEq for FormulaText {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for FormulaText {}

impl fmt::Debug for FormulaText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_files_write_before_newer_functions_is_not_typed() {
        assert_eq!(as_typed("SUM(A1:A2)"), "SUM(A1:A2)");
        assert_eq!(as_typed("_xlfn.IFERROR(_xlfn._xlws.SORT(A1:A2),0)"), "IFERROR(SORT(A1:A2),0)");
    }
}
