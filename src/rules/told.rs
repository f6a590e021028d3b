//! What a rule's sentences are told from: its finding, and the words that several rules share.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::phrases::{NAMED, blank, cell_list, derivation, lower_first, position, printed};
use super::{Ledger, Rule, Severity, reporting};
use crate::judge::{Judgement, Judgements};
use crate::lang::{Lang, Words};
use crate::relations::{Edit, Instance, Links, Outcome};
use crate::say;
use crate::solver::Verdict;
use crate::table::{Doubt, Inferred, Place, Reading, Table, print_number};
use crate::words::single_blanks;
use crate::workbook::{Address, as_typed};

/// A finding as the sentences of its rule see it.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The table.
    pub table: &'a Table,
    /// What the rules said of it.
    pub ledger: &'a Ledger,
    /// What was found out about its formulas.
    pub judgements: &'a Judgements,
    /// What other tables say of its cells.
    pub links: &'a Links,
    /// The rule that tells it.
    pub rule: &'static Rule,
    /// How much it matters.
    pub severity: Severity,
    /// The cell; for a heading any of its column.
    pub place: Place,
    /// The cell, where it is none of the grid; `place` tells nothing then.
    pub outside: Option<Address>,
    /// Further cells of the column with the same remark.
    pub others: &'a [Place],
    /// Cells of settled rows with the same remark.
    pub more: usize,
    /// The two texts compared, where texts are: found and wanted.
    pub texts: Option<(&'a str, &'a str)>,
    /// The figure the rule computes, in the unit the table prints.
    pub expected: Option<Decimal>,
    /// Which cell is wrong, and how surely.
    pub verdict: Option<Verdict>,
    /// Other cell sets that explain the same.
    pub alternatives: &'a [Vec<Place>],
    /// The instances that speak against or for the cell, as indices into the ledger.
    pub evidence: &'a [usize],
    /// The relation that figures or headings show and the cell differs from.
    pub inferred: Option<&'a Inferred>,
    /// What it should be, where that can be said.
    pub correction: Option<Correct>,
    /// The language.
    pub lang: Lang,
}

/// The figure a cell should hold.
#[derive(Debug, Clone, Copy)]
pub struct Correct {
    /// The cell.
    pub place: Place,
    /// Its figure.
    pub to: Decimal,
    /// True when it can be written without asking a person.
    pub safe: bool,
}

/// What stands in the cell, and around it.
impl<'a> Told<'a> {
    /// Where the cell is: `Tây Nam 2, cột 14`.
    #[must_use]
    pub fn position(&self) -> String {
        position(self.table, self.place, self.lang)
    }

    /// The cell's address.
    #[must_use]
    pub fn cell(&self) -> Address {
        self.outside.unwrap_or_else(|| self.table.address(self.place))
    }

    /// What its column is called.
    #[must_use]
    pub fn column(&self) -> Cow<'a, str> {
        self.table.column_name(self.place.column)
    }

    /// The figure as the cell prints it; a dash for nothing.
    #[must_use]
    pub fn found(&self) -> String {
        match &self.table.datum(self.place).reading {
            Reading::Blank => blank(self.lang),
            Reading::Number(figure) if figure.is_text => {
                // What was typed as text is quoted where it is written otherwise than numbers are.
                let (text, number) =
                    (self.text(), print_number(figure.shown, Some(figure.decimals)));
                if text == number { number } else { format!("“{text}”") }
            }
            _ => printed(self.table, self.place),
        }
    }

    /// The text of the cell.
    #[must_use]
    pub fn text(&self) -> String {
        single_blanks(&self.table.datum(self.place).printed())
    }

    /// The figure that was computed, as the column prints it; nothing where none was.
    #[must_use]
    pub fn right(&self) -> String {
        let print = |value| self.table.print(self.place.column, value);
        self.expected.map(print).unwrap_or_default()
    }

    /// The cell and the others with the same remark.
    #[must_use]
    pub fn cells(&self) -> String {
        self.list(std::iter::once(self.place).chain(self.others.iter().copied()))
    }

    /// The others with the same remark.
    #[must_use]
    pub fn other_cells(&self) -> String {
        self.list(self.others.iter().copied())
    }

    fn list(&self, places: impl Iterator<Item = Place>) -> String {
        cell_list(self.table, places)
    }

    /// The texts compared; empty ones where there are none.
    #[must_use]
    pub fn found_and_wanted(&self) -> (&'a str, &'a str) {
        self.texts.unwrap_or_default()
    }

    /// What was found out about the cell's formula.
    #[must_use]
    pub fn judgement(&self) -> Option<&'a Judgement> {
        self.judgements.get(&self.place)
    }

    /// The rule's title, to go on a sentence with.
    fn title(&self) -> String {
        lower_first(self.rule.title.get(self.lang))
    }

    /// What the relation that figures, headings or formulas show makes of the cell.
    #[must_use]
    pub fn doubt(&self) -> Option<&'a Doubt> {
        self.inferred?.doubts.iter().find(|doubt| doubt.place == self.place)
    }

    fn evidence(&self) -> impl Iterator<Item = &'a Instance> {
        let ledger = self.ledger;
        self.evidence.iter().map(|index| &ledger.instances[*index])
    }

    /// The instance the sentence is about: the broken one that computes the cell, else the first
    /// broken one.
    #[must_use]
    pub fn instance(&self) -> Option<&'a Instance> {
        let broken = || self.evidence().filter(|i| i.outcome == Outcome::Violated);
        let own = |i: &&Instance| i.target() == self.place && reporting(i.concern()) == self.rule;
        broken().find(own).or_else(|| broken().next())
    }
}

