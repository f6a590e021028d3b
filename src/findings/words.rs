//! The sentences of the report, shared by the terminal, the JSON and the HTML: they say the same
//! things in the same words.

use std::fmt::Write as _;

use rust_decimal::{Decimal, RoundingStrategy};

use super::{Checked, Finding, Grade, Reason, Verdict};
use crate::formula::{Difference, Unsupported};
use crate::judge::{Fault, Judgement};
use crate::lang::Lang;
use crate::relations::{Edit, Instance, Outcome, Terms, Undecided};
use crate::rules::{self, Severity};
use crate::say;
use crate::table::{Across, Kind, Link, Place, Reading, Table, print_number};
use crate::words::single_blanks;
use crate::workbook::Address;

/// Rows named in a sentence before it says how many more there are.
const NAMED: usize = 6;
/// Figures written out in a sum.
const WRITTEN_OUT: usize = 9;

/// What the finding says, in one sentence without a full stop.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one sentence a rule, to be read side by side")]
pub fn message(checked: &Checked, finding: &Finding, lang: Lang) -> String {
    let table = &checked.table;
    if let Some(told) = &finding.told {
        return told.get(lang).to_owned();
    }
    if finding.rule.name == "uncovered-column" {
        return uncovered_message(table, finding, lang);
    }
    if let Some((column, found, wanted)) = &finding.heading {
        let label = table.columns[*column].name();
        if finding.rule.name == "doubtful-formula" {
            if table.bounds.iter().any(|bound| *bound.text == **found) {
                return say!(
                    lang,
                    "phần lớn các dòng ({wanted}) trái với ràng buộc `{found}` của biểu mẫu; có cột trong đó chưa điền hoặc điền sai, hoặc biểu mẫu không hợp với bảng này",
                    "most rows ({wanted}) contradict the bound `{found}` of the form; either one of its columns is unfilled or wrong, or the form does not suit this table",
                    found = found,
                    wanted = wanted,
                );
            }
            if wanted.is_empty() {
                return say!(
                    lang,
                    "cột {label}: các dòng không cùng theo công thức `{found}` với một hệ số nào (thương số, phần trăm, phần nghìn); công thức in sai, hoặc cả cột tính theo cách khác",
                    "column {label}: the rows do not follow the formula `{found}` in one scale (a quotient, per cent, per mille); either it is misprinted or the whole column was computed another way",
                    label = label,
                    found = found,
                );
            }
            return say!(
                lang,
                "cột {label}: phần lớn các dòng ({wanted}) không theo công thức `{found}` in ở dòng chỉ số; công thức in sai, hoặc cả cột tính theo cách khác",
                "column {label}: most rows ({wanted}) do not follow the formula `{found}` in the index row; either it is misprinted or the whole column was computed another way",
                label = label,
                found = found,
                wanted = wanted,
            );
        }
        return say!(
            lang,
            "cột {label}: dòng chỉ số in `{found}` nhưng biểu mẫu quy định `{wanted}`",
            "column {label}: the index row prints `{found}` but the form states `{wanted}`",
            label = label,
            found = found,
            wanted = wanted,
        );
    }
    let Some(place) = finding.place else { return finding.rule.title.get(lang).to_owned() };
    if let Some(judgement) =
        checked.judgements.get(&place).filter(|_| finding.rule.is_on_formulas())
    {
        return formula_message(checked, finding, place, judgement, lang);
    }
    let position = position(table, place, lang);
    match finding.rule.name {
        "rate-mismatch"
        | "formula-mismatch"
        | "row-formula-mismatch"
        | "total-mismatch"
        | "total-rate-mismatch" => figure_message(checked, finding, place, lang),
        "repeated-unit" => {
            let name = words_of(table, place);
            let others = cell_list(table, finding.others.iter().copied());
            let cell = table.address(place);
            say!(
                lang,
                "“{name}” ở ô {cell} lặp lại ở {others}",
                "“{name}” in cell {cell} occurs again in {others}",
                name = name,
                cell = cell,
                others = others,
            )
        }
        "ordinal-gap" => {
            let (name, cell) = (words_of(table, place), table.address(place));
            let wanted =
                finding.expected.map(|value| print_number(value, None)).unwrap_or_default();
            say!(
                lang,
                "số thứ tự ở ô {cell} là {name}, đáng lẽ là {wanted}",
                "the ordinal in cell {cell} is {name} where {wanted} follows",
                name = name,
                cell = cell,
                wanted = wanted,
            )
        }
        "not-whole" if !finding.others.is_empty() => {
            let label = table.columns[place.column].name();
            let cells = std::iter::once(place).chain(finding.others.iter().copied());
            let cells = cell_list(table, cells);
            let example = table.datum(place).printed();
            say!(
                lang,
                "cột {label}: nhiều số đếm có phần thập phân (ví dụ {example}; các ô {cells}); có lẽ dấu chấm hàng nghìn khi gõ đã bị hiểu là dấu thập phân. Các ràng buộc dùng cột này chưa được soát",
                "column {label}: many counts have decimals (such as {example}; cells {cells}); the thousands dot was probably read as a decimal point when they were typed. The rules that use this column were not checked",
                label = label,
                example = example,
                cells = cells,
            )
        }
        "doubtful-total" => {
            let name = &table.rows[place.row].name;
            say!(
                lang,
                "“{name}” không bằng cộng các dòng ở phần lớn các cột ({sums}); dòng này lập sai, hoặc các dòng còn lại không phải thành phần của nó",
                "“{name}” is not the sum of the rows in most columns ({sums}); either it is wrong or the other rows are not its parts",
                name = name,
                sums = sums_against(table, place.row, lang),
            )
        }
        "number-as-text" | "missing-decimals" | "unrounded-rate" => {
            column_message(table, finding, place, lang)
        }
        "across-mismatch" => across_message(table, place, lang),
        "hidden-decimals" => hidden_message(checked, finding, place, lang),
        "blank-cell" => with_expected(
            table,
            finding,
            place,
            say!(lang, "{position}: bỏ trống", "{position}: blank", position = position),
            lang,
        ),
        "unreadable-number" | "error-value" => {
            let found = table.datum(place).printed();
            with_expected(
                table,
                finding,
                place,
                say!(
                    lang,
                    "{position}: ghi “{found}”, không phải là số",
                    "{position}: says “{found}”, which is no number",
                    position = position,
                    found = found,
                ),
                lang,
            )
        }
        _ => {
            let found = printed(table, place);
            let title = lower_first(finding.rule.title.get(lang));
            let detail = bound_detail(checked, finding);
            let text = say!(
                lang,
                "{position}: ghi {found}; {title}{detail}",
                "{position}: says {found}; {title}{detail}",
                position = position,
                found = found,
                title = title,
                detail = detail,
            );
            match &finding.correction {
                Some(correction) => {
                    let right = table.print(place.column, correction.to);
                    say!(
                        lang,
                        "{text}; đúng là {right}",
                        "{text}; it should be {right}",
                        text = text,
                        right = right
                    )
                }
                None => text,
            }
        }
    }
}

