//! Rules over single cells: what cannot be read, and what is read but badly given.

use std::collections::BTreeSet;

use super::{Check, Example, Readings, Remark, Rule, Severity, Told};
use crate::judge::Judged;
use crate::lang::Words;
use crate::relations::{Instance, is_marked_out};
use crate::say;
use crate::table::{Datum, Figure, Kind, Place, Reading, Role, Table};
use crate::words::annotated_figure;
use crate::workbook::Run;

/// R401: a text where a figure belongs.
pub(crate) static UNREADABLE_NUMBER: Rule = Rule {
    code: "R401",
    name: "unreadable-number",
    severity: Severity::Error,
    title: Words {
        vi: "Ô số liệu không đọc được thành số",
        en: "A cell cannot be read as a number",
    },
    what: Words {
        vi: "Ô trong cột số liệu chứa chữ, ngày tháng hoặc ký hiệu không phải số. Số có kèm đơn vị hoặc dấu (360 hộ, 0*) vẫn được đọc để kiểm tra. Ô có chữ mà không phép kiểm tra nào dùng đến thì chỉ là cảnh báo; ngày tháng thì luôn là lỗi.",
        en: "A cell of a figure column holds words, a date or signs that are no number. A figure with its unit or a mark (360 hộ, 0*) is read through and checked all the same. A text that no rule reads is only a warning; a date is always an error.",
    },
    why: Words {
        vi: "Excel coi ô đó là 0 khi cộng (ngày tháng thì thành số mấy chục nghìn). Chương trình coi số đó là chưa biết, không ghi lỗi cho ô khác.",
        en: "A spreadsheet counts it as 0 in sums, and a date as tens of thousands. Here the figure counts as unknown, and no other cell is accused for it.",
    },
    safety: Words {
        vi: "An toàn khi ít nhất hai phép kiểm tra độc lập cùng cho một số, hoặc số được tính từ các ô đã được xác nhận; nếu không chỉ là đề xuất.",
        en: "Safe where at least two independent rules agree in one figure, or it is computed from cells that other rules confirm; else a suggestion.",
    },
    message: |told| told.no_number(),
    advice: |told| told.review(),
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3 hộ\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
    },
    check: Check::Readings(unreadable),
};

/// R402: a blank where the row has figures; found by [`super::forgotten`].
pub(crate) static BLANK_CELL: Rule = Rule {
    code: "R402",
    name: "blank-cell",
    severity: Severity::Error,
    title: Words { vi: "Ô số liệu bỏ trống", en: "A figure is missing" },
    what: Words {
        vi: "Ô bị bỏ trống mà không thể là 0: các phép kiểm tra dùng ô đó không đúng nếu coi là 0, hoặc ô phải tính theo công thức hay cộng dọc, các ô đầu vào đã có số và phần lớn các dòng đều điền. Trường hợp sau, không có biểu mẫu thì chỉ là cảnh báo. Cột để trống thay cho 0 thì không báo.",
        en: "A blank that cannot be zero: the rules that read it would be broken, or it is computed or summed while its inputs are there and most rows fill it. In the latter case without a form this is only a warning. Where a column leaves zeros blank nothing is said.",
    },
    why: Words {
        vi: "Ô trống có thể là 0 hoặc là quên điền; người nhận biểu không phân biệt được. Số quên điền được coi là chưa biết, không ghi lỗi cho ô khác.",
        en: "A blank may mean 0 or forgotten; a reader cannot tell. A forgotten figure counts as unknown, and no other cell is accused for it.",
    },
    safety: Words {
        vi: "An toàn khi ít nhất hai phép kiểm tra độc lập cùng cho một số, hoặc số được tính từ các ô đã được xác nhận; nếu không chỉ là đề xuất. Cột để trống thay cho 0 thì không điền.",
        en: "Safe where at least two independent rules agree in one figure, or it is computed from cells that other rules confirm; else a suggestion. A column that leaves zeros blank is not filled.",
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
    check: Check::Remarks(|_| Vec::new()),
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
        vi: "Ô trong cột số liệu mang giá trị lỗi như #DIV/0!, #REF!, #VALUE!. Các ô cùng cột mang cùng một lỗi, chưa biết số đúng, được báo một lần.",
        en: "A cell of a figure column holds an error such as #DIV/0!, #REF!, #VALUE!. Cells of a column with the same error and no figure to put there are told once.",
    },
    why: Words {
        vi: "Lỗi lan sang mọi công thức dùng ô đó và in nguyên ra giấy.",
        en: "It spreads to every formula that uses the cell, and is printed as it is.",
    },
    safety: Words {
        vi: "Không tự sửa, trừ khi ô là số tính được và các ô đầu vào đã được xác nhận.",
        en: "Not corrected, unless the figure is computed from cells that other rules vouch for.",
    },
    message: error_values,
    advice: |told| told.review(),
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t#REF!\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
    },
    check: Check::Readings(|readings| {
        remarks(readings, &ERROR_VALUE, |reading| matches!(reading, Reading::Error(_)))
    }),
};

