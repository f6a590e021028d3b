//! What was changed, as data: for the last sheet of the corrected workbook, `--diff`, the report.

use std::fmt::Write as _;

use rust_decimal::Decimal;

use crate::correct::Corrected;
use crate::findings::{Checked, Correction, Finding, Reason, Verdict, words};
use crate::lang::Lang;
use crate::rules::Counts;
use crate::table::{Kind, Place, Table};
use crate::words::annotated_figure;
use crate::workbook::{Address, as_typed};

/// One changed cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The sheet's name.
    pub sheet: String,
    /// The cell.
    pub at: Address,
    /// The row's name.
    pub row: String,
    /// The column's label.
    pub column: String,
    /// What the cell printed.
    pub old: String,
    /// What it prints now.
    pub new: String,
    /// The new value in the unit the cell stores.
    pub stored: Decimal,
    /// The formula to write with the value, where the cell held one.
    pub formula: Option<String>,
    /// True when the cell holds its figure as text.
    pub is_text: bool,
    /// True when the cell keeps its figure and formula, and only its format changes.
    pub format_only: bool,
    /// The decimals the cell is to show; as many as the figure has where the table states none.
    pub decimals: u32,
    /// True when the cell shows what it stores in per cent.
    pub percent: bool,
    /// The code of the number format it gets, where its own cannot show the figure.
    pub format: Option<String>,
    /// The rule, with its code.
    pub rule: String,
    /// Why the new value is right, and how the old one came about.
    pub reason: String,
}

/// All changes of a workbook, with the ledger before and after.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangeList {
    /// By sheet, row, column.
    pub changes: Vec<Change>,
    /// Rule instances before.
    pub before: Counts,
    /// Rule instances after.
    pub after: Counts,
    /// Instances that held before and do not after.
    pub newly_violated: usize,
    /// Errors that are left for a person once the changes are made.
    pub left: usize,
    /// Those of them that are not pinned to a cell.
    pub unpinned: usize,
    /// Cells whose formulas stay wrong.
    pub wrong_formulas: Vec<(String, Address)>,
    /// What would be changed too, if the file could hold it: left for a person.
    pub by_hand: Vec<Change>,
}

impl ChangeList {
    /// The changes of several tables of one workbook.
    #[must_use]
    pub fn of(tables: &[(&Checked, &Corrected)], lang: Lang) -> Self {
        let mut list = Self::default();
        for (before, corrected) in tables {
            list.before = add(list.before, before.ledger.counts());
            list.after = add(list.after, corrected.after.ledger.counts());
            list.newly_violated += corrected.newly_violated.len();
            list.leave(&corrected.after);
            list.wrong_formulas.extend(wrong_formulas(&corrected.after));
            list.changes
                .extend(corrected.applied.iter().map(|applied| change(before, applied, lang)));
        }
        list
    }
}

impl ChangeList {
    /// Every error as a mark on its cell, corrected or not: for a copy that goes back to its
    /// author with no figure changed.
    #[must_use]
    pub fn marks(tables: &[(&Checked, &Corrected)], lang: Lang) -> Self {
        let mut list = Self::default();
        for (before, _) in tables {
            list.before = add(list.before, before.ledger.counts());
            list.leave(before);
            list.changes.extend(before.errors().filter_map(|finding| mark(before, finding, lang)));
        }
        list.after = list.before;
        list
    }

    /// Counts the errors that a check of the copy tells: with other figures a table may turn out to be
    /// built otherwise, a doubtful total to be one.
    pub(crate) fn left_in<'a>(&mut self, copy: impl IntoIterator<Item = &'a Checked>) {
        (self.left, self.unpinned) = (0, 0);
        copy.into_iter().for_each(|table| self.leave(table));
    }

    /// Counts the errors of a table that are left in it.
    fn leave(&mut self, table: &Checked) {
        let pinned = |finding: &&Finding| finding.verdict == Some(Verdict::Pinned);
        let (left, known) = (table.errors().count(), table.errors().filter(pinned).count());
        self.left += left;
        self.unpinned += left - known;
    }
}

fn wrong_formulas(checked: &Checked) -> impl Iterator<Item = (String, Address)> {
    let table = &checked.table;
    let wrong = checked.judgements.iter().filter(|(place, judgement)| {
        !judgement.faults.is_empty() && table.datum(**place).formula.is_some()
    });
    wrong.map(|(place, _)| (table.sheet.clone(), table.address(*place)))
}

