//! From the written form to the validated one: every problem is collected.

use super::{Form, FormAcross, FormBound, FormColumn, raw, vocabulary};
use crate::lang::Text;
use crate::table::{Expression, Kind, parse_expression};

/// Decimals a form may ask for; more than paper ever shows.
const MAX_DECIMALS: u32 = 6;

pub(super) fn form(raw: raw::Form, toml: &str) -> Result<Form, Vec<Text>> {
    let mut problems = Vec::new();
    let labels: Vec<String> = raw.column.iter().map(|column| column.label.clone()).collect();
    for (index, label) in labels.iter().enumerate() {
        if labels[..index].contains(label) {
            problems.push(Text::new(
                format!("nhãn cột `{label}` lặp lại"),
                format!("column label `{label}` occurs twice"),
            ));
        }
    }
    let expression = |text: &str| -> Result<Expression, Text> {
        let parsed = parse_expression(text, &|label| labels.iter().any(|known| known == label));
        parsed.ok().filter(names_columns_only).ok_or_else(|| {
            Text::new(
                format!("`{text}` không phải công thức giữa các cột đã khai báo"),
                format!("`{text}` is no formula of declared columns"),
            )
        })
    };
    problems.extend(match &raw.vocabulary {
        Some(words) => vocabulary::problems(words, &raw.column),
        None if raw.column.iter().any(|column| !column.says.is_empty()) => vec![Text::new(
            "có cột khai báo `says` nhưng biểu mẫu không có `vocabulary`",
            "a column has `says`, but the form has no `vocabulary`",
        )],
        None => Vec::new(),
    });
    let columns: Vec<FormColumn> = raw
        .column
        .into_iter()
        .filter_map(|written| column(written, &expression, &mut problems))
        .collect();
    let bounds: Vec<FormBound> = raw
        .bound
        .into_iter()
        .filter_map(|written| bound(written, &expression, &mut problems))
        .collect();
    let across: Vec<FormAcross> = raw
        .across
        .into_iter()
        .filter_map(|written| across(written, &raw.id, &columns, &mut problems))
        .collect();
    if columns.is_empty() {
        problems.push(Text::new("chưa khai báo cột nào", "no column is declared"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Form {
        id: raw.id,
        name: Text::new(raw.name.vi, raw.name.en),
        source: Text::new(raw.source.vi, raw.source.en),
        columns,
        bounds,
        across,
        total: raw.total,
        layout: raw.appendix,
        vocabulary: raw.vocabulary,
        toml: toml.to_owned(),
    })
}

fn column(
    written: raw::Column,
    expression: &impl Fn(&str) -> Result<Expression, Text>,
    problems: &mut Vec<Text>,
) -> Option<FormColumn> {
    let raw::Rounding::HalfUp = written.rounding;
    if written.decimals.is_some_and(|decimals| decimals > MAX_DECIMALS) {
        problems.push(Text::new(
            format!("cột `{}`: quá {MAX_DECIMALS} chữ số thập phân", written.label),
            format!("column `{}`: more than {MAX_DECIMALS} decimals", written.label),
        ));
    }
    if written.kind == Kind::Text && written.formula.is_some() {
        problems.push(Text::new(
            format!("cột `{}`: cột chữ không có công thức", written.label),
            format!("column `{}`: a text column has no formula", written.label),
        ));
    }
    let formula = match written.formula {
        None => None,
        Some(text) => match expression(&text) {
            Ok(parsed) => Some((text, parsed)),
            Err(problem) => {
                problems.push(problem);
                return None;
            }
        },
    };
    Some(FormColumn {
        label: written.label,
        words: written.words.iter().map(|word| word.to_lowercase()).collect(),
        kind: written.kind,
        formula,
        scale: written.scale,
        decimals: written.decimals,
        says: written.says,
    })
}

fn bound(
    written: raw::Bound,
    expression: &impl Fn(&str) -> Result<Expression, Text>,
    problems: &mut Vec<Text>,
) -> Option<FormBound> {
    let Some((part, whole)) = written.relation.split_once("<=") else {
        problems.push(Text::new(
            format!("`{}` không có dạng `phần<=toàn bộ`", written.relation),
            format!("`{}` is not of the form `part<=whole`", written.relation),
        ));
        return None;
    };
    match (expression(part), expression(whole)) {
        (Ok(part), Ok(whole)) => {
            Some(FormBound { text: written.relation, part, whole, kind: written.kind })
        }
        (left, right) => {
            problems.extend(left.err().into_iter().chain(right.err()));
            None
        }
    }
}

fn across(
    written: raw::Across,
    own_id: &str,
    columns: &[FormColumn],
    problems: &mut Vec<Text>,
) -> Option<FormAcross> {
    let named =
        written.relation.split_once('=').map(|(column, other)| (column.trim(), other.trim()));
    // A table of the same form is another one of another year, or of a superior office.
    let is_another = written.form != own_id || written.year != 0 || written.total;
    let figures = |label: &str| columns.iter().any(|c| c.label == label && c.kind != Kind::Text);
    match named {
        Some((column, other)) if figures(column) && !other.is_empty() && is_another => {
            Some(FormAcross {
                text: format!("{column}={other}"),
                column: column.to_owned(),
                form: written.form,
                other: other.to_owned(),
                year: written.year,
                total: written.total,
            })
        }
        _ => {
            let (relation, form) = (written.relation, written.form);
            problems.push(Text::new(
                format!("`{relation}` với biểu `{form}` không có dạng `cột của biểu này=cột của biểu kia`"),
                format!("`{relation}` with `{form}` is not of the form `column of this form=column of the other`"),
            ));
            None
        }
    }
}

/// In a form every number that is not a scale must be a declared label.
pub(super) fn names_columns_only(expression: &Expression) -> bool {
    match expression {
        Expression::Label(_) => true,
        Expression::Constant(value) => {
            ["0", "100", "1000", "0.01"].iter().any(|known| value.normalize().to_string() == *known)
        }
        Expression::Add(a, b)
        | Expression::Subtract(a, b)
        | Expression::Multiply(a, b)
        | Expression::Divide(a, b) => names_columns_only(a) && names_columns_only(b),
    }
}
