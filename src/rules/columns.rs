//! Rules over the headings: what the table prints against what its form states.

use super::{Check, Example, Ledger, Remark, Rule, Severity};
use crate::judge::Judged;
use crate::lang::Words;
use crate::relations::{self, Axis, Instance, Outcome, Relation, Source, Undecided};
use crate::say;
use crate::table::{Kind, Misheaded, Place, Role, Table};

/// R501: the index row prints another formula than the form.
pub(super) static CONTRADICTED_FORMULA: Rule = Rule {
    code: "R501",
    name: "contradicted-formula",
    severity: Severity::Warning,
    title: Words {
        vi: "Công thức in trên biểu trái với biểu mẫu",
        en: "A printed formula contradicts the form",
    },
    what: Words {
        vi: "So công thức in ở dòng chỉ số cột với công thức của biểu mẫu. Số liệu được soát theo biểu mẫu.",
        en: "The formula in the index row is compared with the form's. Figures are checked by the form.",
    },
    why: Words {
        vi: "Người lập biểu tính theo công thức in trên biểu; in sai thì cả cột tính sai.",
        en: "Whoever fills the table computes by the printed formula; if it is wrong, so is the column.",
    },
    safety: Words {
        vi: "Không tự sửa: phải xem biểu mẫu nào đang được áp dụng.",
        en: "Never corrected: somebody must see which form is in force.",
    },
    message: |told| {
        let (label, (found, wanted)) = (told.column(), told.found_and_wanted());
        say!(
            told.lang,
            "cột {label}: dòng chỉ số in `{found}` nhưng biểu mẫu quy định `{wanted}`",
            "column {label}: the index row prints `{found}` but the form states `{wanted}`",
        )
    },
    advice: |told| {
        told.advise(Words::new(
            "sửa dòng chỉ số cho đúng biểu mẫu, hoặc soát theo biểu mẫu khác đang áp dụng",
            "put the index row right, or check by another form that is in force",
        ))
    },
    example: Example {
        form: Some(
            r#"
id = "example"
name = { vi = "Ví dụ", en = "Example" }
column = [
  { label = "A", kind = "text" },
  { label = "1", kind = "count" },
  { label = "2", kind = "count" },
  { label = "3", kind = "count", formula = "1-2" },
]
"#,
        ),
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1+2\nĐông\t12\t3\t9\nTây\t17\t2\t15\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\n",
    },
    check: Check::Remarks(|Judged { table, .. }| {
        table
            .contradictions
            .iter()
            .map(|(column, printed, stated)| Remark {
                rule: &CONTRADICTED_FORMULA,
                place: None,
                others: vec![Place::new(0, *column)],
                severity: CONTRADICTED_FORMULA.severity,
                expected: None,
                texts: Some((printed.clone(), stated.clone())),
                more: 0,
                outside: None,
                inferred: None,
            })
            .collect()
    }),
};

/// R502: most rows contradict a printed formula.
pub(crate) static DOUBTFUL_FORMULA: Rule = Rule {
    code: "R502",
    name: "doubtful-formula",
    severity: Severity::Error,
    title: Words {
        vi: "Phần lớn các dòng trái với công thức in trên biểu, hoặc với phép kiểm tra của biểu mẫu",
        en: "Most rows contradict a printed formula, or a bound of the form",
    },
    what: Words {
        vi: "Khi phần lớn các dòng không theo công thức in ở dòng chỉ số (hoặc trái với phép kiểm tra lớn hơn, nhỏ hơn của biểu mẫu), chương trình báo một lần cho cả cột và không coi đó là phép kiểm tra.",
        en: "Where most rows do not follow the formula in the index row (or contradict a bound of the form), the column is told once and nothing is demanded of its rows.",
    },
    why: Words {
        vi: "Hoặc tiêu đề in sai, hoặc cả cột tính sai; báo từng dòng thì không giúp được gì.",
        en: "Either the heading is misprinted or the whole column is wrong; an error a row would not help.",
    },
    safety: Words { vi: "Không tự sửa.", en: "Never corrected." },
    message: |told| {
        let (label, (found, wanted)) = (told.column(), told.found_and_wanted());
        if told.table.bounds.iter().any(|bound| *bound.text == *found) {
            return say!(
                told.lang,
                "phần lớn các dòng ({wanted}) trái với phép kiểm tra `{found}` của biểu mẫu; có cột trong đó chưa điền hoặc điền sai, hoặc biểu mẫu không hợp với bảng này",
                "most rows ({wanted}) contradict the bound `{found}` of the form; either one of its columns is unfilled or wrong, or the form does not suit this table",
            );
        }
        if wanted.is_empty() {
            return say!(
                told.lang,
                "cột {label}: các dòng không cùng theo công thức `{found}` với một hệ số nào (thương số, phần trăm, phần nghìn); công thức in sai, hoặc cả cột tính theo cách khác",
                "column {label}: the rows do not follow the formula `{found}` in one scale (a quotient, per cent, per mille); either it is misprinted or the whole column was computed another way",
            );
        }
        say!(
            told.lang,
            "cột {label}: phần lớn các dòng ({wanted}) không theo công thức `{found}` in ở dòng chỉ số; công thức in sai, hoặc cả cột tính theo cách khác",
            "column {label}: most rows ({wanted}) do not follow the formula `{found}` in the index row; either it is misprinted or the whole column was computed another way",
        )
    },
    advice: |told| {
        told.advise(Words::new(
            "đối chiếu công thức ở dòng chỉ số với biểu mẫu; các dòng của cột này chưa được soát",
            "compare the formula in the index row with the form; the rows of this column were not checked",
        ))
    },
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1+2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\nBắc\t8\t2\t6\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\nBắc\t8\t2\t6\n",
    },
    // Only the outcomes of all rows tell; see `set_aside_contradicted`.
    check: Check::Remarks(|_| Vec::new()),
};

