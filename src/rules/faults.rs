//! What is wrong with a formula in a cell, in sentences; which rule tells it stands in
//! [`super::formulas`].

use super::phrases::{NAMED, cell_list};
use std::borrow::Cow;

use crate::formula::{Difference, Unsupported};
use crate::judge::{Fault, Judgement};
use crate::lang::Lang;
use crate::say;
use crate::table::{Place, Table, print_number};
use crate::workbook::{Address, as_typed, holds_code};

/// What is wrong with a cell's formula, or with its want of one.
#[must_use]
pub fn fault(table: &Table, place: Place, judgement: &Judgement, lang: Lang) -> String {
    let text = table.datum(place).formula.as_deref().map(shortened).unwrap_or_default();
    let Some(fault) = judgement.faults.first() else { return String::new() };
    match fault {
        Fault::Differs(Difference::Misses(_)) => {
            let missed = |fault: &Fault| match fault {
                Fault::Differs(Difference::Misses(at)) => Some(*at),
                _ => None,
            };
            let cells = named_cells(table, judgement.faults.iter().filter_map(missed), lang);
            say!(lang, "công thức {text} bỏ sót {cells}", "the formula {text} leaves out {cells}",)
        }
        Fault::Differs(Difference::TakesIn(_)) => {
            let taken = |fault: &Fault| match fault {
                Fault::Differs(Difference::TakesIn(at)) => Some(*at),
                _ => None,
            };
            let cells = named_cells(table, judgement.faults.iter().filter_map(taken), lang);
            say!(
                lang,
                "công thức {text} dùng cả {cells}, không thuộc quy tắc",
                "the formula {text} takes in {cells}, which is no part of its rule",
            )
        }
        Fault::Differs(difference) => difference_text(table, difference, &text, lang),
        Fault::TextInputs(places) => {
            let cells = cell_list(table, places.iter().copied());
            say!(
                lang,
                "công thức {text} bỏ qua số được lưu dưới dạng chữ ở ô {cells}",
                "the formula {text} passes over figures stored as text in {cells}",
            )
        }
        Fault::Stale => say!(
            lang,
            "kết quả lưu trong ô không phải kết quả hiện tại của công thức {text}",
            "the stored result is not what the formula {text} computes now",
        ),
        Fault::TypedAmongFormulas => say!(
            lang,
            "số gõ tay, trong khi các ô khác cùng quy tắc dùng công thức",
            "a typed figure, where the other cells of the rule have formulas",
        ),
        Fault::FormulaAmongData => say!(
            lang,
            "công thức {text} nằm ở cột số liệu gõ tay",
            "the formula {text} stands where data are typed",
        ),
        Fault::Circular => circular(&text, lang),
        Fault::RowRule => say!(
            lang,
            "công thức {text} theo quy tắc riêng của dòng, không theo quy tắc của cột",
            "the formula {text} follows a rule of its row, not of its column",
        ),
        Fault::Undecided(what) => undecided_formula(what, &text, lang),
    }
}

fn difference_text(table: &Table, difference: &Difference, text: &str, lang: Lang) -> String {
    let named = |at: &Address| named_cell(table, *at, lang);
    match difference {
        Difference::WrongRow { reads, instead_of } => say!(
            lang,
            "công thức {text} lấy nhầm dòng: dùng {reads}, phải là {right}",
            "the formula {text} reads the wrong row: {reads} instead of {right}",
            reads = named(reads),
            right = named(instead_of),
        ),
        Difference::WrongColumn { reads, instead_of } => say!(
            lang,
            "công thức {text} lấy nhầm cột: dùng {reads}, phải là {right}",
            "the formula {text} reads the wrong column: {reads} instead of {right}",
            reads = named(reads),
            right = named(instead_of),
        ),
        Difference::TakesInTotal(at) => say!(
            lang,
            "công thức {text} cộng cả dòng cộng {cell} nên tính trùng",
            "the formula {text} takes in the sum {cell} and counts twice",
            cell = named(at),
        ),
        Difference::ReadsRatio(at) => say!(
            lang,
            "công thức {text} tính từ tỷ lệ khác ({cell}), không tính từ số liệu gốc",
            "the formula {text} is built on another rate ({cell}), not on the counts",
            cell = named(at),
        ),
        Difference::ReadsRounded(at) => say!(
            lang,
            "công thức {text} tính từ số đã làm tròn ({cell})",
            "the formula {text} is built on a rounded cell ({cell})",
            cell = named(at),
        ),
        Difference::RoundedParts => say!(
            lang,
            "công thức {text} làm tròn từng phần trước khi tính",
            "the formula {text} rounds its parts before it puts them together",
        ),
        Difference::TypedNumber { number, instead_of } => say!(
            lang,
            "công thức {text} gõ số {number} thay cho {cell}",
            "the formula {text} has {number} typed in place of {cell}",
            number = print_number(*number, None),
            cell = named(instead_of),
        ),
        other => general_text(table, other, text, lang),
    }
}

