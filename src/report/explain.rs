//! How a table was understood: region, labels, formulas, scales, row roles, and for each column
//! whether an error in it could be pinned, only detected, or not seen at all. A reviewer trusts
//! the program's silence only as far as this goes.

use std::fmt::Write as _;

use rust_decimal::Decimal;

use crate::checkup::Checkup;
use crate::findings::{Checked, words};
use crate::forms;
use crate::found::odds;
use crate::found::policy::wanting;
use crate::lang::Lang;
use crate::relations::{Axis, Evidence, Instance, Outcome, Relation, Says};
use crate::say;
use crate::table::{HEADINGS, INDEX_ROW, Kind, Place, Role, Table, print_number};

/// How far an error in a column would be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// No rule covers the column.
    Unseen,
    /// What figures or headings show covers it: a figure that differs is warned of.
    Doubted,
    /// One rule covers each figure: an error shows, but not in which cell.
    Detected,
    /// Two or more rules cover each figure: the wrong cell can be named.
    Pinned,
}

/// How far an error in a column would be seen, judged by the rules that cover its typical figure.
#[must_use]
pub fn sight(checked: &Checked, column: usize) -> Sight {
    let table = &checked.table;
    let covering = |place: Place| {
        let decided = |i: &&Instance| {
            i.is_equality()
                && !matches!(i.outcome, Outcome::Undecided(_))
                && i.cells().any(|c| c == place)
        };
        checked.ledger.instances.iter().filter(decided).count()
    };
    let mut counts: Vec<usize> =
        table.places().filter(|place| place.column == column).map(covering).collect();
    counts.sort_unstable();
    match counts.get(counts.len() / 2) {
        None | Some(0) if is_doubted(checked, column) => Sight::Doubted,
        None | Some(0) => Sight::Unseen,
        // A computed cell on its own rule can be named when its inputs are vouched for elsewhere.
        Some(1) if computing(checked, Axis::Column, column).next().is_none() => Sight::Detected,
        Some(_) => Sight::Pinned,
    }
}

/// True for a column that a relation which only warns computes or reads.
fn is_doubted(checked: &Checked, column: usize) -> bool {
    let weak = checked.relations.iter().filter(|relation| !relation.convicts);
    let mut own = weak.filter(|relation| relation.axis == Axis::Column);
    own.any(|relation| relation.target == column || relation.terms().contains(&column))
}

/// The description of every table of a workbook, and of every sheet without one.
#[must_use]
pub fn render(checkup: &Checkup, lang: Lang) -> String {
    let mut text = String::new();
    for checked in &checkup.tables {
        text.push_str(&table(checked, lang));
        text.push('\n');
    }
    for skipped in &checkup.skipped {
        let _ = writeln!(text, "{}: {}", skipped.sheet, skipped.reason.get(lang));
    }
    text
}

fn table(checked: &Checked, lang: Lang) -> String {
    let table = &checked.table;
    let mut text = say!(
        lang,
        "{sheet}!{range}: {head}, soát theo {form}\n",
        "{sheet}!{range}: {head}, checked by {form}\n",
        sheet = table.sheet,
        range = table.range,
        head = table.index_row.map_or_else(
            || say!(lang, "không in dòng chỉ số", "no index row printed"),
            |row| say!(lang, "dòng chỉ số ở dòng {row}", "index row in row {row}", row = row + 1),
        ),
        form = match table.form.as_str() {
            INDEX_ROW => say!(lang, "dòng chỉ số in trên bảng", "the table's own index row"),
            HEADINGS => say!(lang, "tiêu đề cột", "its headings"),
            id => {
                let title = forms::title(id, lang);
                say!(lang, "biểu mẫu “{title}” ({id})", "the form “{title}” ({id})")
            }
        },
    );
    for note in &table.notes {
        let _ = writeln!(text, "  ! {}", note.get(lang));
    }
    for index in 0..table.columns.len() {
        let _ = writeln!(text, "  {}", column_line(checked, index, lang).trim_end());
    }
    for index in 0..table.rows.len() {
        let _ = writeln!(text, "  {}", row_line(checked, index, lang));
    }
    for bound in checked.relations.iter().filter(|relation| relation.is_bound()) {
        let _ = writeln!(text, "  {} ({})", bound.text, relation_text(bound, lang));
    }
    text.push_str(&hints(table, lang));
    let counts = checked.ledger.counts();
    let _ = writeln!(
        text,
        "  {}",
        say!(
            lang,
            "phép kiểm tra: {ok} khớp, {bad} không khớp, {open} chưa kiểm tra được",
            "rules: {ok} satisfied, {bad} violated, {open} undecided",
            ok = counts.satisfied,
            bad = counts.violated,
            open = counts.undecided,
        )
    );
    text
}

/// A relation with its source and what the figures say to it.
pub(super) fn relation_text(relation: &Relation, lang: Lang) -> String {
    let source = relation.source.words().get(lang);
    let Evidence { fits, of, bits } = relation.evidence;
    let text = say!(lang, "{source}; khớp {fits}/{of} ô", "{source}; fits {fits} of {of} cells");
    text + &bits.map_or(String::new(), |bits| strength(bits, lang))
}