/// What a doubtful total states, and what the rows add up to, in the first few columns that differ.
fn sums_against(table: &Table, row: usize, lang: Lang) -> String {
    const COLUMNS: usize = 4;
    let total = table.doubtful_totals.iter().find(|total| total.row == row);
    let parts = total.map_or(&[][..], |total| &total.parts);
    let differing = (0..table.columns.len()).filter_map(|column| {
        let number = |row: usize| table.number(Place::new(row, column));
        let sum: Decimal = parts.iter().filter_map(|part| number(*part)).sum();
        let differs = table.columns[column].adds_up() && number(row)? != sum;
        differs.then(|| {
            say!(
                lang,
                "cột {label} ghi {found}, cộng được {sum}",
                "column {label} states {found}, the rows add up to {sum}",
                label = table.columns[column].name(),
                found = printed(table, Place::new(row, column)),
                sum = table.print(column, sum),
            )
        })
    });
    let mut told: Vec<String> = differing.take(COLUMNS + 1).collect();
    if told.len() > COLUMNS {
        "…".clone_into(&mut told[COLUMNS]);
    }
    told.join("; ")
}

fn across_message(table: &Table, place: Place, lang: Lang) -> String {
    let Some((across, link)) = table.across_mismatch(place) else {
        return position(table, place, lang);
    };
    say!(
        lang,
        "{position}: ghi {found} nhưng cột {other} của biểu kia ghi {figure} (ô {cell}); ô này hoặc ô kia sai, chưa đủ căn cứ để kết luận",
        "{position}: says {found} but column {other} of the other table says {figure} (cell {cell}); one of the two is wrong, which one is not certain",
        position = position(table, place, lang),
        found = printed(table, place),
        other = across.other,
        figure = print_number(link.figure, None),
        cell = link.cell,
    )
}

/// Two figures for one cell, from the paper and from the file; further cells of the column follow.
fn hidden_message(checked: &Checked, finding: &Finding, place: Place, lang: Lang) -> String {
    let table = &checked.table;
    let own = checked.ledger.instances.iter().filter(|instance| instance.target == place);
    let mut own = own.filter_map(|instance| Some((instance, instance.on_stored(table)?)));
    let Some((instance, stored)) = own.next() else { return position(table, place, lang) };
    // Enough decimals to see what is hidden, and not all that a division leaves.
    let decimals = table.figure(place).map_or(0, |figure| figure.decimals).min(26) + 2;
    let stored = stored.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    let text = say!(
        lang,
        "{position}: ghi {found}; các số in cho {derivation} còn các số lưu trong ô cho {stored}",
        "{position}: says {found}; the printed figures give {derivation}, the stored ones {stored}",
        position = position(table, place, lang),
        found = printed(table, place),
        derivation = derivation(table, instance),
        stored = print_number(stored, None),
    );
    if finding.others.is_empty() {
        return text;
    }
    say!(
        lang,
        "{text}; trong cột còn {count} ô như vậy: {cells}",
        "{text}; {count} more in the column: {cells}",
        text = text,
        count = finding.others.len(),
        cells = cell_list(table, finding.others.iter().copied()),
    )
}