fn general_text(table: &Table, difference: &Difference, text: &str, lang: Lang) -> String {
    let named = |at: &Address| named_cell(table, *at, lang);
    match difference {
        Difference::NotRounded => {
            say!(lang, "công thức {text} không làm tròn", "the formula {text} does not round",)
        }
        Difference::OtherRounding { decimals } => say!(
            lang,
            "công thức {text} làm tròn đến {decimals} chữ số thập phân, khác quy định của biểu",
            "the formula {text} rounds to {decimals} decimals, not as the form does",
        ),
        Difference::RoundedTwice => {
            say!(lang, "công thức {text} làm tròn hai lần", "the formula {text} rounds twice",)
        }
        Difference::Scale(factor) => say!(
            lang,
            "công thức {text} cho kết quả gấp {factor} lần quy tắc của ô",
            "the formula {text} gives {factor} times what its rule says",
            factor = print_number(*factor, None),
        ),
        Difference::ReadsBlank(at) => say!(
            lang,
            "công thức {text} dùng ô trống {cell}",
            "the formula {text} reads the blank {cell}",
            cell = named(at),
        ),
        Difference::ReadsText(at) => say!(
            lang,
            "công thức {text} dùng ô chữ {cell}",
            "the formula {text} reads the text in {cell}",
            cell = named(at),
        ),
        Difference::ReadsError(at) => say!(
            lang,
            "công thức {text} dùng ô mang giá trị lỗi {cell}",
            "the formula {text} reads the error in {cell}",
            cell = named(at),
        ),
        Difference::Deleted => say!(
            lang,
            "công thức {text} tham chiếu ô đã bị xóa (#REF!)",
            "the formula {text} refers to deleted cells (#REF!)",
        ),
        Difference::External(_) => say!(
            lang,
            "công thức {text} lấy số từ tệp khác, không kiểm tra được",
            "the formula {text} reads another workbook, which is not opened",
        ),
        Difference::Circular => circular(text, lang),
        Difference::Volatile(name) => say!(
            lang,
            "công thức {text} dùng hàm {name}, kết quả tự thay đổi nên không kiểm tra được",
            "the formula {text} calls {name}, which changes by itself and cannot be judged",
        ),
        Difference::Undecided(what) => undecided_formula(what, text, lang),
        _ => say!(
            lang,
            "công thức {text} không tính theo quy tắc của ô",
            "the formula {text} does not compute its rule",
        ),
    }
}

fn circular(text: &str, lang: Lang) -> String {
    say!(
        lang,
        "công thức {text} tham chiếu vòng đến chính ô này",
        "the formula {text} comes back to its own cell",
    )
}

/// What kept a formula from being judged, with the function or the reference it names.
fn undecided_formula(what: &Unsupported, text: &str, lang: Lang) -> String {
    let detail = &what.detail;
    match what.what {
        "function" => say!(
            lang,
            "chưa kiểm tra được công thức {text} vì có hàm chưa hỗ trợ: {detail}",
            "the formula {text} could not be judged: unknown function {detail}",
        ),
        other => {
            let reason = obstacle_text(other, detail, lang);
            say!(
                lang,
                "chưa kiểm tra được công thức {text} ({reason})",
                "the formula {text} could not be judged ({reason})",
            )
        }
    }
}

/// What keeps a formula from being computed, with what it names: `hàm chưa hỗ trợ: CUBEVALUE`.
pub(super) fn obstacle_text(what: &'static str, detail: &str, lang: Lang) -> String {
    let reason = match lang {
        Lang::Vi => obstacle(what),
        Lang::En => what,
    };
    let detail = if holds_code(detail) { Cow::default() } else { as_typed(detail) };
    let colon = if detail.is_empty() { "" } else { ": " };
    format!("{reason}{colon}{detail}")
}

/// Obstacles of the formula engine in Vietnamese.
fn obstacle(what: &'static str) -> &'static str {
    match what {
        "reads another sheet" => "lấy số từ trang tính khác",
        "reference to another workbook" => "lấy số từ tệp khác",
        "no value to compare" => "không có số liệu để so",
        "ratio without a scale" => "chưa biết hệ số của tỷ lệ",
        "formula over too many cells"
        | "work beyond the limit"
        | "formulas beyond the limit"
        | "dependencies beyond the limit"
        | "differing results beyond the limit" => "khối lượng tính vượt giới hạn",
        "differs only on figures unlike the sheet's own" => {
            "chỉ khác với số liệu không giống thực tế"
        }
        "rounding that differs from value to value" => "cách làm tròn không cố định",
        "digits beyond the fifteenth" => "kết quả tùy các chữ số sau chữ số thứ 15",
        "function" => "hàm chưa hỗ trợ",
        "array formula" => "công thức mảng",
        "formula that cannot be read" => "không đọc được công thức",
        "formula without a stored result" => "tệp không lưu kết quả",
        "defined name" => "tên vùng chưa xác định",
        "sheet" => "không có trang tính",
        "circular reference" => "tham chiếu vòng",
        "text read as a number"
        | "number with decimals as text"
        | "number in scientific notation as text" => "ô chữ được dùng như số",
        _ => "cách viết chưa hỗ trợ",
    }
}

/// A cell as an official finds it: `ô G13 (Tây Nam 2)`.
fn named_cell(table: &Table, at: Address, lang: Lang) -> String {
    let row = table.rows.iter().find(|row| row.sheet_row == at.row).map(|row| row.name.as_str());
    let name = row.filter(|name| !name.is_empty()).map(|name| format!(" ({name})"));
    let name = name.unwrap_or_default();
    say!(lang, "ô {at}{name}", "{at}{name}")
}

/// Cells as an official finds them, the first few by name.
fn named_cells(table: &Table, cells: impl Iterator<Item = Address>, lang: Lang) -> String {
    let mut named: Vec<String> = cells.map(|at| named_cell(table, at, lang)).collect();
    if named.len() > NAMED {
        named.truncate(NAMED - 1);
        named.push("…".to_owned());
    }
    named.join(", ")
}

/// Characters of a formula that a sentence quotes.
const QUOTED: usize = 60;

pub(super) fn shortened(formula: &str) -> String {
    // Code tells nobody anything.
    if holds_code(formula) {
        return "=…".to_owned();
    }
    let formula = &*as_typed(formula);
    if formula.chars().count() <= QUOTED {
        return format!("={formula}");
    }
    let start: String = formula.chars().take(QUOTED).collect();
    format!("={start}…")
}
