//! Rules over single cells: what cannot be read, and what is read but badly given.

use std::collections::BTreeSet;

use super::{Check, Example, Remark, Rule, Severity};
use crate::judge::Judged;
use crate::lang::Words;
use crate::relations::{Concern, Instance};
use crate::say;
use crate::table::{Figure, Kind, Place, Reading, Role, Table};

/// R401: a text where a figure belongs.
pub(super) static UNREADABLE_NUMBER: Rule = Rule {
    code: "R401",
    name: "unreadable-number",
    severity: Severity::Error,
    title: Words {
        vi: "Ô số liệu không đọc được thành số",
        en: "A cell cannot be read as a number",
    },
    what: Words {
        vi: "Ô trong cột số liệu chứa chữ, ngày tháng hoặc ký hiệu không phải số. Nếu không ràng buộc nào dùng ô đó thì chỉ là cảnh báo.",
        en: "A cell of a figure column holds words, a date or signs that are no number. Where no rule reads the cell this is only a warning.",
    },
    why: Words {
        vi: "Ràng buộc nào dùng ô này cũng không kiểm tra được, và Excel coi ô đó là 0 khi cộng.",
        en: "No rule that uses the cell can be checked, and a spreadsheet counts it as 0 in sums.",
    },
    safety: Words {
        vi: "Không tự sửa, trừ khi ô là số tính được và các ô đầu vào đã được xác nhận.",
        en: "Not corrected, unless the figure is computed from cells that other rules vouch for.",
    },
    message: |told| told.no_number(),
    advice: |told| told.review(),
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3 hộ\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
    },
    check: Check::Outcomes(|table, instances| {
        let mut found =
            remarks(table, &UNREADABLE_NUMBER, |reading| matches!(reading, Reading::Text(_)));
        if !found.is_empty() {
            // Where no rule reads the cell, a text may be what belongs there.
            let read: BTreeSet<Place> = instances.iter().flat_map(Instance::cells).collect();
            for remark in &mut found {
                let is_read = remark.place.is_none_or(|place| read.contains(&place));
                remark.severity = if is_read { Severity::Error } else { Severity::Warning };
            }
        }
        found
    }),
};

/// R402: a blank where the row has figures.
pub(super) static BLANK_CELL: Rule = Rule {
    code: "R402",
    name: "blank-cell",
    severity: Severity::Error,
    title: Words { vi: "Ô số liệu bỏ trống", en: "A figure is missing" },
    what: Words {
        vi: "Ô phải tính theo công thức hoặc cộng dọc bị bỏ trống, trong khi các ô đầu vào đã có số và phần lớn các dòng đều điền. Không có biểu mẫu thì chỉ là cảnh báo.",
        en: "A cell that is computed or summed is blank although its inputs are there and most rows fill it. Without a form this is only a warning.",
    },
    why: Words {
        vi: "Ô trống có thể là 0 hoặc là quên điền; người nhận biểu không phân biệt được.",
        en: "A blank may mean 0 or forgotten; a reader cannot tell.",
    },
    safety: Words {
        vi: "Chỉ nêu số tính được; người lập biểu quyết định.",
        en: "The computed figure is shown; its author decides.",
    },
    message: |told| {
        let position = told.position();
        told.with_expected(say!(told.lang, "{position}: bỏ trống", "{position}: blank"))
    },
    advice: |told| told.review(),
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
    },
    check: Check::Outcomes(blanks),
};

/// R403: an error value.
pub(crate) static ERROR_VALUE: Rule = Rule {
    code: "R403",
    name: "error-value",
    severity: Severity::Error,
    title: Words {
        vi: "Ô mang giá trị lỗi của Excel", en: "A cell holds a spreadsheet error"
    },
    what: Words {
        vi: "Ô trong cột số liệu mang giá trị lỗi như #DIV/0!, #REF!, #VALUE!.",
        en: "A cell of a figure column holds an error such as #DIV/0!, #REF!, #VALUE!.",
    },
    why: Words {
        vi: "Lỗi lan sang mọi công thức dùng ô đó và in nguyên ra giấy.",
        en: "It spreads to every formula that uses the cell, and is printed as it is.",
    },
    safety: Words {
        vi: "Không tự sửa, trừ khi ô là số tính được và các ô đầu vào đã được xác nhận.",
        en: "Not corrected, unless the figure is computed from cells that other rules vouch for.",
    },
    message: |told| told.no_number(),
    advice: |told| told.review(),
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t#REF!\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
    },
    check: Check::Remarks(|Judged { table, .. }| {
        remarks(table, &ERROR_VALUE, |reading| matches!(reading, Reading::Error(_)))
    }),
};

