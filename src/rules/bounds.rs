//! Bounds: what every reader takes for granted. They are stated by a form, never guessed.

use rust_decimal::Decimal;

use super::{Check, Example, Ledger, Readings, Remark, Rule, Severity};
use crate::lang::Words;
use crate::relations::{Concern, Outcome, Undecided};
use crate::say;
use crate::table::{BoundKind, Kind, Place, Reading, Role, Table};
use crate::words;

/// R301: a part is larger than the whole.
pub(super) static PART_EXCEEDS_WHOLE: Rule = Rule {
    code: "R301",
    name: "part-exceeds-whole",
    severity: Severity::Error,
    title: Words {
        vi: "Bộ phận lớn hơn tổng thể", en: "A part is larger than the whole"
    },
    what: Words {
        vi: "So các số bộ phận với tổng thể mà biểu mẫu nêu, ví dụ hộ nghèo cộng hộ cận nghèo không quá tổng số hộ.",
        en: "Parts are compared with the whole the form names: poor and near-poor households are not more than all households.",
    },
    why: Words {
        vi: "Số bộ phận lớn hơn tổng thể chắc chắn có ô nhập sai.",
        en: "A part larger than the whole means that some figure was entered wrongly.",
    },
    safety: Words {
        vi: "Không tự sửa: phép kiểm tra này chỉ cho biết có ô sai, không cho biết số đúng.",
        en: "Never corrected: the bound shows that a figure is wrong, not what it should be.",
    },
    message: |told| told.stated(),
    advice: |told| told.review(),
    example: Example {
        form: Some(BOUND_FORM),
        wrong: "Thôn\tSố hộ\tNhân khẩu\tHộ nghèo\tGiảm\nA\t1\t2\t3\t4\nĐông\t36\t143\t37\t1\nTây\t42\t163\t3\t1\n",
        right: "Thôn\tSố hộ\tNhân khẩu\tHộ nghèo\tGiảm\nA\t1\t2\t3\t4\nĐông\t36\t143\t7\t1\nTây\t42\t163\t3\t1\n",
    },
    check: Check::Relations(Concern::Bound(BoundKind::Part)),
};

/// R302: more is taken away than there was.
pub(super) static REDUCTION_EXCEEDS_START: Rule = Rule {
    code: "R302",
    name: "reduction-exceeds-start",
    severity: Severity::Error,
    title: Words {
        vi: "Số giảm lớn hơn số đầu kỳ", en: "A reduction is larger than the start"
    },
    what: Words {
        vi: "So số giảm trong kỳ với số đầu kỳ mà biểu mẫu nêu.",
        en: "The reduction is compared with the start of the period the form names.",
    },
    why: Words {
        vi: "Không thể giảm nhiều hộ hơn số hộ đang có.",
        en: "No more households can leave than there are.",
    },
    safety: Words {
        vi: "Không tự sửa: không biết số giảm hay số đầu kỳ sai.",
        en: "Never corrected: either figure may be the wrong one.",
    },
    message: |told| told.stated(),
    advice: |told| told.review(),
    example: Example {
        form: Some(BOUND_FORM),
        wrong: "Thôn\tSố hộ\tNhân khẩu\tHộ nghèo\tGiảm\nA\t1\t2\t3\t4\nĐông\t36\t143\t7\t8\nTây\t42\t163\t3\t1\n",
        right: "Thôn\tSố hộ\tNhân khẩu\tHộ nghèo\tGiảm\nA\t1\t2\t3\t4\nĐông\t36\t143\t7\t2\nTây\t42\t163\t3\t1\n",
    },
    check: Check::Relations(Concern::Bound(BoundKind::Reduction)),
};

/// R303: fewer people than households.
pub(super) static FEWER_PEOPLE_THAN_HOUSEHOLDS: Rule = Rule {
    code: "R303",
    name: "fewer-people-than-households",
    severity: Severity::Error,
    title: Words {
        vi: "Số khẩu ít hơn số hộ", en: "There are fewer people than households"
    },
    what: Words {
        vi: "So số nhân khẩu với số hộ của cùng một dòng.",
        en: "The people of a row are compared with its households.",
    },
    why: Words {
        vi: "Mỗi hộ có ít nhất một người; ít khẩu hơn hộ thường do nhập nhầm cột hoặc thiếu chữ số.",
        en: "Every household has a person; fewer people usually means a wrong column or a lost digit.",
    },
    safety: Words {
        vi: "Không tự sửa: không biết số hộ hay số khẩu sai.",
        en: "Never corrected: either figure may be the wrong one.",
    },
    message: |told| told.stated(),
    advice: |told| told.review(),
    example: Example {
        form: Some(BOUND_FORM),
        wrong: "Thôn\tSố hộ\tNhân khẩu\tHộ nghèo\tGiảm\nA\t1\t2\t3\t4\nĐông\t36\t14\t7\t2\nTây\t42\t163\t3\t1\n",
        right: "Thôn\tSố hộ\tNhân khẩu\tHộ nghèo\tGiảm\nA\t1\t2\t3\t4\nĐông\t36\t143\t7\t2\nTây\t42\t163\t3\t1\n",
    },
    check: Check::Relations(Concern::Bound(BoundKind::People)),
};

