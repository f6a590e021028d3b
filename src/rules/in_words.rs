//! Amounts in words at the foot of a table.

use rust_decimal::Decimal;

use super::told::Told;
use super::{Check, Example, Remark, Rule, Severity};
use crate::judge::Judged;
use crate::lang::Words;
use crate::say;
use crate::table::{Kind, Place, Reading, Role, Table, WrittenAmount, print_number};
use crate::words::{is_total, money_unit, names_money, numerals};

/// R204: an amount in words differs from its figure.
pub(super) static AMOUNT_IN_WORDS: Rule = Rule {
    code: "R204",
    name: "amount-in-words",
    severity: Severity::Error,
    title: Words {
        vi: "Số tiền bằng chữ khác số ghi bằng số",
        en: "An amount in words differs from its figure",
    },
    what: Words {
        vi: "Đọc số viết bằng chữ ở cuối bảng (“Bằng chữ: …”) rồi so với số ở cùng dòng, hoặc với số tiền ở dòng tổng. Là lỗi khi chỉ có một số để so; có nhiều số mà không số nào bằng thì là cảnh báo. Chữ đọc được hai cách thì không kết luận.",
        en: "The number words at the foot of the table (`Bằng chữ: …`) are read and compared with the figure beside them, or with the money of the total row. An error where there is only one figure to compare with; where there are several and none is equal, a warning. Words that can be read in two ways are not judged.",
    },
    why: Words {
        vi: "Chứng từ và quyết định lấy số bằng chữ làm chuẩn khi hai số khác nhau.",
        en: "Where the two differ, the words are what a voucher or decision is held to.",
    },
    safety: Words {
        vi: "Không tự sửa: không biết chữ sai hay số sai.",
        en: "Never corrected: either may be wrong.",
    },
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tSố người\tSố tiền (đồng)\nA\t1\t2\t3\nĐông\t3\t9\t1.500.000\nTây\t5\t12\t2.100.000\nTổng cộng\t8\t21\t3.600.000\nBằng chữ: bốn triệu đồng\n",
        right: "Thôn\tSố hộ\tSố người\tSố tiền (đồng)\nA\t1\t2\t3\nĐông\t3\t9\t1.500.000\nTây\t5\t12\t2.100.000\nTổng cộng\t8\t21\t3.600.000\nBằng chữ: ba triệu sáu trăm nghìn đồng\n",
    },
    message,
    advice: |told| {
        told.advise(Words::new(
            "đối chiếu số bằng chữ với số bằng số, sửa chỗ sai",
            "compare the words with the figure, and correct the one that is wrong",
        ))
    },
    check: Check::Remarks(|Judged { table, .. }| {
        table.surroundings.amounts.iter().filter_map(|amount| compare(table, amount)).collect()
    }),
};

fn message(told: &Told<'_>) -> String {
    let (cell, (words, figures)) = (told.cell(), told.found_and_wanted());
    let Some(amount) = numerals::amount(words) else {
        return say!(
            told.lang,
            "ô {cell}: số tiền bằng chữ “{words}” có thể hiểu nhiều cách nên không đối chiếu được",
            "cell {cell}: the amount in words “{words}” can be read in several ways, so it is not compared",
        );
    };
    let value = print_number(amount.value.normalize(), None);
    match told.severity {
        Severity::Note => say!(
            told.lang,
            "ô {cell}: không rõ số tiền bằng chữ “{words}” ({value}) ứng với số nào nên không đối chiếu",
            "cell {cell}: which figure the words “{words}” ({value}) repeat is not clear, so they are not compared",
        ),
        Severity::Warning => say!(
            told.lang,
            "ô {cell}: số tiền bằng chữ “{words}” là {value}, không bằng số nào trong các số {figures}",
            "cell {cell}: the words “{words}” say {value}, which is none of {figures}",
        ),
        Severity::Error => say!(
            told.lang,
            "ô {cell}: số tiền bằng chữ “{words}” là {value}, nhưng số ghi bằng số là {figures}",
            "cell {cell}: the words “{words}” say {value}, but the figure is {figures}",
        ),
    }
}