fn mark(checked: &Checked, finding: &Finding, lang: Lang) -> Option<Change> {
    let place = finding.place?;
    let table = &checked.table;
    let new = finding.expected.map_or_else(String::new, |value| table.print(place.column, value));
    Some(Change {
        sheet: table.sheet.clone(),
        at: table.address(place),
        row: table.rows[place.row].name.clone(),
        column: table.columns[place.column].name().to_owned(),
        old: words::printed(table, place),
        new,
        stored: Decimal::ZERO,
        formula: None,
        is_text: false,
        format_only: false,
        decimals: 0,
        percent: false,
        format: None,
        rule: format!("{} {}", finding.rule.code, finding.rule.title.get(lang)),
        reason: words::message(checked, finding, lang),
    })
}

fn add(a: Counts, b: Counts) -> Counts {
    Counts {
        satisfied: a.satisfied + b.satisfied,
        violated: a.violated + b.violated,
        undecided: a.undecided + b.undecided,
    }
}

fn change(before: &Checked, applied: &crate::correct::Applied, lang: Lang) -> Change {
    let table = &before.table;
    let correction = &applied.correction;
    let place = correction.place;
    let finding = applied.finding.map(|index| &before.findings[index]);
    let rule = finding.map_or_else(String::new, |finding| {
        format!("{} {}", finding.rule.code, finding.rule.title.get(lang))
    });
    let decided_by_rule = correction.reason != Reason::Accepted;
    let figure = table.figure(place);
    let mut reason = words::reason(correction.reason, lang);
    if let Some(finding) = finding {
        if let Some(instance) = words::telling(before, finding).filter(|i| i.target() == place) {
            let derivation = words::derivation(table, instance, lang);
            reason = format!("{} → {derivation}; {reason}", instance.text());
        }
        if let Some(cause) = finding.causes.first() {
            reason = format!("{reason}; {}", cause.detail.get(lang));
        } else if let Some(judgement) = before.judgements.get(&place) {
            let fault = words::fault(table, place, judgement, lang);
            if !fault.is_empty() {
                reason = format!("{reason}; {fault}");
            }
        }
    }
    let writes = decided_by_rule && correction.reason != Reason::FormatOnly;
    if let Some(formula) = words::written_formula(before, place).filter(|_| writes) {
        let formula = as_typed(&formula);
        reason = match lang {
            Lang::Vi => format!("{reason}; công thức mới: {formula}"),
            Lang::En => format!("{reason}; new formula: {formula}"),
        };
    }
    Change {
        sheet: table.sheet.clone(),
        at: table.address(place),
        row: table.rows[place.row].name.clone(),
        column: table.columns[place.column].name().to_owned(),
        old: words::printed(table, place),
        new: table.print(place.column, correction.to),
        stored: table.to_stored(place, correction.to),
        formula: formula(before, correction),
        is_text: figure.is_some_and(|figure| figure.is_text)
            && annotated_figure(&table.datum(place).printed()).is_none(),
        format_only: correction.reason == Reason::FormatOnly,
        decimals: decimals(table, place, correction.to),
        percent: figure.is_some_and(|figure| figure.percent),
        format: None,
        rule,
        reason,
    }
}

/// The decimals a corrected figure is to be shown with.
fn decimals(table: &Table, place: Place, value: Decimal) -> u32 {
    let column = &table.columns[place.column];
    let rate = matches!(column.kind, Kind::Rate | Kind::Average);
    let own = value.normalize().scale();
    column.decimals.filter(|_| rate).map_or(own, |usual| usual.max(own))
}

/// The formula to write into a corrected cell, for one that holds a formula or should.
fn formula(checked: &Checked, correction: &Correction) -> Option<String> {
    let judgement = checked.judgements.get(&correction.place)?;
    let keeps = matches!(correction.reason, Reason::Accepted | Reason::FormatOnly);
    judgement.repair.clone().filter(|_| !keeps)
}

/// The lines of a change, old and new, as `--diff` prints them.
#[must_use]
pub fn diff(list: &ChangeList) -> String {
    list.changes.iter().fold(String::new(), |mut text, change| {
        let Change { sheet, at, row, column, old, new, reason, .. } = change;
        let _ = writeln!(text, "{sheet}!{at}\t{row}, {column}\n- {old}\n+ {new}\t{reason}");
        text
    })
}