fn figure_message(checked: &Checked, finding: &Finding, place: Place, lang: Lang) -> String {
    let table = &checked.table;
    let position = position(table, place, lang);
    let found = printed(table, place);
    let ground = checked.ground(finding).0;
    let derivation =
        telling(checked, finding).map(|instance| derivation(ground, instance)).unwrap_or_default();
    let right = finding.expected.map(|value| table.print(place.column, value)).unwrap_or_default();
    let own = telling(checked, finding).is_some_and(|instance| instance.target == place);
    match finding.verdict {
        Some(Verdict::Pinned) if own => say!(
            lang,
            "{position}: ghi {found} nhưng {derivation}",
            "{position}: says {found} but {derivation}",
            position = position,
            found = found,
            derivation = derivation,
        ),
        Some(Verdict::Pinned) => say!(
            lang,
            "{position}: ghi {found}, đúng là {right}",
            "{position}: says {found}, it should be {right}",
            position = position,
            found = found,
            right = right,
        ),
        Some(Verdict::Narrowed) => {
            let blanks = blank_note(checked, finding, lang);
            say!(
                lang,
                "{position}: ghi {found} nhưng {derivation}{blanks}; ô này hoặc ô khác sai, chưa đủ căn cứ để kết luận",
                "{position}: says {found} but {derivation}{blanks}; this cell or another is wrong, which one is not certain",
                position = position,
                found = found,
                derivation = derivation,
                blanks = blanks,
            )
        }
        _ => say!(
            lang,
            "{position}: ghi {found} nhưng {derivation}; không xác định được ô nào sai",
            "{position}: says {found} but {derivation}; which cell is wrong cannot be told",
            position = position,
            found = found,
            derivation = derivation,
        ),
    }
}

/// The fault of a formula, with the figure where that is wrong.
fn formula_message(
    checked: &Checked,
    finding: &Finding,
    place: Place,
    judgement: &Judgement,
    lang: Lang,
) -> String {
    let table = &checked.table;
    let fault = fault(table, place, judgement, lang);
    if !finding.others.is_empty() {
        let cells = cell_list(table, std::iter::once(place).chain(finding.others.iter().copied()));
        let count = finding.others.len() + 1;
        let label = table.columns[place.column].name();
        return say!(
            lang,
            "cột {label}: {fault} ({count} ô: {cells})",
            "column {label}: {fault} ({count} cells: {cells})",
            label = label,
            fault = fault,
            count = count,
            cells = cells,
        );
    }
    let text = format!("{}: {fault}", position(table, place, lang));
    let found = printed(table, place);
    match finding.expected {
        Some(right) if table.number(place) != Some(right) => say!(
            lang,
            "{text}; ghi {found}, đúng là {right}",
            "{text}; it says {found}, it should be {right}",
            text = text,
            found = found,
            right = table.print(place.column, right),
        ),
        Some(_) => say!(
            lang,
            "{text}; số đang ghi {found} chỉ tình cờ đúng",
            "{text}; the figure {found} is right only by chance",
            text = text,
            found = found,
        ),
        None => text,
    }
}

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
            say!(
                lang,
                "công thức {text} bỏ sót {cells}",
                "the formula {text} leaves out {cells}",
                text = text,
                cells = cells,
            )
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
                text = text,
                cells = cells,
            )
        }
        Fault::Differs(difference) => difference_text(table, difference, &text, lang),
        Fault::TextInputs(places) => {
            let cells = cell_list(table, places.iter().copied());
            say!(
                lang,
                "công thức {text} bỏ qua số được lưu dưới dạng chữ ở ô {cells}",
                "the formula {text} passes over figures stored as text in {cells}",
                text = text,
                cells = cells,
            )
        }
        Fault::Stale => say!(
            lang,
            "kết quả lưu trong ô không phải kết quả hiện tại của công thức {text}",
            "the stored result is not what the formula {text} computes now",
            text = text,
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
            text = text,
        ),
        Fault::Circular => circular(&text, lang),
        Fault::RowRule => say!(
            lang,
            "công thức {text} theo quy tắc riêng của dòng, không theo quy tắc của cột",
            "the formula {text} follows a rule of its row, not of its column",
            text = text,
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
            text = text,
            reads = named(reads),
            right = named(instead_of),
        ),
        Difference::WrongColumn { reads, instead_of } => say!(
            lang,
            "công thức {text} lấy nhầm cột: dùng {reads}, phải là {right}",
            "the formula {text} reads the wrong column: {reads} instead of {right}",
            text = text,
            reads = named(reads),
            right = named(instead_of),
        ),
        Difference::TakesInTotal(at) => say!(
            lang,
            "công thức {text} cộng cả dòng cộng {cell} nên tính trùng",
            "the formula {text} takes in the sum {cell} and counts twice",
            text = text,
            cell = named(at),
        ),
        Difference::ReadsRatio(at) => say!(
            lang,
            "công thức {text} tính từ tỷ lệ khác ({cell}), không tính từ số liệu gốc",
            "the formula {text} is built on another rate ({cell}), not on the counts",
            text = text,
            cell = named(at),
        ),
        Difference::ReadsRounded(at) => say!(
            lang,
            "công thức {text} tính từ số đã làm tròn ({cell})",
            "the formula {text} is built on a rounded cell ({cell})",
            text = text,
            cell = named(at),
        ),
        Difference::RoundedParts => say!(
            lang,
            "công thức {text} làm tròn từng phần trước khi tính",
            "the formula {text} rounds its parts before it puts them together",
            text = text,
        ),
        Difference::TypedNumber { number, instead_of } => say!(
            lang,
            "công thức {text} gõ số {number} thay cho {cell}",
            "the formula {text} has {number} typed in place of {cell}",
            text = text,
            number = print_number(*number, None),
            cell = named(instead_of),
        ),
        other => general_text(table, other, text, lang),
    }
}