/// Sentences that several rules tell.
impl Told<'_> {
    /// A figure that breaks what its rule says of it.
    #[must_use]
    pub fn stated(&self) -> String {
        let (position, found, title) = (self.position(), self.found(), self.title());
        let detail = self.broken_bound();
        let text = say!(
            self.lang,
            "{position}: ghi {found}; {title}{detail}",
            "{position}: says {found}; {title}{detail}",
        );
        let Some(correct) = self.correction else { return text };
        let right = self.table.print(self.place.column, correct.to);
        say!(self.lang, "{text}; đúng là {right}", "{text}; it should be {right}")
    }

    /// The broken bound with its figures: ` (7 ≤ 3: 8 > 7)`.
    fn broken_bound(&self) -> String {
        let bound = |i: &&Instance| matches!(i.edit(), Edit::AtMost(_));
        let broken = self.evidence().filter(|i| i.outcome == Outcome::Violated).find(bound);
        broken.map_or_else(String::new, |i| format!(" ({})", i.text().replace("<=", " ≤ ")))
    }

    /// A figure that differs from what others give, and which of them is wrong.
    #[must_use]
    pub fn differs(&self) -> String {
        let (position, found) = (self.position(), self.found());
        let instance = self.instance();
        let derivation = instance.map(|i| derivation(self.table, i, self.lang)).unwrap_or_default();
        match self.verdict {
            Some(Verdict::Narrowed | Verdict::Undecidable) if derivation.is_empty() => say!(
                self.lang,
                "{position}: ghi {found}; ô này hoặc ô khác sai, chưa đủ căn cứ để kết luận",
                "{position}: says {found}; this cell or another is wrong, which one is not certain",
            ),
            Some(Verdict::Pinned) if instance.is_some_and(|i| i.target() == self.place) => say!(
                self.lang,
                "{position}: ghi {found} nhưng {derivation}",
                "{position}: says {found} but {derivation}",
            ),
            // What is printed alike differs in what is stored or read.
            Some(Verdict::Pinned) if found == self.right() => say!(
                self.lang,
                "{position}: ghi {found} nhưng số lưu trong ô là số khác; số phù hợp là {derivation}",
                "{position}: says {found} but the cell holds another figure; what fits is {derivation}",
            ),
            Some(Verdict::Pinned) => say!(
                self.lang,
                "{position}: ghi {found}, đúng là {right}",
                "{position}: says {found}, it should be {right}",
                right = self.right(),
            ),
            // The whole is compared with its parts, never a part with the sum.
            Some(Verdict::Narrowed) if instance.is_some_and(|i| i.target() != self.place) => {
                let whole = instance.map_or(self.place, Instance::target);
                let whole = Self { place: whole, outside: None, ..*self };
                let (whole, stated, cell) = (whole.position(), whole.found(), self.cell());
                say!(
                    self.lang,
                    "{position}: {whole} ghi {stated} nhưng {derivation}{blanks}; ô {cell} hoặc ô khác sai, chưa đủ căn cứ để kết luận",
                    "{position}: {whole} says {stated} but {derivation}{blanks}; cell {cell} or another is wrong, which one is not certain",
                    blanks = self.blanks_count_as_zero(),
                )
            }
            Some(Verdict::Narrowed) => say!(
                self.lang,
                "{position}: ghi {found} nhưng {derivation}{blanks}; ô này hoặc ô khác sai, chưa đủ căn cứ để kết luận",
                "{position}: says {found} but {derivation}{blanks}; this cell or another is wrong, which one is not certain",
                blanks = self.blanks_count_as_zero(),
            ),
            _ => say!(
                self.lang,
                "{position}: ghi {found} nhưng {derivation}; không xác định được ô nào sai",
                "{position}: says {found} but {derivation}; which cell is wrong cannot be told",
            ),
        }
    }

    /// Which inputs are blank, and that they count as zero.
    fn blanks_count_as_zero(&self) -> String {
        let blank = |place: &Place| self.table.datum(*place).reading == Reading::Blank;
        let inputs = self.instance().into_iter().flat_map(Instance::inputs);
        let blanks = self.list(inputs.filter(blank));
        if blanks.is_empty() {
            return blanks;
        }
        say!(self.lang, " (ô trống {blanks} tính là 0)", " (blank {blanks} counted as 0)")
    }

    /// A sentence with what the rules compute for the cell, where they do.
    #[must_use]
    pub fn with_expected(&self, text: String) -> String {
        if self.expected.is_none() {
            return text;
        }
        let right = self.right();
        say!(self.lang, "{text}; tính được là {right}", "{text}; the rules give {right}")
    }

    /// A cell that holds no number.
    #[must_use]
    pub fn no_number(&self) -> String {
        let (position, found) = (self.position(), self.table.datum(self.place).printed());
        self.with_expected(say!(
            self.lang,
            "{position}: ghi “{found}”, không phải là số",
            "{position}: says “{found}”, which is no number",
        ))
    }

    /// What is said of several cells of a column at once.
    #[must_use]
    pub fn counted(&self) -> String {
        let (label, title, mut cells) = (self.column(), self.title(), self.cells());
        if self.more > 0 {
            cells.push_str(", …");
        }
        let count = self.others.len() + 1 + self.more;
        let counted = match (self.lang, count) {
            (Lang::Vi, _) => "ô",
            (Lang::En, 1) => "cell",
            (Lang::En, _) => "cells",
        };
        say!(
            self.lang,
            "cột {label}: {title} ({count} {counted}: {cells})",
            "column {label}: {title} ({count} {counted}: {cells})",
        )
    }
}