/// R404: numbers stored as text, told once a column.
pub(super) static NUMBER_AS_TEXT: Rule = Rule {
    code: "R404",
    name: "number-as-text",
    severity: Severity::Warning,
    title: Words {
        vi: "Số được lưu dưới dạng chữ", en: "Numbers are stored as text"
    },
    what: Words {
        vi: "Ô chứa chữ đọc được thành số. Báo một lần cho mỗi cột.",
        en: "Cells hold text that reads as a number. Told once for each column.",
    },
    why: Words {
        vi: "Hàm SUM của Excel bỏ qua các ô này, nên tổng tính bằng công thức sẽ thiếu.",
        en: "SUM passes such cells over, so totals made by formulas come out too small.",
    },
    safety: Words {
        vi: "Giá trị không sai nên không sửa; ô nào phải sửa vì lý do khác thì được ghi lại thành số.",
        en: "The values are not wrong and are left; a cell corrected for another reason becomes a number.",
    },
    message: |told| told.counted(),
    advice: |told| {
        told.advise(Words::new(
            "chọn các ô, đổi sang kiểu số (Dữ liệu › Văn bản thành cột) để hàm SUM tính được",
            "select the cells and convert them to numbers (Data › Text to Columns) so that SUM counts them",
        ))
    },
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t'12\t3\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
    },
    check: Check::Remarks(|Judged { table, .. }| {
        by_column(remarks(
            table,
            &NUMBER_AS_TEXT,
            |reading| matches!(reading, Reading::Number(figure) if figure.is_text),
        ))
    }),
};

/// R405: rates printed without their decimals, told once a column.
pub(crate) static MISSING_DECIMALS: Rule = Rule {
    code: "R405",
    name: "missing-decimals",
    severity: Severity::Note,
    title: Words {
        vi: "Tỷ lệ in thiếu chữ số thập phân",
        en: "Rates are printed without their decimals",
    },
    what: Words {
        vi: "Tỷ lệ đúng về giá trị nhưng in ít chữ số thập phân hơn quy định của biểu hoặc của cột (0,7 thay vì 0,70). Báo một lần cho mỗi cột.",
        en: "A rate has the right value but fewer decimals than the form or the column (0,7 for 0,70). Told once for each column.",
    },
    why: Words {
        vi: "Trên giấy, 0,7 và 0,70 không thể hiện cùng một độ chính xác.",
        en: "On paper 0,7 and 0,70 do not claim the same precision.",
    },
    safety: Words {
        vi: "Chỉ là cách trình bày; phụ lục do chương trình lập in đủ chữ số.",
        en: "Presentation only; the appendix prints all decimals.",
    },
    message: |told| told.counted(),
    advice: |told| {
        told.advise(Words::new(
            "đặt định dạng 0,00 cho cột; phụ lục do chương trình lập đã in đủ chữ số",
            "give the column the format 0.00; the appendix prints all decimals already",
        ))
    },
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t426\t3\t0,7\nTây\t690\t17\t2,46\nNam\t360\t5\t1,39\n",
        right: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t426\t3\t0,70\nTây\t690\t17\t2,46\nNam\t360\t5\t1,39\n",
    },
    check: Check::Remarks(|Judged { table, .. }| {
        let is_rate = |column: usize| table.columns[column].kind == Kind::Rate;
        let usual: Vec<Option<u32>> = (0..table.columns.len())
            .map(|column| is_rate(column).then(|| usual_decimals(table, column)))
            .collect();
        let mut found = by_column(remarks_on_rates(table, &MISSING_DECIMALS, |column, figure| {
            Some(figure.decimals) < usual[column]
        }));
        for remark in &mut found {
            remark.more = remark.place.map_or(0, |place| settled_short(table, place.column));
        }
        found
    }),
};

/// R406: rates kept with more decimals than they are judged by, told once a column.
pub(super) static UNROUNDED_RATE: Rule = Rule {
    code: "R406",
    name: "unrounded-rate",
    severity: Severity::Warning,
    title: Words { vi: "Tỷ lệ chưa được làm tròn", en: "Rates are not rounded" },
    what: Words {
        vi: "Ô hiển thị nhiều chữ số thập phân hơn quy định của biểu hoặc của cột. Báo một lần cho mỗi cột.",
        en: "A cell shows more decimals than the form or the column. Told once for each column.",
    },
    why: Words {
        vi: "Số in ra dài và không thống nhất; tính tiếp từ các ô này cho kết quả khác số trên giấy.",
        en: "It prints long and uneven, and what is computed from it differs from the paper.",
    },
    safety: Words {
        vi: "Giá trị không sai nên không tự sửa.",
        en: "The value is not wrong and is left as it is.",
    },
    message: |told| told.counted(),
    advice: |told| {
        told.advise(Words::new(
            "dùng ROUND(…;2) hoặc định dạng 0,00 cho cột",
            "use ROUND(…,2), or give the column the format 0.00",
        ))
    },
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t426\t3\t0,704225352112676\nTây\t690\t17\t2,46\nNam\t360\t5\t1,39\n",
        right: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t426\t3\t0,70\nTây\t690\t17\t2,46\nNam\t360\t5\t1,39\n",
    },
    check: Check::Remarks(|Judged { table, .. }| {
        by_column(remarks_on_rates(table, &UNROUNDED_RATE, |column, figure| {
            let column = &table.columns[column];
            // Exports trim trailing zeros, so 375,2 and 50 above it do not make 4,34 unrounded.
            let usual = match column.decimals {
                Some(decimals) if !column.decimals_stated => decimals.max(CUSTOMARY_DECIMALS),
                stated => stated.unwrap_or(u32::MAX),
            };
            figure.shown.scale() > usual
        }))
    }),
};