fn general_text(table: &Table, difference: &Difference, text: &str, lang: Lang) -> String {
    let named = |at: &Address| named_cell(table, *at, lang);
    match difference {
        Difference::NotRounded => say!(
            lang,
            "công thức {text} không làm tròn",
            "the formula {text} does not round",
            text = text,
        ),
        Difference::OtherRounding { decimals } => say!(
            lang,
            "công thức {text} làm tròn đến {decimals} chữ số thập phân, khác quy định của biểu",
            "the formula {text} rounds to {decimals} decimals, not as the form does",
            text = text,
            decimals = decimals,
        ),
        Difference::RoundedTwice => say!(
            lang,
            "công thức {text} làm tròn hai lần",
            "the formula {text} rounds twice",
            text = text,
        ),
        Difference::Scale(factor) => say!(
            lang,
            "công thức {text} cho kết quả gấp {factor} lần quy tắc của ô",
            "the formula {text} gives {factor} times what its rule says",
            text = text,
            factor = print_number(*factor, None),
        ),
        Difference::ReadsBlank(at) => say!(
            lang,
            "công thức {text} dùng ô trống {cell}",
            "the formula {text} reads the blank {cell}",
            text = text,
            cell = named(at),
        ),
        Difference::ReadsText(at) => say!(
            lang,
            "công thức {text} dùng ô chữ {cell}",
            "the formula {text} reads the text in {cell}",
            text = text,
            cell = named(at),
        ),
        Difference::ReadsError(at) => say!(
            lang,
            "công thức {text} dùng ô mang giá trị lỗi {cell}",
            "the formula {text} reads the error in {cell}",
            text = text,
            cell = named(at),
        ),
        Difference::Deleted => say!(
            lang,
            "công thức {text} tham chiếu ô đã bị xóa (#REF!)",
            "the formula {text} refers to deleted cells (#REF!)",
            text = text,
        ),
        Difference::External(_) => say!(
            lang,
            "công thức {text} lấy số từ tệp khác, không kiểm tra được",
            "the formula {text} reads another workbook, which is not opened",
            text = text,
        ),
        Difference::Circular => circular(text, lang),
        Difference::Volatile(name) => say!(
            lang,
            "công thức {text} dùng hàm {name}, kết quả tự thay đổi nên không kiểm tra được",
            "the formula {text} calls {name}, which changes by itself and cannot be judged",
            text = text,
            name = name,
        ),
        Difference::Undecided(what) => undecided_formula(what, text, lang),
        _ => say!(
            lang,
            "công thức {text} không tính theo quy tắc của ô",
            "the formula {text} does not compute its rule",
            text = text,
        ),
    }
}

fn circular(text: &str, lang: Lang) -> String {
    say!(
        lang,
        "công thức {text} tham chiếu vòng đến chính ô này",
        "the formula {text} comes back to its own cell",
        text = text,
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
            text = text,
            detail = detail,
        ),
        other => {
            let colon = if detail.is_empty() { "" } else { ": " };
            say!(
                lang,
                "chưa kiểm tra được công thức {text} ({reason}{colon}{detail})",
                "the formula {text} could not be judged ({reason}{colon}{detail})",
                text = text,
                reason = match lang {
                    Lang::Vi => obstacle(other),
                    Lang::En => other,
                },
                colon = colon,
                detail = detail,
            )
        }
    }
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
    say!(lang, "ô {at}{name}", "{at}{name}", at = at, name = name)
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

fn shortened(formula: &str) -> String {
    if formula.chars().count() <= QUOTED {
        return format!("={formula}");
    }
    let start: String = formula.chars().take(QUOTED).collect();
    format!("={start}…")
}