/// Fewer contradicting rows than this may be errors, whatever the share.
const MIN_CONTRADICTED: usize = 3;

/// Finds printed formulas that most rows contradict, sets their instances aside as undecided, and
/// remarks on each once.
pub(super) fn set_aside_contradicted(judged: &Judged, ledger: &mut Ledger) {
    let Judged { table, relations, .. } = judged;
    set_aside_contradicted_bounds(table, ledger);
    for (index, relation) in relations.iter().enumerate() {
        if relation.source != Source::Printed || !relation.computes_column() {
            continue;
        }
        let concerned = |instance: &Instance| instance.relation() == index;
        // Rows of zeros fit every formula and speak for none.
        let telling = |instance: &&Instance| {
            concerned(instance) && instance.expected().is_some_and(|value| !value.is_zero())
        };
        let count = |outcome: Outcome| {
            ledger.instances.iter().filter(|i| i.outcome == outcome).filter(telling).count()
        };
        let settled = table.row_count() - table.rows.len();
        let (held, broken) = (count(Outcome::Satisfied) + settled, count(Outcome::Violated));
        let scaleless = ledger
            .instances
            .iter()
            .filter(|i| concerned(i) && i.outcome == Outcome::Undecided(Undecided::NoScale))
            .filter(|i| table.number(i.target()).is_some_and(|value| !value.is_zero()))
            .count();
        let contradicted = broken >= MIN_CONTRADICTED && broken > held;
        if !contradicted && scaleless < MIN_CONTRADICTED {
            continue;
        }
        // Nor does it tell what belongs into a blank.
        let is_rule = |outcome: &Outcome| {
            matches!(outcome, Outcome::Satisfied | Outcome::Undecided(Undecided::NoScale))
        };
        for instance in ledger.instances.iter_mut().filter(|i| concerned(i)) {
            if !is_rule(&instance.outcome) {
                instance.outcome = Outcome::Undecided(Undecided::Contradicted);
            }
        }
        let rows = if contradicted { format!("{broken}/{}", broken + held) } else { String::new() };
        ledger.remarks.push(Remark {
            rule: &DOUBTFUL_FORMULA,
            place: None,
            others: vec![Place::new(0, relation.target)],
            severity: DOUBTFUL_FORMULA.severity,
            expected: None,
            texts: Some((relation.text.to_string(), rows)),
            more: 0,
            outside: None,
            inferred: None,
        });
    }
}

