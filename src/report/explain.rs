//! How a table was understood: region, labels, formulas, scales, row roles, and for each column
//! whether an error in it could be pinned, only detected, or not seen at all. A reviewer trusts
//! the program's silence only as far as this goes.

use std::fmt::Write as _;

use crate::checkup::Checkup;
use crate::findings::{Checked, words};
use crate::lang::Lang;
use crate::relations::{Instance, Outcome};
use crate::say;
use crate::table::{Kind, Origin, Place, Role, Table, print_number};

/// How far an error in a column would be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// No rule covers the column.
    Unseen,
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
        None | Some(0) => Sight::Unseen,
        // A computed cell on its own rule can be named when its inputs are vouched for elsewhere.
        Some(1) if table.columns[column].formula.is_none() => Sight::Detected,
        Some(_) => Sight::Pinned,
    }
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
        "{sheet}!{range}: dòng chỉ số ở dòng {row}, soát theo {form}\n",
        "{sheet}!{range}: index row in row {row}, checked by {form}\n",
        sheet = table.sheet,
        range = table.range,
        row = table.index_row + 1,
        form = if table.form == "index-row" {
            say!(lang, "dòng chỉ số in trên bảng", "the table's own index row")
        } else {
            say!(lang, "biểu mẫu {id}", "the form {id}", id = table.form)
        },
    );
    for note in &table.notes {
        let _ = writeln!(text, "  ! {}", note.get(lang));
    }
    for index in 0..table.columns.len() {
        let _ = writeln!(text, "  {}", column_line(checked, index, lang).trim_end());
    }
    for index in 0..table.rows.len() {
        let _ = writeln!(text, "  {}", row_line(table, index, lang));
    }
    let counts = checked.ledger.counts();
    let _ = writeln!(
        text,
        "  {}",
        say!(
            lang,
            "ràng buộc: {ok} khớp, {bad} không khớp, {open} chưa kiểm tra được",
            "rules: {ok} satisfied, {bad} violated, {open} undecided",
            ok = counts.satisfied,
            bad = counts.violated,
            open = counts.undecided,
        )
    );
    text
}

fn column_line(checked: &Checked, index: usize, lang: Lang) -> String {
    let column = &checked.table.columns[index];
    let formula = column.formula.as_ref().map_or(String::new(), |formula| {
        let origin = match (formula.origin, lang) {
            (Origin::Form, Lang::Vi) => " (theo biểu mẫu)",
            (Origin::Form, Lang::En) => " (from the form)",
            _ => "",
        };
        let scale = match column.scale {
            Some(scale) if scale != rust_decimal::Decimal::ONE => {
                format!(" ×{}", print_number(scale, None))
            }
            _ => String::new(),
        };
        format!(" {}{origin}{scale}", formula.text)
    });
    let sight = match (sight(checked, index), lang) {
        _ if column.kind == Kind::Text => "",
        (Sight::Pinned, Lang::Vi) => "; chỉ ra được ô sai",
        (Sight::Pinned, Lang::En) => "; a wrong cell can be named",
        (Sight::Detected, Lang::Vi) => "; chỉ biết là có sai",
        (Sight::Detected, Lang::En) => "; an error is seen, not where",
        (Sight::Unseen, Lang::Vi) => "; KHÔNG ràng buộc nào kiểm tra",
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

fn row_line(table: &Table, index: usize, lang: Lang) -> String {
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
    let parts: Vec<String> =
        row.parts.iter().map(|part| (table.rows[*part].sheet_row + 1).to_string()).collect();
    let parts = if parts.is_empty() { String::new() } else { format!(" = {}", parts.join("+")) };
    format!("{:>4} {} {} ({role}{parts})", row.sheet_row + 1, row.ordinal, row.name)
}