fn words_of(table: &Table, place: Place) -> String {
    single_blanks(&table.datum(place).printed())
}

fn uncovered_message(table: &Table, finding: &Finding, lang: Lang) -> String {
    let names: Vec<&str> =
        finding.others.iter().map(|place| table.columns[place.column].name()).collect();
    let names = names.join(", ");
    say!(
        lang,
        "không ràng buộc nào kiểm tra được các cột: {names}",
        "no rule covers the columns: {names}",
        names = names,
    )
}

/// Which inputs are blank, and that they count as zero.
fn blank_note(checked: &Checked, finding: &Finding, lang: Lang) -> String {
    let table = &checked.table;
    let Some(instance) = telling(checked, finding) else { return String::new() };
    let blank = |place: &Place| table.datum(*place).reading == Reading::Blank;
    let blanks = cell_list(table, instance.inputs().filter(blank));
    if blanks.is_empty() {
        return String::new();
    }
    say!(lang, " (ô trống {blanks} tính là 0)", " (blank {blanks} counted as 0)", blanks = blanks)
}

fn column_message(table: &Table, finding: &Finding, place: Place, lang: Lang) -> String {
    let label = table.columns[place.column].name();
    let mut cells = cell_list(table, std::iter::once(place).chain(finding.others.iter().copied()));
    if finding.more > 0 {
        cells.push_str(", …");
    }
    let count = finding.others.len() + 1 + finding.more;
    let title = lower_first(finding.rule.title.get(lang));
    let counted = match (lang, count) {
        (Lang::Vi, _) => "ô",
        (Lang::En, 1) => "cell",
        (Lang::En, _) => "cells",
    };
    say!(
        lang,
        "cột {label}: {title} ({count} {counted}: {cells})",
        "column {label}: {title} ({count} {counted}: {cells})",
        label = label,
        title = title,
        count = count,
        counted = counted,
        cells = cells,
    )
}

fn with_expected(
    table: &Table,
    finding: &Finding,
    place: Place,
    text: String,
    lang: Lang,
) -> String {
    match finding.expected {
        Some(value) => {
            let right = table.print(place.column, value);
            say!(
                lang,
                "{text}; tính được là {right}",
                "{text}; the rules give {right}",
                text = text,
                right = right
            )
        }
        None => text,
    }
}

/// The broken bound with its figures: ` (7 ≤ 3: 8 > 7)`.
fn bound_detail(checked: &Checked, finding: &Finding) -> String {
    let broken = finding
        .evidence
        .iter()
        .map(|index| &checked.ledger.instances[*index])
        .find(|i| i.outcome == Outcome::Violated && matches!(i.edit, Edit::AtMost(_)));
    broken.map_or_else(String::new, |instance| format!(" ({})", instance.text.replace("<=", " ≤ ")))
}

/// The instance a finding's sentence is about: the broken one that computes the cell, else the
/// first broken one.
#[must_use]
pub fn telling<'a>(checked: &'a Checked, finding: &Finding) -> Option<&'a Instance> {
    let instances =
        || finding.evidence.iter().map(|index| &checked.ground(finding).1.instances[*index]);
    instances()
        .find(|i| {
            i.outcome == Outcome::Violated
                && Some(i.target) == finding.place
                && rules::reporting(i.concern) == finding.rule
        })
        .or_else(|| instances().find(|i| i.outcome == Outcome::Violated))
}

/// Where a cell is, as an official points at it: `Tây Nam 2, cột 14`.
#[must_use]
pub fn position(table: &Table, place: Place, lang: Lang) -> String {
    let row = row_name(&table.rows[place.row]);
    let column = table.columns[place.column].name();
    say!(lang, "{row}, cột {column}", "{row}, column {column}", row = row, column = column)
}

/// A row's name, with the line where a unit has several: `Xã Đắk Ha (Hộ)`.
#[must_use]
pub fn row_name(row: &crate::table::Row) -> String {
    match (row.name.is_empty(), row.line.is_empty()) {
        (true, _) => format!("dòng {}", row.sheet_row + 1),
        (false, true) => row.name.clone(),
        (false, false) => format!("{} ({})", row.name, row.line),
    }
}

/// The figure as the cell prints it; a dash for nothing.
#[must_use]
pub fn printed(table: &Table, place: Place) -> String {
    let printed = table.datum(place).printed();
    let text = printed.trim();
    if text.is_empty() { "–".to_owned() } else { text.to_owned() }
}

/// How the relation computes its target, with the figures: `12/510 = 2,35`.
#[must_use]
pub fn derivation(table: &Table, instance: &Instance) -> String {
    let result = instance
        .expected
        .map_or_else(|| "?".to_owned(), |value| table.print(instance.target.column, value));
    let body = match &instance.edit {
        Edit::Balance(terms) | Edit::Unscaled(terms) => sum_text(table, terms),
        Edit::AtMost(terms) => return format!("≤ {} = {result}", sum_text(table, terms)),
        Edit::Product(left, right) => {
            format!("{} × {}", factor_text(table, left), factor_text(table, right))
        }
        Edit::Ratio { numerator, denominator, .. } => {
            format!("{}/{}", factor_text(table, numerator), factor_text(table, denominator))
        }
    };
    format!("{body} = {result}")
}