/// Finds bounds of the form that most rows contradict, sets their instances aside as undecided, and
/// remarks on each once, on the column of the whole: it is unfilled more often than all parts are wrong.
fn set_aside_contradicted_bounds(table: &Table, ledger: &mut Ledger) {
    let is_broken = |i: &Instance| i.outcome == Outcome::Violated && !i.is_equality();
    if ledger.instances.iter().filter(|i| is_broken(i)).count() < MIN_CONTRADICTED {
        return;
    }
    for bound in table.bounds.iter() {
        let concerned =
            |instance: &Instance| !instance.is_equality() && instance.text() == &*bound.text;
        // Rows without the parts keep every bound and speak for none.
        let telling = |instance: &&Instance| {
            let has_parts = bound.part.terms.keys().any(|column| {
                let place = Place::new(instance.target().row, *column);
                table.number(place).is_some_and(|figure| !figure.is_zero())
            });
            concerned(instance) && has_parts
        };
        let count = |outcome: Outcome| {
            ledger.instances.iter().filter(|i| i.outcome == outcome).filter(telling).count()
        };
        let broken = count(Outcome::Violated);
        if broken < MIN_CONTRADICTED {
            continue;
        }
        let settled = table.row_count() - table.rows.len();
        let held = count(Outcome::Satisfied) + settled;
        if broken <= held {
            continue;
        }
        for instance in ledger.instances.iter_mut().filter(|i| concerned(i)) {
            if instance.outcome == Outcome::Violated {
                instance.outcome = Outcome::Undecided(Undecided::Contradicted);
            }
        }
        let Some(whole) = bound.whole.terms.keys().next() else { continue };
        let texts = Some((bound.text.to_string(), format!("{broken}/{}", broken + held)));
        ledger.remarks.push(Remark {
            rule: &DOUBTFUL_FORMULA,
            place: None,
            others: vec![Place::new(0, *whole)],
            severity: DOUBTFUL_FORMULA.severity,
            expected: None,
            texts,
            more: 0,
            outside: None,
            inferred: None,
        });
    }
}

/// R505: columns that no rule covers.
pub(super) static UNCOVERED_COLUMN: Rule = Rule {
    code: "R505",
    name: "uncovered-column",
    severity: Severity::Note,
    title: Words {
        vi: "Có cột không phép kiểm tra nào dùng đến",
        en: "Columns that no rule covers",
    },
    what: Words {
        vi: "Nêu các cột số liệu không nằm trong công thức, phép cộng nào.",
        en: "Names the columns of figures that are part of no formula and no sum.",
    },
    why: Words {
        vi: "Chương trình im lặng về các cột này không có nghĩa là chúng đúng.",
        en: "That the program says nothing of them does not mean they are right.",
    },
    safety: Words { vi: "Không có gì để sửa.", en: "There is nothing to correct." },
    message: |told| {
        if relations::of(told.table).is_empty() {
            return told.table.without_rule().get(told.lang).to_owned();
        }
        let name = |place: &Place| told.table.column_name(place.column);
        let names = told.others.iter().map(name).collect::<Vec<_>>().join(", ");
        say!(
            told.lang,
            "không phép kiểm tra nào kiểm tra được các cột: {names}",
            "no rule covers the columns: {names}",
        )
    },
    advice: |told| {
        if relations::of(told.table).is_empty() {
            return told.advise(Words::new(
                "thêm công thức vào dòng chỉ số (ví dụ 3=2/1), hoặc lập biểu mẫu bằng `soatbieu forms new`; khi chưa có, mọi số của bảng phải tự đối chiếu",
                "add formulas to the index row (such as 3=2/1), or write a form with `soatbieu forms new`; until then all figures are to be compared by hand",
            ));
        }
        told.advise(Words::new(
            "đối chiếu các cột này với số gốc; chương trình không phát hiện được lỗi ở đây",
            "compare these columns with their source; the program cannot see errors there",
        ))
    },
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\tGhi nhận khác\nA\t1\t2\t3=1-2\t4\nĐông\t12\t3\t9\t7\nTây\t17\t2\t15\t8\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\n",
    },
    check: Check::Remarks(uncovered),
};

/// Of each column, whether some formula or sum reads or computes it.
pub(super) fn covered(table: &Table, relations: &[Relation]) -> Vec<bool> {
    let of_rows = || relations.iter().filter(|relation| relation.axis == Axis::Row);
    // A difference of rows is one of rates and means as well.
    let differs = |relation: &Relation| {
        let exceptional = table.rows[relation.target].role == Role::Exception;
        exceptional || relation.kind() == relations::Kind::Difference
    };
    if of_rows().any(differs) {
        return vec![true; table.columns.len()];
    }
    let sums = of_rows().next().is_some();
    let mut covered: Vec<bool> =
        table.columns.iter().map(|column| sums && column.kind.adds_up()).collect();
    for relation in relations.iter().filter(|relation| relation.computes_column()) {
        for column in relation.terms().into_iter().chain([relation.target]) {
            covered[column] = true;
        }
    }
    covered
}

fn uncovered(judged: &Judged) -> Vec<Remark> {
    let table = &judged.table;
    let covered = covered(table, &judged.relations);
    let bare: Vec<Place> = (0..table.columns.len())
        .filter(|column| table.columns[*column].kind != Kind::Text && !covered[*column])
        .map(|column| Place::new(0, column))
        .collect();
    if bare.is_empty() {
        return Vec::new();
    }
    vec![Remark {
        rule: &UNCOVERED_COLUMN,
        place: None,
        others: bare,
        severity: UNCOVERED_COLUMN.severity,
        expected: None,
        texts: None,
        more: 0,
        outside: None,
        inferred: None,
    }]
}