/// A small form with one bound of each kind, for the examples.
const BOUND_FORM: &str = r#"
id = "example"
name = { vi = "Ví dụ", en = "Example" }
column = [
  { label = "A", kind = "text" },
  { label = "1", kind = "count" },
  { label = "2", kind = "count" },
  { label = "3", kind = "count" },
  { label = "4", kind = "count" },
]
bound = [
  { relation = "3<=1", kind = "part" },
  { relation = "4<=3", kind = "reduction" },
  { relation = "1<=2", kind = "people" },
]
"#;

/// R304: a count that is not whole.
pub(crate) static NOT_WHOLE: Rule = Rule {
    code: "R304",
    name: "not-whole",
    severity: Severity::Error,
    title: Words {
        vi: "Số lượng không phải số nguyên", en: "A count is not a whole number"
    },
    what: Words {
        vi: "Số hộ, số khẩu và các số lượng khác phải là số nguyên.",
        en: "Households, people and other counts must be whole numbers.",
    },
    why: Words {
        vi: "Số lẻ thường do dấu chấm hàng nghìn bị hiểu là dấu thập phân: gõ 1.433 mà ô giữ số 1,433.",
        en: "A fraction usually means that a thousands dot was read as a decimal point: 1.433 was typed and the cell holds 1,433.",
    },
    safety: Words {
        vi: "Chỉ sửa khi các phép kiểm tra khác cùng cho một số.",
        en: "Corrected only when other rules agree in one figure.",
    },
    message: |told| {
        if told.others.is_empty() {
            return told.stated();
        }
        let (label, cells) = (told.column(), told.cells());
        let example = told.table.datum(told.place).printed();
        say!(
            told.lang,
            "cột {label}: nhiều số lượng có phần thập phân (ví dụ {example}; các ô {cells}); có lẽ dấu chấm hàng nghìn khi gõ đã bị hiểu là dấu thập phân. Các phép kiểm tra dùng cột này chưa được soát",
            "column {label}: many counts have decimals (such as {example}; cells {cells}); the thousands dot was probably read as a decimal point when they were typed. The rules that use this column were not checked",
        )
    },
    advice: |told| told.review(),
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tNhân khẩu\tCộng\nA\t1\t2\t3=1+2\nĐông\t360\t1433,5\t1793,5\nTây\t426\t1639\t2065\nNam\t5\t7\t12\n",
        right: "Thôn\tSố hộ\tNhân khẩu\tCộng\nA\t1\t2\t3=1+2\nĐông\t360\t1433\t1793\nTây\t426\t1639\t2065\nNam\t5\t7\t12\n",
    },
    check: Check::Readings(|readings| {
        let table = readings.table;
        let mut broken = remark_counts(readings, &NOT_WHOLE, |value| !value.is_integer());
        broken.retain(|remark| !remark.place.is_some_and(|place| is_of_means(table, place)));
        let (misread, single) = broken
            .into_iter()
            .partition(|r| r.place.is_some_and(|place| is_misread(table, place.column)));
        let mut found: Vec<Remark> = single;
        found.extend(super::cells::by_column(misread));
        found
    }),
};

/// True for a row below the figures that holds their means.
fn is_of_means(table: &Table, place: Place) -> bool {
    let row = &table.rows[place.row];
    row.ordinal.is_empty() && words::names_means(&row.name)
}

