//! Rules over rows: rows computed from other rows, units that stand twice, ordinals that skip.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::{Check, Example, Remark, Rule, Severity};
use crate::lang::Words;
use crate::relations::Concern;
use crate::say;
use crate::table::{Kind, Place, Role, Row, Table, print_number};
use crate::words::{self, fold, fold_mark};

/// R103: a row of changes or rates differs from the rows it is computed from.
pub(super) static ROW_FORMULA_MISMATCH: Rule = Rule {
    code: "R103",
    name: "row-formula-mismatch",
    severity: Severity::Error,
    title: Words {
        vi: "Dòng tăng giảm, tỷ lệ không khớp các dòng trên",
        en: "A row of changes or rates differs from the rows above",
    },
    what: Words {
        vi: "Dòng tăng/giảm, chênh lệch, tỷ lệ nằm dưới các dòng số liệu được tính lại từ hai dòng mà phần lớn các cột cho thấy là nguồn của nó.",
        en: "A row of changes, differences or rates below the figures is computed again from the two rows that most of its columns show to be its source.",
    },
    why: Words {
        vi: "Các dòng này không theo công thức của cột nên thường bị bỏ qua khi soát bằng tay.",
        en: "Such rows do not follow the column formulas and are often passed over by eye.",
    },
    safety: Words {
        vi: "An toàn khi các phép kiểm tra khác xác nhận hai dòng nguồn.",
        en: "Safe when other rules vouch for the two rows.",
    },
    message: |told| told.differs(),
    advice: |told| told.review(),
    example: Example {
        form: None,
        wrong: "Chỉ tiêu\tTổng chi\tNgoại trú\tNội trú\tKhác\nA\t1=2+3+4\t2\t3\t4\nNăm nay\t70\t20\t44\t6\nNăm trước\t60\t18\t37\t5\nTăng/giảm so với năm trước\t10\t2\t7\t1\nTỷ lệ tăng giảm\t16,67\t11,11\t18,29\t20\n",
        right: "Chỉ tiêu\tTổng chi\tNgoại trú\tNội trú\tKhác\nA\t1=2+3+4\t2\t3\t4\nNăm nay\t70\t20\t44\t6\nNăm trước\t60\t18\t37\t5\nTăng/giảm so với năm trước\t10\t2\t7\t1\nTỷ lệ tăng giảm\t16,67\t11,11\t18,92\t20\n",
    },
    check: Check::Relations(Concern::RowFormula),
};

/// R503: a unit's name or code stands twice.
pub(super) static REPEATED_UNIT: Rule = Rule {
    code: "R503",
    name: "repeated-unit",
    severity: Severity::Warning,
    title: Words {
        vi: "Tên hoặc mã đơn vị bị lặp", en: "A unit's name or code occurs twice"
    },
    what: Words {
        vi: "Trong một bảng, tên đơn vị (trong cùng nhóm) và mã đơn vị không được lặp lại.",
        en: "Within a table, a unit's name (in its group) and its code must not repeat.",
    },
    why: Words {
        vi: "Đơn vị lặp thường là dòng chép nhầm: số của một đơn vị khác bị mất.",
        en: "A repeated unit is usually a row copied by mistake, and another unit's figures are lost.",
    },
    safety: Words { vi: "Không tự sửa.", en: "Never corrected." },
    message: |told| {
        let (name, cell, others) = (told.text(), told.cell(), told.other_cells());
        say!(
            told.lang,
            "“{name}” ở ô {cell} lặp lại ở {others}",
            "“{name}” in cell {cell} occurs again in {others}",
        )
    },
    advice: |told| {
        told.advise(Words::new(
            "xem lại tên hoặc mã đơn vị; một đơn vị chỉ đứng một lần trong bảng",
            "check the name or code of the unit; a unit stands in a table once",
        ))
    },
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông Nam\t12\t3\t9\nTây Nam\t17\t2\t15\nĐông Nam\t5\t1\t4\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông Nam\t12\t3\t9\nTây Nam\t17\t2\t15\nĐông Bắc\t5\t1\t4\n",
    },
    check: Check::Remarks(|judged| repeated_units(&judged.table)),
};

