//! Column formulas: what the index row, or the form, says of each row.

use rust_decimal::Decimal;

use super::instance::Columns;
use super::{Check, Example, Instance, Relation, Rule, Severity};
use crate::lang::Words;
use crate::table::{
    Column, ColumnFormula, Kind, Place, Reading, Role, Row, RowFormula, Shape, Table,
};

/// R101: a rate differs from the ratio of its counts.
pub(crate) static RATE_MISMATCH: Rule = Rule {
    code: "R101",
    name: "rate-mismatch",
    severity: Severity::Error,
    title: Words {
        vi: "Tỷ lệ không khớp với số liệu gốc",
        en: "A rate differs from the ratio of its counts",
    },
    what: Words {
        vi: "Tính lại tỷ lệ từ số liệu gốc của chính dòng đó theo công thức của cột (ví dụ 14=13/1), làm tròn nửa lên đến số chữ số thập phân của biểu, rồi so với số đã in.",
        en: "The rate is computed again from the counts of its own row by the column's formula (such as 14=13/1), rounded half up to the decimals of the form, and compared with what is printed.",
    },
    why: Words {
        vi: "Tỷ lệ là số được trích vào báo cáo và quyết định. Tính từ tỷ lệ đã làm tròn, hoặc quên cập nhật khi số hộ đổi, đều cho số sai.",
        en: "Rates are what reports and decisions quote. Computing them from rounded rates, or not updating them when a count changes, gives wrong ones.",
    },
    safety: Words {
        vi: "An toàn khi tử số và mẫu số được các ràng buộc khác (cộng dọc, hiệu các cột) xác nhận; nếu không, chỉ là đề xuất.",
        en: "Safe when other rules (column sums, differences) vouch for the counts; otherwise a suggestion.",
    },
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t2,16\nTây\t690\t17\t2,46\nNam\t360\t5\t1,39\n",
        right: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t2,35\nTây\t690\t17\t2,46\nNam\t360\t5\t1,39\n",
    },
    check: Check::Relations(|table, found| {
        instances(table, &RATE_MISMATCH, |row| !is_sum(row), Column::is_ratio, found);
    }),
};

/// R102: a difference, sum or product differs from its inputs.
pub(super) static FORMULA_MISMATCH: Rule = Rule {
    code: "R102",
    name: "formula-mismatch",
    severity: Severity::Error,
    title: Words {
        vi: "Số liệu không khớp công thức của cột",
        en: "A figure differs from its column's formula",
    },
    what: Words {
        vi: "Tính lại hiệu hoặc tổng giữa các cột trong cùng một dòng (ví dụ 11=3-7, 1=2+3) rồi so với số đã in.",
        en: "The difference or sum of columns in one row (such as 11=3-7, 1=2+3) is computed again and compared with what is printed.",
    },
    why: Words {
        vi: "Số cuối năm không bằng số đầu năm trừ số giảm thì cả biểu không dùng được để giao chỉ tiêu.",
        en: "If the end of the year is not the start less the reduction, the table cannot be used to set a target.",
    },
    safety: Words {
        vi: "An toàn khi các ràng buộc khác xác nhận các ô còn lại của công thức; nếu nhiều ô cùng có thể sai thì chỉ liệt kê.",
        en: "Safe when other rules vouch for the other cells of the formula; where several cells may be wrong, they are only listed.",
    },
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t8\nTây\t17\t2\t15\nTổng cộng\t29\t5\t24\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nTổng cộng\t29\t5\t24\n",
    },
    check: Check::Relations(|table, found| {
        instances(table, &FORMULA_MISMATCH, |_| true, |column| !column.is_ratio(), found);
    }),
};

/// True for rows that sum others: their ratios are reported by the rule on totals.
pub(super) fn is_sum(row: &Row) -> bool {
    matches!(row.role, Role::Total | Role::Subtotal)
}

/// One instance for each row and computed column that the filters take.
pub(super) fn instances(
    table: &Table,
    rule: &'static Rule,
    takes_row: impl Fn(&Row) -> bool,
    takes_column: impl Fn(&Column) -> bool,
    found: &mut Vec<Instance>,
) {
    let columns = table.columns.iter().enumerate();
    let computed: Vec<Computed<'_>> = columns
        .filter(|(_, column)| column.kind != Kind::Text && takes_column(column))
        .filter_map(|(index, column)| Some(Computed::by(column.formula.as_ref()?, index, column)))
        .collect();
    if computed.is_empty() {
        return;
    }
    found.reserve(table.rows.len() * computed.len());
    for (row_index, row) in table.rows.iter().enumerate() {
        // What holds for sums holds for their differences, but not for ratios or for rates.
        let difference = matches!(row.formula, Some(RowFormula::Difference(..)));
        if row.holds_no_cells() || (row.role == Role::Exception && !difference) || !takes_row(row) {
            continue;
        }
        for column in &computed {
            if difference && !matches!(column.formula.shape, Shape::Linear(_)) {
                continue;
            }
            let target = Place::new(row_index, column.index);
            let relation = column.relation(table, target);
            found.push(Instance::new(table, rule, column.formula.text.clone(), target, relation));
        }
    }
}

/// A column's formula, ready to be stated of each row.
struct Computed<'a> {
    index: usize,
    formula: &'a ColumnFormula,
    parts: Parts,
}

/// The expressions of a formula as its shape combines them.
enum Parts {
    Linear(Columns),
    Ratio { numerator: Columns, denominator: Columns, scale: Decimal },
    Unscaled(Columns),
    Product(Columns, Columns),
}

impl<'a> Computed<'a> {
    fn by(formula: &'a ColumnFormula, index: usize, column: &Column) -> Self {
        let parts = match (&formula.shape, column.scale) {
            (Shape::Linear(linear), _) => Parts::Linear(Columns::of(linear)),
            (Shape::Product(left, right), _) => {
                Parts::Product(Columns::of(left), Columns::of(right))
            }
            (Shape::Ratio { numerator, denominator, .. }, Some(scale)) => Parts::Ratio {
                numerator: Columns::of(numerator),
                denominator: Columns::of(denominator),
                scale,
            },
            (shape @ Shape::Ratio { .. }, None) => Parts::Unscaled(Columns::read_by(shape)),
        };
        Self { index, formula, parts }
    }

    /// The formula on one row.
    fn relation(&self, table: &Table, target: Place) -> Relation {
        let terms = |columns: &Columns| columns.in_row(target.row);
        match &self.parts {
            Parts::Linear(columns) => Relation::Balance(terms(columns)),
            Parts::Product(left, right) => Relation::Product(terms(left), terms(right)),
            Parts::Unscaled(columns) => Relation::Unscaled(terms(columns)),
            Parts::Ratio { numerator, denominator, scale } => Relation::Ratio {
                numerator: terms(numerator),
                denominator: terms(denominator),
                scale: *scale,
                decimals: judged_decimals(table, target),
            },
        }
    }
}

/// The decimals a rate is judged by: those the form states; else those the cell itself prints,
/// and for longer, unrounded results those of the column.
fn judged_decimals(table: &Table, target: Place) -> u32 {
    let column = &table.columns[target.column];
    let usual = column.decimals.unwrap_or(2);
    match &table.datum(target).reading {
        Reading::Number(figure) if !column.decimals_stated => figure.decimals.min(usual),
        _ => usual,
    }
}
