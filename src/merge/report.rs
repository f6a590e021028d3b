//! What is said of a merge: for people, and as JSON for scripts.

use std::fmt::Write as _;

use serde::Serialize;

use super::notes::{name_from, named};
use super::settle::Outcome;
use super::{Kind, Spot};
use crate::forms;
use crate::issue::Issued;
use crate::lang::Lang;
use crate::rules::Counts;
use crate::say;
use crate::units::NameFrom;

/// The version of the JSON; it changes when a field's meaning does.
const SCHEMA: u32 = 1;

/// Units named on the terminal before it says that there are more; the sheet of notes has all.
const NAMED: usize = 20;

#[derive(Serialize)]
struct Report<'a> {
    schema: u32,
    tool: &'static str,
    /// The workbook written; `null` where the merge was refused.
    out: Option<&'a str>,
    /// The same as a list, as all commands have it.
    outputs: Vec<&'a str>,
    /// Cells corrected: a merge corrects none.
    corrected: usize,
    /// Problems for a person to settle.
    to_decide: usize,
    form: Option<&'a str>,
    rows: usize,
    columns: usize,
    checks: Option<Counts>,
    units: Vec<UnitReport<'a>>,
    problems: Vec<ProblemReport<'a>>,
    notes: Vec<&'a str>,
}

#[derive(Serialize)]
struct UnitReport<'a> {
    unit: &'a str,
    name_from: NameFrom,
    #[serde(flatten)]
    spot: &'a Spot,
    rows: usize,
}

#[derive(Serialize)]
struct ProblemReport<'a> {
    kind: Kind,
    left_out: bool,
    unit: Option<&'a str>,
    tables: &'a [Spot],
    message: &'a str,
}

/// The merge as one JSON object.
#[must_use]
pub fn json(outcome: &Outcome, written: Option<(&str, &Issued)>, lang: Lang) -> String {
    let merged = outcome.merged.as_ref();
    let notes = merged.into_iter().flat_map(|merged| &merged.notes);
    let notes = notes.chain(written.into_iter().flat_map(|(_, written)| &written.notes));
    let report = Report {
        schema: SCHEMA,
        tool: concat!("soatbieu ", env!("CARGO_PKG_VERSION")),
        out: written.map(|(out, _)| out),
        outputs: written.map(|(out, _)| out).into_iter().collect(),
        corrected: 0,
        to_decide: outcome.problems.len(),
        form: merged.map(|merged| merged.table.form.as_str()),
        rows: merged.map_or(0, |merged| merged.table.rows.len()),
        columns: merged.map_or(0, |merged| merged.table.columns.len()),
        checks: written.map(|(_, written)| written.checks),
        units: merged
            .into_iter()
            .flat_map(|merged| &merged.units)
            .map(|unit| UnitReport {
                unit: &unit.name,
                name_from: unit.from,
                spot: &unit.spot,
                rows: unit.rows,
            })
            .collect(),
        problems: outcome
            .problems
            .iter()
            .map(|problem| ProblemReport {
                kind: problem.kind,
                left_out: problem.left_out,
                unit: problem.unit.as_deref(),
                tables: &problem.spots,
                message: problem.why.get(lang),
            })
            .collect(),
        notes: notes.map(|note| note.get(lang)).collect(),
    };
    // Plain data with string keys always serialises.
    serde_json::to_string_pretty(&report).unwrap_or_default()
}

/// The problems, a line each, and how to go on.
#[must_use]
pub fn problems(outcome: &Outcome, lang: Lang) -> String {
    let mut text = String::new();
    for problem in &outcome.problems {
        let left_out = if problem.left_out {
            say!(lang, "không gộp – ", "left out – ")
        } else {
            String::new()
        };
        let (kind, message) = (problem.kind.words(lang), problem.message(lang));
        let options = match problem.kind.options() {
            "" => String::new(),
            options => say!(
                lang,
                "; chọn bảng bằng {options}",
                "; choose the table with {options}",
                options = options
            ),
        };
        let _ = writeln!(text, "{left_out}{kind}: {message}{options}");
    }
    // A merged table has them among its notes.
    for note in outcome.aside.iter().filter(|_| outcome.merged.is_none()) {
        let _ = writeln!(text, "{}", note.get(lang));
    }
    let mut kinds: Vec<&str> = outcome
        .problems
        .iter()
        .filter(|problem| !problem.left_out)
        .map(|problem| problem.kind.as_str())
        .collect();
    kinds.dedup();
    if !kinds.is_empty() {
        let kinds = kinds.join(",");
        text.push_str(&say!(
            lang,
            "Chưa gộp và chưa ghi gì. Hãy xử lý các trường hợp trên, hoặc thêm `--leave-out {kinds}` để gộp phần còn lại.\n",
            "Nothing was merged or written. Settle the cases above, or add `--leave-out {kinds}` to merge the rest.\n",
            kinds = kinds
        ));
    }
    text
}

/// What was written, in words.
#[must_use]
pub fn summary(outcome: &Outcome, out: &str, written: &Issued, lang: Lang) -> String {
    let Some(merged) = &outcome.merged else { return String::new() };
    let mut text = String::new();
    for source in [NameFrom::Title, NameFrom::Sheet, NameFrom::File] {
        let units = merged.units.iter().filter(|unit| unit.from == source);
        let units: Vec<&str> = units.map(|unit| unit.name.as_str()).collect();
        if !units.is_empty() {
            text.push_str(&say!(
                lang,
                "Tên {count} đơn vị lấy từ {source}: {names}.\n",
                "Names of {count} units from the {source}: {names}.\n",
                count = units.len(),
                source = name_from(source, lang),
                names = named(&units, NAMED).get(lang)
            ));
        }
    }
    let (units, form) = (merged.units.len(), forms::title(&merged.table.form, lang));
    let rows: usize = merged.units.iter().map(|unit| unit.rows).sum();
    let Counts { satisfied, undecided, .. } = written.checks;
    text.push_str(&say!(
        lang,
        "Đã gộp {units} đơn vị ({rows} dòng) theo biểu “{form}” vào {out}.\nĐã soát lại biểu gộp: không có lỗi; {satisfied} phép kiểm tra khớp, {undecided} chưa kiểm tra được.\n",
        "Merged {units} units ({rows} rows) of the form “{form}” into {out}.\nThe merged table was checked: no errors; {satisfied} rules satisfied, {undecided} undecided.\n",
        units = units,
        rows = rows,
        form = form,
        out = out,
        satisfied = satisfied,
        undecided = undecided
    ));
    text
}
