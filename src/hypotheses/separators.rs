//! Columns that lost their decimal commas beside columns whose thousands dots became decimal points
//! are one cause: the table was pasted where the separators are the other way round.

use super::{Cause, Explanation, Mechanism, tell};
use crate::lang::Text;
use crate::rules::Severity;
use crate::table::Table;

/// Columns from which on the cause is the table's.
const WHOLE_TABLE: usize = 2;

/// Makes one finding of those that separators explain.
pub(super) fn join(table: &Table, causes: &mut Vec<Explanation>) {
    let by_separator = |cause: &Explanation| {
        matches!(cause.cause.mechanism, Mechanism::LostComma | Mechanism::ThousandsDot)
            && cause.severity == Severity::Error
    };
    if causes.iter().filter(|cause| by_separator(cause)).count() < WHOLE_TABLE {
        return;
    }
    let (joined, rest): (Vec<Explanation>, Vec<Explanation>) =
        std::mem::take(causes).into_iter().partition(by_separator);
    causes.extend(one(table, joined));
    causes.extend(rest);
}

fn one(table: &Table, parts: Vec<Explanation>) -> Option<Explanation> {
    let columns = |mechanism: Mechanism| -> Vec<usize> {
        let of = parts.iter().filter(|part| part.cause.mechanism == mechanism);
        let mut columns: Vec<usize> =
            of.flat_map(|part| part.cells.iter().map(|cell| cell.column)).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    };
    let (commas, dots) = (columns(Mechanism::LostComma), columns(Mechanism::ThousandsDot));
    let mut vi: Vec<String> = Vec::new();
    let mut en: Vec<String> = Vec::new();
    if !commas.is_empty() {
        let names = tell::columns(table, &commas);
        vi.push(format!("cột {names} mất dấu phẩy thập phân (số bị nhân lên 100 lần)"));
        en.push(format!(
            "columns {names} lost their decimal commas (figures became a hundred times larger)"
        ));
    }
    if !dots.is_empty() {
        let names = tell::columns(table, &dots);
        vi.push(format!("cột {names} có dấu chấm hàng nghìn bị hiểu là dấu thập phân"));
        en.push(format!("the thousands dots of columns {names} were read as decimal points"));
    }
    let (vi, en) = (vi.join(", "), en.join(", "));
    let count: usize = parts.iter().map(|part| part.cells.len()).sum();
    let mut parts = parts.into_iter();
    let mut whole = parts.next()?;
    for part in parts {
        whole.cells.extend(part.cells);
        whole.followers.extend(part.followers);
        whole.repair.extend(part.repair);
        whole.grade = whole.grade.max(part.grade);
        whole.evidence.extend(part.evidence);
    }
    whole.cells.sort_unstable();
    let cells = whole.cells.clone();
    whole.followers.retain(|place| !cells.contains(place));
    whole.repair.sort_by_key(|(place, _)| *place);
    whole.told = Text::new(
        format!(
            "cả bảng bị đổi dấu phân cách, có lẽ do dán hoặc gõ ở máy đặt vùng khác: {vi}; {count} ô phải sửa"
        ),
        format!(
            "the separators of the whole table were changed, probably pasted or typed on a machine of another region: {en}; {count} cells to mend"
        ),
    );
    whole.cause = Cause { mechanism: Mechanism::OtherLocale, detail: Text::new(vi, en) };
    Some(whole)
}