fn repeated_units(table: &Table) -> Vec<Remark> {
    let printed = |column: usize| table.grid.iter().map(move |data| data[column].printed());
    let named = (0..table.columns.len()).filter(|column| names_rows(table, *column));
    let named: Vec<usize> = named.collect();
    let differ = |column: &usize| all_differ(printed(*column).map(|text| fold_mark(&text)));
    // So it is in most tables.
    if named.iter().all(differ) {
        return Vec::new();
    }
    let folded = |column: usize| printed(column).map(|text| fold(&text)).collect();
    let mut columns: Vec<(usize, Vec<String>)> =
        named.into_iter().map(|column| (column, folded(column))).collect();
    columns.retain(|(_, texts)| identifies(table, texts));
    let mut found = Vec::new();
    let numbered = !ordinals(table, false).is_empty();
    for (column, folded) in &columns {
        let is_ordinal = |row: &Row, text: &str| numbered && text == fold(&row.ordinal);
        if all_differ(folded.iter()) {
            continue;
        }
        let mut group = 0;
        // By group, line and text: the same ones stand beside each other.
        let mut named: Vec<(usize, &str, &str, usize)> = Vec::with_capacity(table.rows.len());
        for (index, row) in table.rows.iter().enumerate() {
            if row.role == Role::Run {
                continue;
            }
            if row.role != Role::Unit {
                // The same name may stand once under each heading or sum.
                group = index;
                continue;
            }
            let text = folded[index].as_str();
            // An ordinal that does not count up is told as such.
            if text.chars().filter(|c| c.is_alphanumeric()).nth(2).is_some()
                && !is_ordinal(row, text)
            {
                named.push((group, &row.line, text, index));
            }
        }
        named.sort_unstable();
        let same = named.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2));
        for same in same.filter(|same| same.len() > 1) {
            let rows: Vec<usize> = same.iter().map(|(.., row)| *row).collect();
            if is_told_apart(&columns, *column, &rows) {
                continue;
            }
            let mut places = rows.iter().map(|row| Place::new(*row, *column));
            let Some(first) = places.next() else { continue };
            found.push(Remark { others: places.collect(), ..Remark::at(&REPEATED_UNIT, first) });
        }
    }
    found
}

/// True for a column that names what its rows are about, so that no name stands there twice: units and
/// codes. Lists of assets, goods and persons repeat names, and dates name nothing.
fn names_rows(table: &Table, column: usize) -> bool {
    let described = &table.columns[column];
    if described.kind != Kind::Text {
        return false;
    }
    let heading = described.headings.last().map_or("", String::as_str);
    let is_name = || {
        let mut units =
            table.rows.iter().zip(&table.grid).filter(|(row, _)| row.role == Role::Unit);
        units.all(|(row, data)| {
            let printed = data[column].printed();
            row.name.is_empty() || *printed == *row.name || fold(&printed) == fold(&row.name)
        })
    };
    let names_unit = |row: &&Row| words::begins_with_unit(&row.name);
    let units = || table.rows.iter().filter(|row| row.role == Role::Unit);
    is_code(heading)
        || is_name()
            && (table.has_form()
                || words::names_units(heading)
                || units().filter(names_unit).count() * 2 > units().count())
}

/// Words of a heading that names codes; more make a sentence.
const CODE_WORDS: usize = 6;

/// `Mã đơn vị`, `Mã số`, but not what describes a code: `Mã hóa lý do đến khám bệnh: …`.
fn is_code(heading: &str) -> bool {
    let folded = fold(heading);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.clone().count() <= CODE_WORDS && words.clone().any(|word| word == "mã")
}

/// True where another column that names the rows tells some of them apart: one name, several codes.
fn is_told_apart(columns: &[(usize, Vec<String>)], own: usize, rows: &[usize]) -> bool {
    columns.iter().filter(|(column, _)| *column != own).any(|(_, texts)| {
        let mut of_rows: Vec<&String> = rows.iter().map(|row| &texts[*row]).collect();
        of_rows.sort_unstable();
        of_rows.dedup();
        of_rows.len() == rows.len() && of_rows.iter().all(|text| !text.is_empty())
    })
}

