//! What a found relation says to an official, in one clause: fits first, the odds after.

use super::grid::Grid;
use super::policy::{PINS, SPEAKS};
use super::relation::{Axis, Kind, Relation, Term};
use crate::lang::Lang;
use crate::say;

/// Terms beyond these are counted, not named.
const NAMED_TERMS: usize = 6;

/// `ở 40 trong 42 ô, cột “Tỷ lệ” bằng cột “Số hộ nghèo” chia cho cột “Tổng số hộ” (nhân 100, làm tròn 2
/// chữ số thập phân); trùng hợp ngẫu nhiên như vậy xảy ra ít hơn 1 trong 1 triệu bảng`: a clause.
#[must_use]
pub fn statement(grid: &Grid, relation: &Relation, lang: Lang) -> String {
    let (fits, of) = (relation.evidence.fits.len(), relation.evidence.of());
    let target = line(grid, relation.axis, relation.target, None, lang);
    let computed = computed(grid, relation, lang);
    if relation.evidence.bits == 0 && relation.evidence.words {
        return say!(
            lang,
            "theo tiêu đề, {target} {computed}; đúng ở {fits} trong {of} ô",
            "by its heading {target} {computed}; so it is in {fits} of {of} cells"
        );
    }
    let members = relation.evidence.family.map_or(0, |family| family.members);
    let family = match (members, relation.axis, lang) {
        (0..=1, ..) => String::new(),
        (_, Axis::Columns, Lang::Vi) => format!(", {members} cột cùng loại cũng tính như vậy"),
        (_, Axis::Rows, Lang::Vi) => format!(", {members} dòng cùng loại cũng tính như vậy"),
        (_, Axis::Columns, Lang::En) => format!(", {members} columns are computed alike"),
        (_, Axis::Rows, Lang::En) => format!(", {members} rows are computed alike"),
    };
    let odds = odds(relation.evidence.bits, lang).map_or(String::new(), |odds| format!("; {odds}"));
    say!(
        lang,
        "ở {fits} trong {of} ô, {target} {computed}{family}{odds}",
        "in {fits} of {of} cells {target} {computed}{family}{odds}"
    )
}

/// How rarely chance gives as much evidence, by its class; `None` below what may be told.
#[must_use]
pub fn odds(bits: u32, lang: Lang) -> Option<String> {
    let tables = match (bits, lang) {
        (PINS.., Lang::Vi) => "1 triệu",
        (PINS.., Lang::En) => "1,000,000",
        (SPEAKS.., Lang::Vi) => "1.000",
        (SPEAKS.., Lang::En) => "1,000",
        _ => return None,
    };
    Some(say!(
        lang,
        "trùng hợp ngẫu nhiên như vậy xảy ra ít hơn 1 trong {tables} bảng",
        "chance gives that in fewer than 1 of {tables} tables"
    ))
}

/// `bằng cột “A” cộng cột “B”`
fn computed(grid: &Grid, relation: &Relation, lang: Lang) -> String {
    // What stands over the target as well need not be said again.
    let said = upper(grid, relation.axis, relation.target);
    let alone = |term: &Term| {
        let leaf = |line: usize| grid.columns().get(line).and_then(|c| c.headings.last());
        relation.lines().filter(|other| leaf(*other) == leaf(term.line)).count() == 1
    };
    let name =
        |term: &Term| line(grid, relation.axis, term.line, said.filter(|_| alone(term)), lang);
    let terms = &relation.terms;
    let stated = match (relation.kind, terms.as_slice()) {
        (Kind::Ratio, [part, whole]) => {
            let (part, whole) = (name(part), name(whole));
            say!(lang, "bằng {part} chia cho {whole}", "is {part} over {whole}")
        }
        (Kind::AtMost, [whole]) => {
            let whole = name(whole);
            say!(lang, "không lớn hơn {whole}", "is no more than {whole}")
        }
        (Kind::Growth, [after, before]) => {
            let (after, before) = (name(after), name(before));
            say!(
                lang,
                "bằng mức tăng của {after} so với {before}",
                "is the growth of {after} from {before}"
            )
        }
        (Kind::Share, [part]) => {
            let part = name(part);
            say!(lang, "bằng {part} chia cho tổng của nó", "is {part} over its total")
        }
        (Kind::Product, [first, second]) => {
            let (first, second) = (name(first), name(second));
            say!(lang, "bằng {first} nhân {second}", "is {first} times {second}")
        }
        (Kind::Mean, _) => {
            let count = terms.len();
            say!(lang, "bằng bình quân của {count} số liền kề", "is the mean of {count} neighbours")
        }
        _ => return linear(terms, &name, relation.axis, lang),
    };
    stated + &rounding(relation, lang)
}