fn factor_text(table: &Table, terms: &Terms) -> String {
    let text = sum_text(table, terms);
    if terms.places().len() > 1 { format!("({text})") } else { text }
}

/// A sum with its figures; a long one names its first and last.
fn sum_text(table: &Table, terms: &Terms) -> String {
    let mut text = String::new();
    // Blanks count as nothing and would only be noise among the figures.
    let filled: Vec<_> =
        terms.places().filter(|(place, _)| table.datum(*place).reading != Reading::Blank).collect();
    let many = filled.len() > WRITTEN_OUT;
    for (index, (place, coefficient)) in filled.iter().enumerate() {
        if many && index == 3 {
            text.push_str(" + …");
        }
        if many && (3..filled.len() - 1).contains(&index) {
            continue;
        }
        let sign = if coefficient.is_sign_negative() { "−" } else { "+" };
        if !text.is_empty() {
            let _ = write!(text, " {sign} ");
        } else if sign == "−" {
            text.push('−');
        }
        let size = coefficient.abs();
        if size != Decimal::ONE {
            let _ = write!(text, "{}×", print_number(size, None));
        }
        text.push_str(&printed(table, *place));
    }
    if !terms.constant.is_zero() || text.is_empty() {
        // The constant of a sum over rows is the sum of those that were settled while reading.
        let joint = if text.is_empty() { "" } else { " + " };
        let _ = write!(text, "{joint}{}", print_number(terms.constant, None));
    }
    text
}

/// Addresses, with a count where there are many.
#[must_use]
pub fn cell_list(table: &Table, places: impl Iterator<Item = Place>) -> String {
    let all: Vec<String> = places.map(|place| table.address(place).to_string()).collect();
    if all.len() <= NAMED {
        return all.join(", ");
    }
    format!("{}, … {}", all[..NAMED - 1].join(", "), all[all.len() - 1])
}

/// What to do about a finding.
#[must_use]
pub fn advice(checked: &Checked, finding: &Finding, lang: Lang) -> String {
    let table = &checked.table;
    if let (Some(correction), true) =
        (&finding.correction, finding.verdict == Some(Verdict::Pinned))
    {
        let cell = table.address(correction.place);
        let value = table.print(correction.place.column, correction.to);
        let reason = reason(correction.reason, lang);
        if let Some(formula) = written_formula(checked, correction.place) {
            let action = say!(
                lang,
                "ghi vào ô {cell} công thức {formula}, kết quả {value}",
                "write {formula} into cell {cell}, which gives {value}",
                cell = cell,
                formula = formula,
                value = value,
            );
            return format!("{action} ({reason})");
        }
        let action = match correction.grade {
            Grade::Safe if finding.rule.name == "stale-result" => say!(
                lang,
                "tính lại tệp (phím F9) rồi lưu; kết quả của ô {cell} là {value}",
                "compute the workbook again (F9) and save it; cell {cell} becomes {value}",
                cell = cell,
                value = value,
            ),
            Grade::Safe => say!(
                lang,
                "sửa ô {cell} thành {value}",
                "set cell {cell} to {value}",
                cell = cell,
                value = value,
            ),
            _ => say!(
                lang,
                "xem lại ô {cell}; số phù hợp là {value}",
                "look at cell {cell}; {value} fits",
                cell = cell,
                value = value,
            ),
        };
        return format!("{action} ({reason})");
    }
    if !finding.alternatives.is_empty() {
        let sets: Vec<String> = finding
            .alternatives
            .iter()
            .take(NAMED)
            .map(|set| cell_list(table, set.iter().copied()))
            .collect();
        let more = if finding.alternatives.len() > NAMED { "; …" } else { "" };
        let sets = sets.join("; ");
        return say!(
            lang,
            "đối chiếu số gốc của ô này và của: {sets}{more}; biết số đúng thì dùng --accept Ô=SỐ",
            "compare this cell with its source, and also: {sets}{more}; with the right figure use --accept CELL=VALUE",
            sets = sets,
            more = more,
        );
    }
    if let Some((_, link)) = elsewhere(table, finding) {
        return say!(
            lang,
            "đối chiếu số gốc của ô này và của {cell}; biết số đúng thì dùng --accept Ô=SỐ",
            "compare this cell and {cell} with their source; with the right figure use --accept CELL=VALUE",
            cell = link.cell,
        );
    }
    default_advice(finding, lang)
}

/// The formula a correction writes, where it is another than the cell's own.
#[must_use]
pub fn written_formula(checked: &Checked, place: Place) -> Option<String> {
    let repair = checked.judgements.get(&place)?.repair.as_deref()?;
    let own = checked.table.datum(place).formula.as_deref();
    (own != Some(repair)).then(|| format!("={repair}"))
}