fn error_values(told: &Told<'_>) -> String {
    if told.others.is_empty() {
        return told.no_number();
    }
    let (label, found, cells) =
        (told.column(), told.table.datum(told.place).printed(), told.cells());
    let count = told.others.len() + 1;
    say!(
        told.lang,
        "cột {label}: ghi “{found}”, không phải là số ({count} ô: {cells})",
        "column {label}: says “{found}”, which is no number ({count} cells: {cells})",
    )
}

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
    check: Check::Readings(|readings| {
        let mut found = remarks(
            readings,
            &NUMBER_AS_TEXT,
            |reading| matches!(reading, Reading::Number(figure) if figure.is_text),
        );
        // What is read through a unit or a mark is told as such.
        found.retain(|one| one.place.is_none_or(|place| !is_annotated(readings.table, place)));
        with_settled(readings.table, by_column(found), |run| &run.texts)
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
            .map(|column| is_rate(column).then(|| expected_decimals(table, column)))
            .collect();
        let found = by_column(remarks_on_rates(table, &MISSING_DECIMALS, |column, figure| {
            Some(figure.decimals) < usual[column]
        }));
        with_settled(table, found, |run| &run.short)
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
            outside: None,
            inferred: None,
        }
    }
}

fn remarks(
    readings: &Readings<'_>,
    rule: &'static Rule,
    breaks: impl Fn(&Reading) -> bool,
) -> Vec<Remark> {
    readings.with(breaks).into_iter().map(|place| Remark::at(rule, place)).collect()
}

/// Texts that are no figures, and figures that are read through a unit or a mark (told together for a
/// column). A date never belongs among figures; where no rule reads the cell another text may be
/// what belongs there.
fn unreadable(readings: &Readings<'_>) -> Vec<Remark> {
    let table = readings.table;
    let texts = |reading: &Reading| matches!(reading, Reading::Text(_));
    let mut found = remarks(readings, &UNREADABLE_NUMBER, texts);
    found.retain(|remark| !remark.place.is_some_and(|place| is_marked_out(table, place)));
    if !found.is_empty() {
        let read: BTreeSet<Place> = readings.instances.iter().flat_map(Instance::cells).collect();
        let figure = |place: Place| read.contains(&place) || table.holds_date(place);
        for remark in &mut found {
            let is_figure = remark.place.is_none_or(figure);
            remark.severity = if is_figure { Severity::Error } else { Severity::Warning };
        }
    }
    let written = |reading: &Reading| matches!(reading, Reading::Number(figure) if figure.is_text);
    let mut through = remarks(readings, &UNREADABLE_NUMBER, written);
    through.retain(|remark| remark.place.is_some_and(|place| is_annotated(table, place)));
    for remark in &mut through {
        remark.expected = remark.place.and_then(|place| table.number(place));
    }
    found.extend(by_column(through));
    found
}

/// True for a figure that is read through its unit or a mark.
fn is_annotated(table: &Table, place: Place) -> bool {
    annotated_figure(&table.datum(place).printed()).is_some()
}

/// Remarks on the figures of rates, which are judged by their column.
fn remarks_on_rates(
    table: &Table,
    rule: &'static Rule,
    breaks: impl Fn(usize, &Figure) -> bool,
) -> Vec<Remark> {
    let breaks = |datum: &Datum, column| match &datum.reading {
        Reading::Number(figure) => breaks(column, figure),
        _ => false,
    };
    let places = table.places_of(|kind| kind == Kind::Rate, breaks);
    places.into_iter().map(|place| Remark::at(rule, place)).collect()
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

/// The decimals that a column is expected to print: those the form states, else those of most of its figures.
/// Exports trim trailing zeros, so a few longer figures set no rule for the others.
fn expected_decimals(table: &Table, column: usize) -> u32 {
    let wanted = table.columns[column].decimals.unwrap_or(0);
    let figures = || {
        let kept = table.rows.iter().zip(&table.grid).filter(|(row, _)| row.role != Role::Run);
        kept.filter_map(|(_, data)| match &data[column].reading {
            Reading::Number(figure) => Some(figure.decimals),
            _ => None,
        })
    };
    let short = of_settled(table, column, |run| &run.short);
    let settled = table.rows.iter().filter_map(|row| Some(row.run.as_ref()?.rows as usize));
    let settled: usize = settled.sum();
    let long = figures().filter(|decimals| *decimals >= wanted).count() + settled - short;
    let most = long * 2 > figures().count() + settled;
    if table.columns[column].decimals_stated || most { wanted } else { 0 }
}

/// Remarks on columns with the cells of settled rows that they are about as well.
fn with_settled(
    table: &Table,
    mut found: Vec<Remark>,
    counted: impl Fn(&Run) -> &Vec<(u32, usize)>,
) -> Vec<Remark> {
    for remark in &mut found {
        remark.more = remark.place.map_or(0, |place| of_settled(table, place.column, &counted));
    }
    found
}

/// How many cells of a column in settled rows are counted as something.
fn of_settled(table: &Table, column: usize, counted: impl Fn(&Run) -> &Vec<(u32, usize)>) -> usize {
    let column = table.columns[column].sheet_column;
    let runs = table.rows.iter().filter_map(|row| row.run.as_ref());
    runs.flat_map(|run| counted(run)).filter(|(own, _)| *own == column).map(|(_, n)| n).sum()
}