/// What to do.
impl Told<'_> {
    /// The correction, else the cells to compare, else what these words say.
    #[must_use]
    pub fn advise(&self, otherwise: Words) -> String {
        self.advise_or(|| otherwise.get(self.lang).to_owned())
    }

    /// The correction, else the cells to compare, else what the rule makes up.
    #[must_use]
    pub fn advise_or(&self, otherwise: impl FnOnce() -> String) -> String {
        self.correct().or_else(|| self.compare()).unwrap_or_else(otherwise)
    }

    /// The correction, else the cells to compare, else to look at this one.
    #[must_use]
    pub fn review(&self) -> String {
        self.advise(match self.severity {
            Severity::Error => {
                Words::new("đối chiếu với số gốc rồi sửa", "compare with the source and correct it")
            }
            _ => Words::new("xem lại ô này", "look at this cell"),
        })
    }

    /// The correction of a cell known to be wrong.
    fn correct(&self) -> Option<String> {
        let Correct { place, to, safe } = self.correct_cell()?;
        let (cell, value) = (self.table.address(place), self.table.print(place.column, to));
        Some(match self.written(place) {
            Some(formula) => say!(
                self.lang,
                "ghi vào ô {cell} công thức {formula}, kết quả {value}",
                "write {formula} into cell {cell}, which gives {value}",
                formula = as_typed(&formula),
            ),
            None if safe => {
                say!(self.lang, "sửa ô {cell} thành {value}", "set cell {cell} to {value}")
            }
            None => say!(
                self.lang,
                "xem lại ô {cell}; số phù hợp là {value}",
                "look at cell {cell}; {value} fits",
            ),
        })
    }

    /// The formula that a correction writes into a cell.
    #[must_use]
    pub fn written(&self, place: Place) -> Option<String> {
        self.judgements.get(&place)?.written(self.table.datum(place))
    }

    /// What a cell known to be wrong should hold.
    #[must_use]
    pub fn correct_cell(&self) -> Option<Correct> {
        self.correction.filter(|_| self.verdict == Some(Verdict::Pinned))
    }

    /// The cells of which one may be wrong instead.
    fn compare(&self) -> Option<String> {
        let named = self.alternatives.iter().take(NAMED);
        let sets: Vec<String> = named.map(|set| self.list(set.iter().copied())).collect();
        let more = if self.alternatives.len() > NAMED { "; …" } else { "" };
        let joined = sets.join("; ");
        (!sets.is_empty()).then(|| {
            say!(
                self.lang,
                "đối chiếu số gốc của ô này và của: {joined}{more}",
                "compare this cell with its source, and also: {joined}{more}",
            )
        })
    }
}