/// A column identifies rows when nearly all its texts, folded, differ: names and codes, not units
/// of measure or classes.
fn identifies(table: &Table, folded: &[String]) -> bool {
    let rows = table.rows.iter().zip(folded);
    let texts = rows
        .filter(|(row, text)| row.role == Role::Unit && row.line.is_empty() && !text.is_empty())
        .map(|(_, text)| text.as_str());
    let (mut count, mut distinct) = (0, HashSet::with_capacity(folded.len()));
    for text in texts {
        count += 1;
        distinct.insert(text);
    }
    count >= 3 && (count - distinct.len()) * 3 <= count
}

/// True where nothing stands there twice.
fn all_differ<T: Ord>(texts: impl Iterator<Item = T>) -> bool {
    let mut texts: Vec<T> = texts.collect();
    texts.sort_unstable();
    texts.is_sorted_by(|a, b| a < b)
}

/// R504: an ordinal skips or repeats.
pub(super) static ORDINAL_GAP: Rule = Rule {
    code: "R504",
    name: "ordinal-gap",
    severity: Severity::Warning,
    title: Words { vi: "Số thứ tự không liên tục", en: "Ordinals are not consecutive" },
    what: Words {
        vi: "Số thứ tự 1, 2, 3… của các dòng liền nhau phải tăng từng đơn vị; bắt đầu lại từ 1 ở nhóm mới là được.",
        en: "The ordinals 1, 2, 3… of neighbouring rows must go up by one; starting again at 1 in a new group is fine.",
    },
    why: Words {
        vi: "Số thứ tự nhảy cóc cho thấy có thể thiếu dòng.",
        en: "A skipped ordinal suggests a missing row.",
    },
    safety: Words { vi: "Không tự sửa.", en: "Never corrected." },
    message: |told| {
        let (name, cell) = (told.text(), told.cell());
        let wanted = told.expected.map(|value| print_number(value, None)).unwrap_or_default();
        say!(
            told.lang,
            "số thứ tự ở ô {cell} là {name}, đáng lẽ là {wanted}",
            "the ordinal in cell {cell} is {name} where {wanted} follows",
        )
    },
    advice: |told| {
        told.advise(Words::new(
            "xem lại có thiếu dòng hoặc đánh số nhầm không",
            "see whether a row is missing or misnumbered",
        ))
    },
    example: Example {
        form: None,
        wrong: "TT\tThôn\tĐầu năm\tGiảm\tCuối năm\nA\tB\t1\t2\t3=1-2\n1\tĐông Nam\t12\t3\t9\n2\tTây Nam\t17\t2\t15\n4\tĐông Bắc\t5\t1\t4\n5\tTây Bắc\t5\t1\t4\n",
        right: "TT\tThôn\tĐầu năm\tGiảm\tCuối năm\nA\tB\t1\t2\t3=1-2\n1\tĐông Nam\t12\t3\t9\n2\tTây Nam\t17\t2\t15\n3\tĐông Bắc\t5\t1\t4\n4\tTây Bắc\t5\t1\t4\n",
    },
    check: Check::Remarks(|judged| ordinal_gaps(&judged.table)),
};

/// The ordinals of a table's units, or of the rows that sum them up, by row; none where what stands there does not count up: codes such as
/// 10003, 10010 are no ordinals.
fn ordinals(table: &Table, sums: bool) -> Vec<(usize, u32)> {
    let mut ordinals: Vec<(usize, u32)> = Vec::new();
    let of_level = |row: &&Row| (row.role == Role::Subtotal) == sums;
    let rows = table.rows.iter().enumerate();
    for (index, row) in rows.filter(|(_, row)| of_level(row)) {
        if let Some(run) = &row.run {
            let ends = run.ordinals.iter();
            ordinals.extend(ends.flat_map(|(first, last)| [(index, *first), (index, *last)]));
        } else if let Ok(ordinal) = row.ordinal.trim_end_matches('.').parse() {
            // Rows under one cell merged over them share its ordinal.
            if table.grid[index].first().is_some_and(|datum| !datum.prints_nothing()) {
                ordinals.push((index, ordinal));
            }
        }
    }
    let steps = ordinals.windows(2).filter(|pair| counts_up(pair)).count();
    if ordinals.first().is_none_or(|(_, first)| *first != 1) || steps * 2 < ordinals.len() {
        ordinals.clear();
    }
    ordinals
}