/// How strong the evidence of figures is, and what more would take: `; trùng hợp ngẫu nhiên …`.
fn strength(bits: u32, lang: Lang) -> String {
    let told = [odds(bits, lang), wanting(bits, lang).map(str::to_owned)];
    told.into_iter().flatten().fold(String::new(), |text, told| text + "; " + &told)
}

/// Relations that the figures hint at, without evidence enough to be told of the table.
fn hints(table: &Table, lang: Lang) -> String {
    let mut text = String::new();
    for one in table.inferred.iter().filter(|one| !one.speaks()) {
        let (rule, fits, of) = (&one.text, one.fits, one.of);
        let strength = one.bits.map_or(String::new(), |bits| strength(bits, lang));
        let line = say!(
            lang,
            "có thể: {rule} (khớp {fits}/{of} ô{strength})",
            "perhaps: {rule} (fits {fits} of {of} cells{strength})",
        );
        let _ = writeln!(text, "  ? {line}");
    }
    text
}

/// The relations that compute a column or a row.
pub(super) fn computing(
    checked: &Checked,
    axis: Axis,
    target: usize,
) -> impl Iterator<Item = &Relation> {
    let computes = move |relation: &&Relation| {
        relation.axis == axis && relation.target == target && !relation.is_bound()
    };
    checked.relations.iter().filter(computes)
}

fn column_line(checked: &Checked, index: usize, lang: Lang) -> String {
    let column = &checked.table.columns[index];
    let formulas: Vec<String> = computing(checked, Axis::Column, index)
        .map(|relation| {
            let scale = match &relation.says {
                Says::Ratio { scale: Some(scale), .. } | Says::Share { scale, .. }
                    if *scale != Decimal::ONE =>
                {
                    format!(" ×{}", print_number(*scale, None))
                }
                _ => String::new(),
            };
            format!(" {}{scale} ({})", relation.text, relation_text(relation, lang))
        })
        .collect();
    let formula = formulas.join(";");
    let sight = match (sight(checked, index), lang) {
        _ if column.kind == Kind::Text => "",
        (Sight::Pinned, Lang::Vi) => "; chỉ ra được ô sai",
        (Sight::Pinned, Lang::En) => "; a wrong cell can be named",
        (Sight::Detected, Lang::Vi) => "; chỉ biết là có sai",
        (Sight::Detected, Lang::En) => "; an error is seen, not where",
        (Sight::Doubted, Lang::Vi) => "; chỉ nhắc ô khác thường",
        (Sight::Doubted, Lang::En) => "; figures that differ are warned of",
        (Sight::Unseen, Lang::Vi) => "; KHÔNG phép kiểm tra nào kiểm tra",
        (Sight::Unseen, Lang::En) => "; NO rule covers it",
    };
    let letters = crate::workbook::Address::new(0, column.sheet_column).column_letters();
    let label = if column.label.is_empty() { "–" } else { &column.label };
    format!(
        "{letters} [{label}] {}{formula}{sight} · {}",
        words::kind(column.kind, lang),
        column.heading()
    )
}

fn row_line(checked: &Checked, index: usize, lang: Lang) -> String {
    let table = &checked.table;
    let row = &table.rows[index];
    let role = match (row.role, lang) {
        (Role::Unit, Lang::Vi) => "đơn vị",
        (Role::Unit, Lang::En) => "unit",
        (Role::Subtotal, Lang::Vi) => "cộng từng phần",
        (Role::Subtotal, Lang::En) => "subtotal",
        (Role::Total, Lang::Vi) => "tổng",
        (Role::Total, Lang::En) => "total",
        (Role::Heading, Lang::Vi) => "tiêu đề nhóm",
        (Role::Heading, Lang::En) => "group heading",
        (Role::Run, Lang::Vi) => "các dòng đã khớp khi đọc",
        (Role::Run, Lang::En) => "rows settled while reading",
        (Role::Exception, Lang::Vi) => "dòng có cách tính riêng",
        (Role::Exception, Lang::En) => "row with rules of its own",
    };
    let number = |row: usize| (table.rows[row].sheet_row + 1).to_string();
    let how: Vec<String> = computing(checked, Axis::Row, index)
        .map(|relation| {
            let adds = matches!(&relation.says, Says::Equal(_)) && relation.convicts;
            let said = if row.role == Role::Exception || !adds {
                relation.text.to_string()
            } else {
                let parts: Vec<String> = relation.terms().into_iter().map(number).collect();
                parts.join("+")
            };
            let said = said.split_once('=').map_or(said.as_str(), |(_, said)| said).to_owned();
            format!(" = {said}; {}", relation_text(relation, lang))
        })
        .collect();
    format!("{:>4} {} {} ({role}{})", row.sheet_row + 1, row.ordinal, row.name, how.concat())
}