/// R509: columns whose headings are exchanged.
pub(super) static EXCHANGED_HEADINGS: Rule = Rule {
    code: "R509",
    name: "exchanged-headings",
    severity: Severity::Error,
    title: Words {
        vi: "Tiêu đề cột trái với biểu mẫu", en: "Headings contradict the form"
    },
    what: Words {
        vi: "Tiêu đề của cột được so với biểu mẫu theo nhãn cột. Tiêu đề thiếu từ của cột mình mà đủ các từ của một cột khác, và tiêu đề cột kia cũng lệch như vậy, thì hai cột đã bị đổi chỗ; chỉ một cột lệch thì là cảnh báo. Dùng lời khác biểu mẫu thì không sao.",
        en: "The heading of each column is compared with the form by the column's label. Where it lacks a word of its own column and has all those of another one whose heading is astray as well, the columns are exchanged; where only one is astray this is a warning. Other words than the form's are fine.",
    },
    why: Words {
        vi: "Cột bị đổi chỗ thì công thức vẫn khớp, nhưng khi gộp sẽ cộng nhầm số của chỉ tiêu này vào chỉ tiêu kia.",
        en: "The formulas still hold for exchanged columns, but a merge would add the figures of one to those of the other.",
    },
    safety: Words {
        vi: "Không tự sửa: không biết tiêu đề sai hay số liệu sai chỗ.",
        en: "Never corrected: the headings may be wrong, or the figures in the wrong place.",
    },
    example: Example {
        form: Some(
            "id = \"example\"\nname = { vi = \"Ví dụ\", en = \"Example\" }\ncolumn = [\n  { label = \"1\", kind = \"count\" },\n  { label = \"2\", kind = \"count\", words = [\"hộ nghèo\"] },\n  { label = \"3\", kind = \"count\", words = [\"hộ cận nghèo\"] },\n]\n",
        ),
        wrong: "Thôn\tSố hộ\tHộ cận nghèo\tHộ nghèo\nA\t1\t2\t3\nĐông\t360\t12\t3\nTây\t426\t17\t2\n",
        right: "Thôn\tSố hộ\tHộ nghèo\tHộ cận nghèo\nA\t1\t2\t3\nĐông\t360\t3\t12\nTây\t426\t2\t17\n",
    },
    message: |told| {
        let (found, wanted) = told.found_and_wanted();
        let columns = found.lines().filter_map(|line| line.split_once('\t'));
        let said: Vec<String> = columns
            .zip(wanted.lines())
            .map(|((column, heading), described)| {
                say!(
                    told.lang,
                    "cột {column} mang tiêu đề “{heading}”, theo biểu mẫu là của cột {described}",
                    "column {column} is headed “{heading}”, which in the form is column {described}",
                )
            })
            .collect();
        let said = said.join("; ");
        say!(
            told.lang,
            "tiêu đề cột trái với biểu mẫu: {said}",
            "headings contradict the form: {said}",
        )
    },
    advice: |told| {
        told.advise(Words::new(
            "xem tiêu đề hay số liệu bị đổi chỗ, rồi đưa các cột về đúng thứ tự của biểu mẫu",
            "see whether the headings or the figures stand in the wrong place, and put the columns in the order of the form",
        ))
    },
    check: Check::Remarks(|judged| exchanged_headings(&judged.table)),
};

/// One remark for all exchanged columns, one for each that stands alone.
fn exchanged_headings(table: &Table) -> Vec<Remark> {
    let remark = |columns: &[&Misheaded], severity| {
        let first = columns.first()?;
        // A line a column: its label and heading, the label its heading describes.
        let lines = |line: &dyn Fn(&Misheaded) -> String| {
            columns.iter().map(|column| line(column)).collect::<Vec<_>>().join("\n")
        };
        let own = |column: &Misheaded| &table.columns[column.column];
        let found = lines(&|column| format!("{}\t{}", own(column).name(), own(column).heading()));
        let wanted = lines(&|column| column.described.clone());
        Some(Remark {
            rule: &EXCHANGED_HEADINGS,
            place: None,
            others: Vec::new(),
            severity,
            expected: None,
            texts: Some((found, wanted)),
            more: 0,
            inferred: None,
            outside: Some(table.head_cell(first.column)),
        })
    };
    let (exchanged, alone): (Vec<&Misheaded>, Vec<&Misheaded>) =
        table.misheaded.iter().partition(|column| column.exchanged);
    let alone = alone.iter().filter_map(|column| remark(&[column], Severity::Warning));
    remark(&exchanged, Severity::Error).into_iter().chain(alone).collect()
}