/// ` (nhân 100, làm tròn 2 chữ số thập phân)`
fn rounding(relation: &Relation, lang: Lang) -> String {
    let scale = relation.scale;
    let scaled = match (scale, relation.kind) {
        (1, _) => None,
        (_, Kind::Product) => Some(say!(lang, "chia {scale}", "divided by {scale}")),
        _ => Some(say!(lang, "nhân {scale}", "times {scale}")),
    };
    let rounded = relation.decimals.map(|places| {
        if places == 0 {
            say!(lang, "làm tròn đến hàng đơn vị", "rounded to the unit")
        } else {
            say!(lang, "làm tròn {places} chữ số thập phân", "rounded to {places} decimals")
        }
    });
    let both: Vec<String> = scaled.into_iter().chain(rounded).collect();
    if both.is_empty() { String::new() } else { format!(" ({})", both.join(", ")) }
}

fn linear(terms: &[Term], name: &dyn Fn(&Term) -> String, axis: Axis, lang: Lang) -> String {
    if let [first, .., last] = terms
        && terms.len() > NAMED_TERMS
        && terms.iter().all(|term| term.added)
    {
        let (first, last, count) = (name(first), name(last), terms.len());
        let lines = match (axis, lang) {
            (Axis::Columns, Lang::Vi) => "cột",
            (Axis::Rows, Lang::Vi) => "dòng",
            (Axis::Columns, Lang::En) => "columns",
            (Axis::Rows, Lang::En) => "rows",
        };
        return say!(
            lang,
            "bằng tổng {count} {lines} từ {first} đến {last}",
            "is the sum of {count} {lines} from {first} to {last}"
        );
    }
    let mut sum = String::new();
    for (place, term) in terms.iter().enumerate() {
        let sign = match (place, term.added, lang) {
            (0, true, _) => "",
            (0, false, Lang::Vi) => "trừ ",
            (0, false, Lang::En) => "minus ",
            (_, true, Lang::Vi) => " cộng ",
            (_, true, Lang::En) => " plus ",
            (_, false, Lang::Vi) => " trừ ",
            (_, false, Lang::En) => " minus ",
        };
        sum.push_str(sign);
        sum.push_str(&name(term));
    }
    say!(lang, "bằng {sum}", "is {sum}")
}

/// The heading over the lowest one of a column.
fn upper(grid: &Grid, axis: Axis, line: usize) -> Option<&str> {
    let levels = (axis == Axis::Columns).then(|| &grid.columns()[line].headings)?;
    levels.iter().rev().nth(1).map(String::as_str)
}

/// How a person points at a line: `cột “Tỷ lệ”`, `dòng “Tổng cộng”`; without an upper heading that was
/// said before.
fn line(grid: &Grid, axis: Axis, line: usize, said: Option<&str>, lang: Lang) -> String {
    let (noun, name) = match axis {
        Axis::Columns => {
            let levels = &grid.columns()[line].headings;
            let told = if said.is_some() && upper(grid, axis, line) == said { 1 } else { 2 };
            let lowest = &levels[levels.len().saturating_sub(told)..];
            (say!(lang, "cột", "column"), lowest.join(" – "))
        }
        Axis::Rows => (say!(lang, "dòng", "row"), grid.rows()[line].name.clone()),
    };
    match name.trim() {
        "" => format!("{noun} {}", line + 1),
        name => format!("{noun} “{name}”"),
    }
}