/// The figure of another table that a finding is about.
#[must_use]
pub fn elsewhere<'a>(table: &'a Table, finding: &Finding) -> Option<(&'a Across, &'a Link)> {
    let place = finding.place.filter(|_| *finding.rule == crate::rules::ACROSS_MISMATCH)?;
    table.across_mismatch(place)
}

fn default_advice(finding: &Finding, lang: Lang) -> String {
    match finding.rule.name {
        "number-as-text" => say!(
            lang,
            "chọn các ô, đổi sang kiểu số (Dữ liệu › Văn bản thành cột) để hàm SUM tính được",
            "select the cells and convert them to numbers (Data › Text to Columns) so that SUM counts them",
        ),
        "missing-decimals" => say!(
            lang,
            "đặt định dạng 0,00 cho cột; phụ lục do chương trình lập đã in đủ chữ số",
            "give the column the format 0.00; the appendix prints all decimals already",
        ),
        "unrounded-rate" => say!(
            lang,
            "dùng ROUND(…;2) hoặc định dạng 0,00 cho cột",
            "use ROUND(…,2), or give the column the format 0.00",
        ),
        "hidden-decimals" => say!(
            lang,
            "làm tròn từng số bằng ROUND trước khi tính, hoặc ghi chú dưới bảng rằng số liệu chênh lệch do làm tròn",
            "round each figure with ROUND before it is computed with, or note under the table that differences come from rounding",
        ),
        "formula-external" => say!(
            lang,
            "chép số liệu gốc vào tệp, hoặc đổi công thức thành số",
            "copy the data into the workbook, or make the formula a figure",
        ),
        "formula-reads-no-figure" => say!(
            lang,
            "đổi các ô chữ sang kiểu số rồi tính lại, hoặc sửa tham chiếu của công thức",
            "make the texts numbers and compute again, or put the references right",
        ),
        "formula-undecided" => {
            say!(lang, "tự kiểm tra công thức này", "look at this formula yourself",)
        }
        "typed-among-formulas"
        | "formula-wrong-cell"
        | "formula-wrong-sum"
        | "formula-on-rounded"
        | "formula-not-rounded"
        | "formula-circular"
        | "formula-computes-otherwise"
            if finding.severity != Severity::Error =>
        {
            say!(
                lang,
                "xem lại công thức; bản sửa thêm --suggested viết lại theo công thức đúng của cột, nếu có",
                "look at the formula; with --suggested it is written like the right ones of its column, where there are any",
            )
        }
        "repeated-unit" => say!(
            lang,
            "xem lại tên hoặc mã đơn vị; một đơn vị chỉ đứng một lần trong bảng",
            "check the name or code of the unit; a unit stands in a table once",
        ),
        "ordinal-gap" => say!(
            lang,
            "xem lại có thiếu dòng hoặc đánh số nhầm không",
            "see whether a row is missing or misnumbered",
        ),
        "doubtful-formula" => say!(
            lang,
            "đối chiếu công thức ở dòng chỉ số với biểu mẫu; các dòng của cột này chưa được soát",
            "compare the formula in the index row with the form; the rows of this column were not checked",
        ),
        "doubtful-total" => say!(
            lang,
            "cộng lại dòng này; phép cộng dọc của bảng chưa được soát",
            "add this row up again; the sums of the table were not checked",
        ),
        "uncovered-column" => say!(
            lang,
            "đối chiếu các cột này với số gốc; chương trình không phát hiện được lỗi ở đây",
            "compare these columns with their source; the program cannot see errors there",
        ),
        "contradicted-formula" => say!(
            lang,
            "sửa dòng chỉ số cho đúng biểu mẫu, hoặc chọn biểu mẫu đang áp dụng bằng --form",
            "put the index row right, or name the form in force with --form",
        ),
        _ if finding.severity == Severity::Error => say!(
            lang,
            "đối chiếu với số gốc rồi sửa; biết số đúng thì dùng --accept Ô=SỐ",
            "compare with the source and correct it; with the right figure use --accept CELL=VALUE",
        ),
        _ => say!(lang, "xem lại ô này", "look at this cell"),
    }
}