/// R305: a negative count.
pub(super) static NEGATIVE: Rule = Rule {
    code: "R305",
    name: "negative-count",
    severity: Severity::Error,
    title: Words { vi: "Số lượng âm", en: "A count is negative" },
    what: Words {
        vi: "Số hộ, số khẩu mà biểu mẫu nêu là số lượng thì không được âm.",
        en: "What the form declares as a count, such as households and people, must not be negative.",
    },
    why: Words {
        vi: "Số âm cho thấy gõ nhầm dấu, hoặc số giảm lớn hơn số đầu kỳ.",
        en: "A negative count means a mistyped sign, or a reduction larger than the start.",
    },
    safety: Words {
        vi: "Chỉ sửa khi các phép kiểm tra khác cùng cho một số.",
        en: "Corrected only when other rules agree in one figure.",
    },
    message: |told| told.stated(),
    advice: |told| told.review(),
    example: Example {
        form: Some(BOUND_FORM),
        wrong: "Thôn\tSố hộ\tNhân khẩu\tHộ nghèo\tGiảm\nA\t1\t2\t3\t4\nĐông\t36\t143\t7\t-2\nTây\t42\t163\t3\t1\n",
        right: "Thôn\tSố hộ\tNhân khẩu\tHộ nghèo\tGiảm\nA\t1\t2\t3\t4\nĐông\t36\t143\t7\t2\nTây\t42\t163\t3\t1\n",
    },
    check: Check::Readings(|readings| {
        // A difference may well be negative; only a form can say that a column counts things.
        if !readings.table.has_form() {
            return Vec::new();
        }
        remark_counts(readings, &NEGATIVE, |value| value.is_sign_negative() && !value.is_zero())
    }),
};

fn remark_counts(
    readings: &Readings<'_>,
    rule: &'static Rule,
    breaks: impl Fn(Decimal) -> bool,
) -> Vec<Remark> {
    let table = readings.table;
    let broken = |reading: &Reading| matches!(reading, Reading::Number(f) if breaks(f.shown));
    let mut places = readings.with(broken);
    places.retain(|place| {
        let Place { row, column } = *place;
        table.columns[column].kind.adds_up() && table.rows[row].role != Role::Exception
    });
    if places.is_empty() {
        return Vec::new();
    }
    let counted: Vec<bool> = (0..table.columns.len()).map(|column| counts(table, column)).collect();
    places.retain(|place| counted[place.column]);
    places.into_iter().map(|place| Remark::at(rule, place)).collect()
}

/// True for a column of counts in most cells of which a spreadsheet took the dot before thousands for
/// a decimal point: 1.433 was typed and 1,433 is stored, while figures below 1000 stand as they are.
pub(super) fn is_misread(table: &Table, column: usize) -> bool {
    let kind = table.columns[column].kind;
    if !kind.adds_up() {
        return false;
    }
    let units = || table.rows.iter().zip(&table.grid).filter(|(row, _)| row.role == Role::Unit);
    let figures = || {
        units().filter_map(|(_, data)| match &data[column].reading {
            Reading::Number(figure) => Some(figure.exact()),
            _ => None,
        })
    };
    let cut = || figures().filter(|figure| !figure.is_integer());
    let count = cut().count();
    count > 1
        && (kind == Kind::Count || names_things(table, column))
        && count * 2 >= figures().count()
        && cut().all(|figure| figure.normalize().scale() <= 3)
        && figures().all(|figure| figure.abs() < Decimal::ONE_THOUSAND)
}

/// True for a column of things counted one by one, whose figures have no decimals.
pub(crate) fn counts_things(table: &Table, column: usize) -> bool {
    table.columns[column].kind == Kind::Count || names_things(table, column)
}

/// True where the heading names things that are counted.
fn names_things(table: &Table, column: usize) -> bool {
    table.columns[column].kind == Kind::Amount
        && table.columns[column].formula.is_none()
        && words::names_things(&table.columns[column].heading())
}

/// Sets aside what is computed with a column that was misread as a whole: nothing can be judged by
/// its figures, and one error for each row would tell no more.
pub(super) fn set_aside_misread(table: &Table, ledger: &mut Ledger) {
    let misread: Vec<bool> =
        (0..table.columns.len()).map(|column| is_misread(table, column)).collect();
    if !misread.contains(&true) {
        return;
    }
    for instance in &mut ledger.instances {
        if instance.cells().any(|place| misread[place.column]) {
            instance.outcome = Outcome::Undecided(Undecided::Misread);
        }
    }
}

/// Declared a count by the form; without a form, a column of which all but a few figures are
/// whole holds counts.
fn counts(table: &Table, column: usize) -> bool {
    match table.columns[column].kind {
        Kind::Count => true,
        Kind::Amount if names_things(table, column) => {
            let figures = || {
                table.grid.iter().filter_map(|row| match &row[column].reading {
                    Reading::Number(figure) => Some(figure.shown),
                    _ => None,
                })
            };
            let fractions = figures().filter(|value| !value.is_integer()).count();
            fractions * 2 < figures().count() || is_misread(table, column)
        }
        _ => false,
    }
}