/// The name of the sheet that lists the changes.
#[must_use]
pub fn sheet_name(lang: Lang) -> &'static str {
    crate::words::LIST_OF_CHANGES.get(lang)
}

/// The headings of the list, with their widths in characters.
#[must_use]
pub fn headings(lang: Lang) -> [(&'static str, u16); 9] {
    match lang {
        Lang::Vi => [
            ("TT", 5),
            ("Trang tính", 16),
            ("Ô", 7),
            ("Dòng", 20),
            ("Cột", 8),
            ("Số cũ", 15),
            ("Số mới", 15),
            ("Quy tắc", 34),
            ("Lý do", 64),
        ],
        Lang::En => [
            ("No", 5),
            ("Sheet", 16),
            ("Cell", 7),
            ("Row", 20),
            ("Column", 8),
            ("Old", 15),
            ("New", 15),
            ("Rule", 34),
            ("Reason", 64),
        ],
    }
}

/// The rows of the list, under its headings: what was changed, then what a person is to change.
#[must_use]
pub fn rows(list: &ChangeList, lang: Lang) -> Vec<[String; 9]> {
    let by_hand = match lang {
        Lang::Vi => "CHƯA SỬA, xin tự sửa: ",
        Lang::En => "NOT CHANGED, to be done by hand: ",
    };
    let made = list.changes.iter().map(|change| (change, ""));
    let all = made.chain(list.by_hand.iter().map(|change| (change, by_hand)));
    (1..)
        .zip(all)
        .map(|(number, (change, before)): (usize, _)| {
            [
                number.to_string(),
                change.sheet.clone(),
                change.at.to_string(),
                change.row.clone(),
                change.column.clone(),
                change.old.clone(),
                change.new.clone(),
                change.rule.clone(),
                format!("{before}{}", change.reason),
            ]
        })
        .collect()
}

/// Lines that a row of the list takes, its texts wrapped: not every program fits rows on opening.
#[must_use]
pub fn lines(row: &[String; 9], lang: Lang) -> u16 {
    let wrapped = row.iter().zip(headings(lang)).map(|(text, (_, width))| {
        let letters = u16::try_from(text.chars().count()).unwrap_or(u16::MAX);
        letters.div_ceil(width).max(1)
    });
    wrapped.max().unwrap_or(1)
}

/// The ledger under the list: what it is, before, after.
#[must_use]
pub fn ledger_rows(list: &ChangeList, lang: Lang) -> Vec<[String; 3]> {
    let row = |vi: &str, en: &str, before: usize, after: usize| {
        let name = if lang == Lang::Vi { vi } else { en };
        [name.to_owned(), before.to_string(), after.to_string()]
    };
    let heading = match lang {
        Lang::Vi => ["Phép kiểm tra", "Trước khi sửa", "Sau khi sửa"],
        Lang::En => ["Rules", "Before", "After"],
    };
    vec![
        heading.map(str::to_owned),
        row("Khớp", "Satisfied", list.before.satisfied, list.after.satisfied),
        row("Không khớp", "Violated", list.before.violated, list.after.violated),
        row("Chưa kiểm tra được", "Undecided", list.before.undecided, list.after.undecided),
        row("Mới phát sinh không khớp", "Newly violated", 0, list.newly_violated),
    ]
}

/// The note on a cell: old value, new value, rule. `only_marked` where the figure still stands.
#[must_use]
pub fn note(change: &Change, only_marked: bool, lang: Lang) -> String {
    let Change { old, new, rule, reason, .. } = change;
    match (lang, only_marked) {
        (Lang::Vi, false) => {
            format!("Soát biểu đã sửa\nSố cũ: {old}\nSố mới: {new}\nQuy tắc: {rule}\n{reason}")
        }
        (Lang::Vi, true) => {
            format!("Đề nghị xem lại\nĐang ghi: {old}\nTính được: {new}\nQuy tắc: {rule}\n{reason}")
        }
        (Lang::En, false) => {
            format!("Corrected by soatbieu\nOld: {old}\nNew: {new}\nRule: {rule}\n{reason}")
        }
        (Lang::En, true) => {
            format!("Please look at this\nFound: {old}\nComputed: {new}\nRule: {rule}\n{reason}")
        }
    }
}