/// Why a correction has its grade.
#[must_use]
pub fn reason(reason: Reason, lang: Lang) -> String {
    match reason {
        Reason::InputsVouched => say!(
            lang,
            "tính từ các ô đã được ràng buộc khác xác nhận",
            "computed from cells that other rules confirm",
        ),
        Reason::RulesAgree(count) => say!(
            lang,
            "{count} ràng buộc độc lập cùng cho số này",
            "{count} independent rules agree in this figure",
            count = count,
        ),
        Reason::OnlyExplanation => say!(
            lang,
            "cách giải thích duy nhất với ít ô sai nhất, nhưng ít căn cứ",
            "the only explanation with the fewest wrong cells, with little support",
        ),
        Reason::FormulaProved => say!(
            lang,
            "công thức đã được kiểm chứng là tính đúng quy tắc của ô",
            "the formula is proved to compute the cell's rule",
        ),
        Reason::OneCause(0 | 1) => say!(
            lang,
            "nguyên nhân khớp với mọi phép tính của ô",
            "the cause fits everything computed with the cell",
        ),
        Reason::OneCause(count) => say!(
            lang,
            "một nguyên nhân giải thích đúng cả {count} ô",
            "one cause explains all {count} cells",
            count = count,
        ),
        Reason::OneOfSeveral => {
            say!(lang, "một trong nhiều cách giải thích", "one of several explanations",)
        }
        Reason::Accepted => say!(lang, "do người dùng quyết định", "decided by the user"),
    }
}

/// The name of a grade.
#[must_use]
pub fn grade(grade: Grade, lang: Lang) -> &'static str {
    match (grade, lang) {
        (Grade::Safe, Lang::Vi) => "an toàn",
        (Grade::Safe, Lang::En) => "safe",
        (Grade::Suggested, Lang::Vi) => "đề xuất",
        (Grade::Suggested, Lang::En) => "suggested",
        (Grade::Shown, Lang::Vi) => "chỉ nêu",
        (Grade::Shown, Lang::En) => "shown",
    }
}

/// The name of a verdict.
#[must_use]
pub fn verdict(verdict: Verdict, lang: Lang) -> &'static str {
    match (verdict, lang) {
        (Verdict::Pinned, Lang::Vi) => "xác định được ô sai",
        (Verdict::Pinned, Lang::En) => "pinned",
        (Verdict::Narrowed, Lang::Vi) => "khoanh được các ô có thể sai",
        (Verdict::Narrowed, Lang::En) => "narrowed",
        (Verdict::Undecidable, Lang::Vi) => "không xác định được",
        (Verdict::Undecidable, Lang::En) => "undecidable",
    }
}

/// The name of a severity.
#[must_use]
pub fn severity(severity: Severity, lang: Lang) -> &'static str {
    match (severity, lang) {
        (Severity::Error, Lang::Vi) => "lỗi",
        (Severity::Error, Lang::En) => "error",
        (Severity::Warning, Lang::Vi) => "cảnh báo",
        (Severity::Warning, Lang::En) => "warning",
        (Severity::Note, Lang::Vi) => "ghi chú",
        (Severity::Note, Lang::En) => "note",
    }
}

/// Why an instance could not be evaluated.
#[must_use]
pub fn undecided(reason: Undecided, lang: Lang) -> &'static str {
    match (reason, lang) {
        (Undecided::TargetBlank, Lang::Vi) => "ô tính bỏ trống",
        (Undecided::TargetBlank, Lang::En) => "the computed cell is blank",
        (Undecided::InputsBlank, Lang::Vi) => "các ô đầu vào bỏ trống",
        (Undecided::InputsBlank, Lang::En) => "the inputs are blank",
        (Undecided::Unreadable, Lang::Vi) => "có ô không phải là số",
        (Undecided::Unreadable, Lang::En) => "a cell holds no number",
        (Undecided::ZeroDenominator, Lang::Vi) => "mẫu số bằng 0",
        (Undecided::ZeroDenominator, Lang::En) => "the denominator is zero",
        (Undecided::NoScale, Lang::Vi) => "chưa rõ tỷ lệ tính theo đơn vị nào",
        (Undecided::NoScale, Lang::En) => "the scale of the ratio is not known",
        (Undecided::Misread, Lang::Vi) => "cột dùng để tính bị mất dấu chấm hàng nghìn",
        (Undecided::Misread, Lang::En) => "a column it uses lost its thousands dots",
        (Undecided::Contradicted, Lang::Vi) => {
            "phần lớn các dòng trái với công thức hoặc ràng buộc này"
        }
        (Undecided::Contradicted, Lang::En) => "most rows contradict the formula or bound",
        (Undecided::TooLarge, Lang::Vi) => "số quá lớn để tính chính xác",
        (Undecided::TooLarge, Lang::En) => "the figures are too large for exact arithmetic",
    }
}

/// The name of a kind of column.
#[must_use]
pub fn kind(kind: Kind, lang: Lang) -> &'static str {
    match (kind, lang) {
        (Kind::Text, Lang::Vi) => "chữ",
        (Kind::Text, Lang::En) => "text",
        (Kind::Count, Lang::Vi) => "số đếm",
        (Kind::Count, Lang::En) => "count",
        (Kind::Amount, Lang::Vi) => "số lượng, số tiền",
        (Kind::Amount, Lang::En) => "amount",
        (Kind::Rate, Lang::Vi) => "tỷ lệ",
        (Kind::Rate, Lang::En) => "rate",
        (Kind::Average, Lang::Vi) => "bình quân",
        (Kind::Average, Lang::En) => "average",
    }
}

/// The first letter in lower case, unless the word is written in capitals.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}