/// Decimals that rates of official tables are printed with by custom; no regulation sets them.
const CUSTOMARY_DECIMALS: u32 = 2;

impl Remark {
    /// A remark on one cell.
    pub(super) fn at(rule: &'static Rule, place: Place) -> Self {
        Self {
            rule,
            place: Some(place),
            others: Vec::new(),
            severity: rule.severity,
            expected: None,
            texts: None,
            more: 0,
        }
    }
}

fn remarks(table: &Table, rule: &'static Rule, breaks: impl Fn(&Reading) -> bool) -> Vec<Remark> {
    table.places_with(breaks).into_iter().map(|place| Remark::at(rule, place)).collect()
}

/// Remarks on the figures of rates, which are judged by their column.
fn remarks_on_rates(
    table: &Table,
    rule: &'static Rule,
    breaks: impl Fn(usize, &Figure) -> bool,
) -> Vec<Remark> {
    let columns = 0..table.columns.len();
    let rates: Vec<usize> =
        columns.filter(|column| table.columns[*column].kind == Kind::Rate).collect();
    let rows = (0..table.rows.len()).filter(|row| !table.rows[*row].holds_no_cells());
    rows.flat_map(|row| rates.iter().map(move |column| Place::new(row, *column)))
        .filter(|place| table.figure(*place).is_some_and(|figure| breaks(place.column, figure)))
        .map(|place| Remark::at(rule, place))
        .collect()
}

/// Joins remarks of one column into one that names the first cell and keeps the others.
pub(super) fn by_column(remarks: Vec<Remark>) -> Vec<Remark> {
    let mut joined: Vec<Remark> = Vec::new();
    for remark in remarks {
        let same = |known: &&mut Remark| {
            known.place.map(|place| place.column) == remark.place.map(|place| place.column)
        };
        match joined.iter_mut().find(same) {
            Some(known) => known.others.extend(remark.place),
            None => joined.push(remark),
        }
    }
    joined
}

/// The decimals a column prints: those the form states, else those of most of its figures.
/// Exports trim trailing zeros, so a few longer figures set no rule for the others.
fn usual_decimals(table: &Table, column: usize) -> u32 {
    let wanted = table.columns[column].decimals.unwrap_or(0);
    let figures = || {
        let kept = table.rows.iter().zip(&table.grid).filter(|(row, _)| row.role != Role::Run);
        kept.filter_map(|(_, data)| match &data[column].reading {
            Reading::Number(figure) => Some(figure.decimals),
            _ => None,
        })
    };
    let short = settled_short(table, column);
    let settled = table.rows.iter().filter_map(|row| Some(row.run.as_ref()?.rows as usize));
    let settled: usize = settled.sum();
    let long = figures().filter(|decimals| *decimals >= wanted).count() + settled - short;
    let most = long * 2 > figures().count() + settled;
    if table.columns[column].decimals_stated || most { wanted } else { 0 }
}

/// Figures of settled rows that print fewer decimals than their column has.
fn settled_short(table: &Table, column: usize) -> usize {
    let column = table.columns[column].sheet_column;
    let runs = table.rows.iter().filter_map(|row| row.run.as_ref());
    runs.flat_map(|run| &run.short).filter(|(short, _)| *short == column).map(|(_, n)| n).sum()
}

/// Computed cells that are blank although a figure can be computed and most of the column is
/// filled. Totals leave rates and sums blank by habit, so there the column decides nothing.
fn blanks(table: &Table, instances: &[Instance]) -> Vec<Remark> {
    let computes = |concern: Concern| {
        matches!(concern, Concern::Rate | Concern::Formula | Concern::Sum | Concern::TotalRate)
    };
    let mut found: Vec<Remark> = Vec::new();
    for instance in instances {
        let place = instance.target;
        if table.datum(place).reading == Reading::Blank
            && instance.expected.is_some()
            && computes(instance.concern)
            && is_mostly_filled(table, place.column)
        {
            let severity =
                if table.form == "index-row" { Severity::Warning } else { BLANK_CELL.severity };
            let expected = instance.expected;
            found.push(Remark { severity, expected, ..Remark::at(&BLANK_CELL, place) });
        }
    }
    // Of several rules that compute a cell the first tells its figure.
    found.sort_by_key(|remark| remark.place);
    found.dedup_by_key(|remark| remark.place);
    found
}

fn is_mostly_filled(table: &Table, column: usize) -> bool {
    let filled = table.grid.iter().filter(|row| row[column].reading != Reading::Blank).count();
    filled * 2 > table.grid.len()
}
