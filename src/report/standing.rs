//! Who has sent and who has not, in words.

use std::fmt::Write as _;

use crate::lang::Lang;
use crate::say;
use crate::units::Standing;

/// Units named before it says that there are more; the summary tables and the JSON have all.
const NAMED: usize = 40;

/// A line for each thing that is to be known of the units; empty without a list.
#[must_use]
pub fn standing(standing: &Standing, lang: Lang) -> String {
    let Standing { listed, sent, missing, doubled, unlisted, .. } = standing;
    if *listed == 0 {
        return String::new();
    }
    let mut text = say!(
        lang,
        "Theo danh sách có {listed} đơn vị: {sent} đã gửi, {not} chưa gửi.\n",
        "Units on the list: {listed}; {sent} have sent, {not} have not.\n",
        not = missing.len(),
    );
    if !missing.is_empty() {
        let names = some(missing.iter().map(Clone::clone), missing.len(), lang);
        text.push_str(&say!(lang, "Chưa gửi: {names}.\n", "Not sent: {names}.\n"));
    }
    let with_files = |unit: &str, files: &[String]| format!("{unit} ({})", files.join("; "));
    if !doubled.is_empty() {
        let names = doubled.iter().map(|one| with_files(&one.unit, &one.files));
        let names = some(names, doubled.len(), lang);
        text.push_str(&say!(
            lang,
            "Gửi nhiều tệp cho cùng một biểu: {names}.\n",
            "Several files for one table: {names}.\n",
        ));
    }
    if !unlisted.is_empty() {
        let names = unlisted.iter().map(|one| {
            let mut text = with_files(&one.unit, &one.files);
            if !one.near.is_empty() {
                let near = one.near.join(", ");
                let _ = write!(text, "{}", say!(lang, ", có thể là {near}", ", perhaps {near}"));
            }
            text
        });
        let names = some(names, unlisted.len(), lang);
        text.push_str(&say!(lang, "Ngoài danh sách: {names}.\n", "Not on the list: {names}.\n",));
    }
    text
}

fn some(names: impl Iterator<Item = String>, count: usize, lang: Lang) -> String {
    let first: Vec<String> = names.take(NAMED).collect();
    let mut text = first.join(", ");
    if let Some(more) = count.checked_sub(NAMED).filter(|more| *more > 0) {
        text.push_str(&say!(lang, " và {more} đơn vị khác", " and {more} more"));
    }
    text
}