/// Units of measure that figures stand in where nothing names one.
const UNITS: [u32; 4] = [1, 1000, 1_000_000, 1_000_000_000];

fn compare(table: &Table, written: &WrittenAmount) -> Option<Remark> {
    let remark = |severity, expected: Option<Decimal>, figures: &[Decimal]| Remark {
        place: None,
        outside: Some(written.cell),
        severity,
        expected,
        texts: Some((
            written.words.clone(),
            figures.iter().map(|f| print_number(*f, None)).collect::<Vec<_>>().join("; "),
        )),
        ..Remark::at(&AMOUNT_IN_WORDS, Place::new(0, 0))
    };
    let (mut figures, units) = figures(table, written);
    figures.retain(|figure| !figure.is_zero());
    figures.sort_unstable();
    figures.dedup();
    let Some(amount) = numerals::amount(&written.words) else {
        return Some(remark(Severity::Note, None, &figures));
    };
    let value = amount.value;
    let is_equal = |figure: &Decimal| {
        let mut units = units.iter().filter_map(|unit| figure.checked_mul(Decimal::from(*unit)));
        units.any(|figure| figure == value)
    };
    let in_totals = || totals(table).any(|figure| is_equal(&figure));
    if figures.iter().any(is_equal) || written.above.iter().any(is_equal) || in_totals() {
        return None;
    }
    match figures.as_slice() {
        [] => Some(remark(Severity::Note, None, &[])),
        [figure] if written.above.is_empty() || !written.beside.is_empty() => {
            Some(remark(Severity::Error, Some(*figure), &figures))
        }
        _ => Some(remark(Severity::Warning, None, &figures)),
    }
}

/// The figures of all rows of totals.
fn totals(table: &Table) -> impl Iterator<Item = Decimal> + '_ {
    let rows = (0..table.rows.len()).filter(|row| is_sum(table, *row));
    let columns = 0..table.columns.len();
    rows.flat_map(move |row| columns.clone().map(move |column| Place::new(row, column)))
        .filter_map(|place| table.number(place))
}

fn is_sum(table: &Table, row: usize) -> bool {
    let row = &table.rows[row];
    row.role == Role::Total || is_total(&row.name)
}

/// The figures that words may repeat, and the units they may stand in: what stands beside them, else
/// the money of the total row, else all that the total row adds up.
fn figures(table: &Table, written: &WrittenAmount) -> (Vec<Decimal>, Vec<u32>) {
    let unit = |text: &str| money_unit(text);
    let stated = table.surroundings.unit_line.as_deref().and_then(unit);
    let units = |unit: Option<u32>| unit.map_or_else(|| UNITS.to_vec(), |unit| vec![unit]);
    if !written.beside.is_empty() {
        // Beside the words the amount is written out; in a row of the table it stands in its unit.
        let both = stated.into_iter().chain([1]).collect();
        return (written.beside.clone(), both);
    }
    let Some(total) = (0..table.rows.len()).rev().find(|row| is_sum(table, *row)) else {
        return (Vec::new(), Vec::new());
    };
    let columns: Vec<usize> = (0..table.columns.len())
        .filter(|column| matches!(table.columns[*column].kind, Kind::Count | Kind::Amount))
        .filter(|column| {
            matches!(table.datum(Place::new(total, *column)).reading, Reading::Number(_))
        })
        .collect();
    let money: Vec<usize> = columns
        .iter()
        .copied()
        .filter(|column| names_money(&table.columns[*column].heading()))
        .collect();
    let columns = if money.is_empty() { columns } else { money };
    let own = columns.iter().find_map(|column| unit(&table.columns[*column].heading()));
    let figures = columns.iter().filter_map(|column| table.number(Place::new(total, *column)));
    (figures.collect(), units(own.or(stated)))
}