/// True for neighbouring ordinals without a gap; those of settled rows have none.
fn counts_up(pair: &[(usize, u32)]) -> bool {
    pair[0].0 == pair[1].0 || pair[1].1 == pair[0].1 + 1
}

fn ordinal_gaps(table: &Table) -> Vec<Remark> {
    // Districts count on by themselves above communes that start again at 1.
    let levels = [ordinals(table, false), ordinals(table, true)];
    let mut gaps = levels.iter().flat_map(|ordinals| gaps_of(table, ordinals)).collect::<Vec<_>>();
    gaps.sort_by_key(|remark| remark.place);
    gaps
}

fn gaps_of(table: &Table, ordinals: &[(usize, u32)]) -> Vec<Remark> {
    ordinals
        .windows(2)
        .filter(|pair| !counts_up(pair) && pair[1].1 != 1)
        // The two lines of one unit share its ordinal.
        .filter(|pair| pair[1].1 != pair[0].1 || table.rows[pair[1].0].line.is_empty())
        .map(|pair| Remark {
            expected: Some(Decimal::from(pair[0].1 + 1)),
            ..Remark::at(&ORDINAL_GAP, Place::new(pair[1].0, 0))
        })
        .collect()
}

/// R508: a row of figures without a name.
pub(super) static NAMELESS_ROW: Rule = Rule {
    code: "R508",
    name: "nameless-row",
    severity: Severity::Error,
    title: Words { vi: "Dòng số liệu không có tên", en: "A row of figures has no name" },
    what: Words {
        vi: "Dòng có số nhưng ô tên đơn vị bỏ trống, hoặc ô tên bị gộp với dòng trên nên hai dòng chung một tên.",
        en: "A row has figures but the cell of its name is blank, or is merged with the one above so that two rows share a name.",
    },
    why: Words {
        vi: "Không biết số liệu là của đơn vị nào; phụ lục in ra sẽ có một dòng không tên.",
        en: "Nobody can tell whose figures they are, and the appendix would print a row without a name.",
    },
    safety: Words { vi: "Không tự sửa.", en: "Never corrected." },
    example: Example {
        form: None,
        wrong: "TT\tThôn\tĐầu năm\tGiảm\tCuối năm\nA\tB\t1\t2\t3=1-2\n1\tĐông\t12\t3\t9\n2\t\t17\t2\t15\n3\tNam\t5\t1\t4\n",
        right: "TT\tThôn\tĐầu năm\tGiảm\tCuối năm\nA\tB\t1\t2\t3=1-2\n1\tĐông\t12\t3\t9\n2\tTây\t17\t2\t15\n3\tNam\t5\t1\t4\n",
    },
    message: |told| {
        let (row, cell) = (told.table.rows[told.place.row].sheet_row + 1, told.cell());
        say!(
            told.lang,
            "dòng {row} có số liệu nhưng không có tên đơn vị (ô {cell} bỏ trống hoặc bị gộp với dòng trên)",
            "row {row} has figures but no name (cell {cell} is blank, or merged with the row above)",
        )
    },
    advice: |told| {
        told.advise(Words::new(
            "bỏ gộp ô rồi ghi tên đơn vị cho từng dòng",
            "unmerge the cells and give each row its name",
        ))
    },
    check: Check::Remarks(|judged| nameless_rows(&judged.table)),
};

fn nameless_rows(table: &Table) -> Vec<Remark> {
    let rows = table.rows.iter().enumerate().filter(|(_, row)| row.lacks_a_name());
    let remarks = rows.map(|(index, row)| {
        // The column that names the other rows.
        let prints = |column: &usize| {
            let named = table.rows.iter().zip(&table.grid).filter(|(row, _)| !row.name.is_empty());
            named.filter(|(row, data)| fold(&data[*column].printed()) == fold(&row.name)).count()
        };
        let texts = (0..table.columns.len()).filter(|c| table.columns[*c].kind == Kind::Text);
        let column = texts.rev().max_by_key(prints).unwrap_or(0);
        // Among figures that nothing marks as a unit's, a row without a name may be a reckoning.
        let severity = if !table.has_form() && row.ordinal.is_empty() {
            Severity::Warning
        } else {
            NAMELESS_ROW.severity
        };
        Remark { severity, ..Remark::at(&NAMELESS_ROW, Place::new(index, column)) }
    });
    remarks.collect()
}
