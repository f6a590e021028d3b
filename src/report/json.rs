//! The JSON report, for scripts. Cells are A1, decimals are strings with a point, in the cell's
//! own unit.

use rust_decimal::Decimal;
use serde::Serialize;

use super::statements::{self, StatementReport};
use super::{FileReport, FileStatus, Mistakes, Summary};
use crate::findings::{Checked, Correction, Finding, Mechanism, Verdict, words};
use crate::lang::Lang;
use crate::relations::{self, Axis, Instance, Outcome, Relation, Source};
use crate::rules::{Counts, Severity};
use crate::table::{Place, Reading, Table};
use crate::units::Standing;
use crate::workbook::Run;

/// The version of this layout; it changes when a field's meaning does.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    status: FileStatus,
    error: Option<Error<'a>>,
    tables: Vec<TableReport<'a>>,
    skipped: Vec<Skipped<'a>>,
    /// Sentences of a document; workbooks have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    statements: Option<Vec<StatementReport<'a>>>,
    /// Why no sentence of a document was compared with a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_compared: Option<&'a str>,
    /// The file whose tables the sentences were compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared_with: Option<&'a str>,
    #[serde(flatten)]
    done: &'a Done,
}

/// What was done with a file besides checking it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Done {
    /// Whose tables it holds.
    pub unit: String,
    /// The files written for it.
    pub outputs: Vec<String>,
    /// Cells corrected in them.
    pub corrected: usize,
    /// Errors left for a person.
    pub to_decide: usize,
}

#[derive(Serialize)]
struct Error<'a> {
    code: &'static str,
    message: &'a str,
    help: String,
}

#[derive(Serialize)]
struct Skipped<'a> {
    sheet: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct TableReport<'a> {
    sheet: &'a str,
    range: String,
    form: &'a str,
    rows: usize,
    columns: usize,
    checks: Counts,
    /// What was decided while the table was recognised that a person should know.
    notes: Vec<&'a str>,
    /// What must hold, and where it comes from.
    relations: Vec<RelationReport<'a>>,
    findings: Vec<FindingReport<'a>>,
}

#[derive(Serialize)]
struct RelationReport<'a> {
    text: &'a str,
    axis: Axis,
    kind: relations::Kind,
    /// Columns by label, rows by their number in the sheet; rows settled while reading by their first
    /// and last: `221:754`.
    target: String,
    terms: Vec<String>,
    source: Source,
    fits: usize,
    of: usize,
    bits: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct FindingReport<'a> {
    pub(super) code: &'static str,
    pub(super) rule: &'static str,
    pub(super) severity: Severity,
    pub(super) cell: String,
    pub(super) row: &'a str,
    pub(super) column: &'a str,
    pub(super) message: String,
    pub(super) found: Option<String>,
    pub(super) expected: Option<String>,
    pub(super) verdict: Option<Verdict>,
    alternatives: Vec<Vec<String>>,
    pub(super) cause: Option<CauseReport<'a>>,
    /// Further mechanisms that fit, less specific ones after more specific ones.
    other_causes: Vec<CauseReport<'a>>,
    /// Further cells with the same remark.
    cells: Vec<String>,
    /// Cells that follow by themselves once this one is mended.
    followers: Vec<String>,
    evidence: Vec<EvidenceReport<'a>>,
    pub(super) correction: Option<CorrectionReport>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) corrections: Vec<CorrectionReport>,
}

#[derive(Serialize)]
pub(super) struct CauseReport<'a> {
    mechanism: Mechanism,
    pub(super) detail: &'a str,
}

#[derive(Serialize)]
struct EvidenceReport<'a> {
    rule: &'a str,
    cells: Vec<String>,
    outcome: &'static str,
}

#[derive(Serialize)]
pub(super) struct CorrectionReport {
    cell: String,
    from: Option<String>,
    pub(super) to: String,
    pub(super) grade: crate::findings::Grade,
    reason: String,
}

/// The whole report as one JSON object.
#[must_use]
pub fn render(reports: &[FileReport], lang: Lang) -> String {
    let file = |report| one_file(report, &Done::default(), lang);
    let files: Vec<String> = reports.iter().map(file).collect();
    let mut mistakes = Mistakes::default();
    for report in reports {
        mistakes.add(&Mistakes::of(report));
    }
    let summary = Summary::of(reports);
    let end = end(&End { summary: &summary, mistakes: &mistakes, units: None, outputs: &[] }, lang);
    format!("{}{}{end}", beginning(), files.join(BETWEEN))
}

/// The report on one file, with what was done with it.
#[must_use]
pub fn of_one(report: &FileReport, done: &Done, lang: Lang) -> String {
    let mistakes = Mistakes::of(report);
    let summary = Summary::of(std::slice::from_ref(report));
    let end = end(&End { summary: &summary, mistakes: &mistakes, units: None, outputs: &[] }, lang);
    format!("{}{}{end}\n", beginning(), one_file(report, done, lang))
}

/// What stands between two files of the report.
pub const BETWEEN: &str = ",";

/// The report up to its first file: a report on many files is printed as they are done.
#[must_use]
pub fn beginning() -> String {
    let tool = concat!("soatbieu ", env!("CARGO_PKG_VERSION"));
    format!("{{\n  \"schema\": {SCHEMA},\n  \"tool\": \"{tool}\",\n  \"files\": [")
}

/// One file of the report.
#[must_use]
pub fn one_file(report: &FileReport, done: &Done, lang: Lang) -> String {
    format!("\n    {}", indented(&file(report, done, lang), "    "))
}

/// What is known once all files were seen.
#[derive(Debug, Clone, Copy)]
pub struct End<'a> {
    /// Counts over all files.
    pub summary: &'a Summary,
    /// How often each rule was broken.
    pub mistakes: &'a Mistakes,
    /// Where the units of a list stand.
    pub units: Option<&'a Standing>,
    /// Files written for all together.
    pub outputs: &'a [String],
}

/// The report after its last file.
#[must_use]
pub fn end(end: &End<'_>, lang: Lang) -> String {
    #[derive(Serialize)]
    struct Report<'a> {
        #[serde(flatten)]
        summary: &'a Summary,
        mistakes: Vec<Mistake<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        units: Option<&'a Standing>,
        #[serde(skip_serializing_if = "<[String]>::is_empty")]
        outputs: &'a [String],
    }
    #[derive(Serialize)]
    struct Mistake<'a> {
        code: &'static str,
        rule: &'static str,
        title: &'a str,
        findings: usize,
        files: usize,
    }
    let End { summary, units, outputs, .. } = *end;
    let mistakes = end.mistakes.ranked().into_iter().map(|(rule, count)| Mistake {
        code: rule.code,
        rule: rule.name,
        title: rule.title.get(lang),
        findings: count.findings,
        files: count.files,
    });
    let report = Report { summary, mistakes: mistakes.collect(), units, outputs };
    format!("\n  ],\n  \"summary\": {}\n}}", indented(&report, "  "))
}

fn indented(value: &impl Serialize, indent: &str) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.replace('\n', &format!("\n{indent}"))
}

fn file<'a>(report: &'a FileReport, done: &'a Done, lang: Lang) -> File<'a> {
    let path = report.path.as_str();
    match &report.outcome {
        Ok(checkup) => File {
            path,
            status: FileStatus::Checked,
            error: None,
            tables: checkup.tables.iter().map(|checked| table(checked, lang)).collect(),
            skipped: checkup
                .skipped
                .iter()
                .map(|s| Skipped { sheet: &s.sheet, reason: s.reason.get(lang) })
                .collect(),
            statements: checkup.statements.as_ref().map(|told| statements::list(told, lang)),
            not_compared: checkup
                .statements
                .as_ref()
                .and_then(|told| told.unmatched.as_ref().map(|why| why.get(lang))),
            compared_with: checkup.statements.as_ref().and_then(|told| told.table_of.as_deref()),
            done,
        },
        Err(failure) => {
            let code = failure.code.as_str();
            let status = FileStatus::of(failure);
            let error =
                Error { code, message: failure.message.get(lang), help: failure.advice(lang) };
            let (tables, skipped) = (Vec::new(), Vec::new());
            File {
                path,
                status,
                error: Some(error),
                tables,
                skipped,
                statements: None,
                not_compared: None,
                compared_with: None,
                done,
            }
        }
    }
}

fn table(checked: &Checked, lang: Lang) -> TableReport<'_> {
    let table = &checked.table;
    TableReport {
        sheet: &table.sheet,
        range: table.range.to_string(),
        form: &table.form,
        rows: table.row_count(),
        columns: table.columns.len(),
        checks: checked.ledger.counts(),
        notes: table.notes.iter().map(|note| note.get(lang)).collect(),
        relations: checked.relations.iter().map(|known| relation(table, known)).collect(),
        findings: checked.findings.iter().map(|f| finding(checked, f, lang)).collect(),
    }
}

fn relation<'a>(table: &Table, relation: &'a Relation) -> RelationReport<'a> {
    let name = |index: usize| match relation.axis {
        Axis::Column => table.columns[index].name().to_owned(),
        Axis::Row => match &table.rows[index].run {
            Some(run) => settled(run, ""),
            None => (table.rows[index].sheet_row + 1).to_string(),
        },
    };
    RelationReport {
        text: &relation.text,
        axis: relation.axis,
        kind: relation.kind(),
        target: name(relation.target),
        terms: relation.terms().into_iter().map(name).collect(),
        source: relation.source,
        fits: relation.evidence.fits,
        of: relation.evidence.of,
        bits: relation.evidence.bits,
    }
}

pub(super) fn finding<'a>(
    checked: &'a Checked,
    finding: &'a Finding,
    lang: Lang,
) -> FindingReport<'a> {
    let table = &checked.table;
    let column = finding.heading.as_ref().map(|(column, ..)| *column);
    let column = column.or(finding.place.map(|place| place.column));
    let cells = |places: &[Place]| places.iter().map(|p| table.address(*p).to_string()).collect();
    let mut causes = finding
        .causes
        .iter()
        .map(|cause| CauseReport { mechanism: cause.mechanism, detail: cause.detail.get(lang) });
    FindingReport {
        code: finding.rule.code,
        rule: finding.rule.name,
        severity: finding.severity,
        cell: checked.cell(finding).to_string(),
        row: finding.place.map_or("", |place| table.rows[place.row].name.as_str()),
        column: column.map_or("", |column| table.columns[column].name()),
        message: words::message(checked, finding, lang),
        found: found(table, finding),
        expected: finding.expected.map(|value| match finding.place {
            Some(place) => own_unit(table, place, value),
            None => value.normalize().to_string(),
        }),
        verdict: finding.verdict,
        alternatives: alternatives(checked, finding),
        cause: causes.next(),
        other_causes: causes.collect(),
        cells: cells(&further(finding)),
        followers: cells(&finding.followers),
        evidence: evidence(checked, finding),
        correction: finding.correction.as_ref().map(|only| correction(table, only, lang)),
        corrections: finding.along.iter().map(|one| correction(table, one, lang)).collect(),
    }
}

fn correction(table: &Table, correction: &Correction, lang: Lang) -> CorrectionReport {
    let Correction { place, from, to, grade, reason } = *correction;
    CorrectionReport {
        cell: table.address(place).to_string(),
        from: from.map(|value| own_unit(table, place, value)),
        to: own_unit(table, place, to),
        grade,
        reason: words::reason(reason, lang),
    }
}

/// Further cells with the same remark, and typed ones that were worked out from the wrong figure.
fn further(finding: &Finding) -> Vec<Place> {
    // What a cause over many cells mends besides is told by its corrections.
    let along = finding.along.iter().filter(|_| finding.told.is_none());
    let along = along.map(|correction| correction.place);
    let along = along.filter(|place| !finding.others.contains(place));
    finding.others.iter().copied().chain(along).collect()
}

/// The other cell sets that explain the same; a cell of another table as references name it.
fn alternatives(checked: &Checked, finding: &Finding) -> Vec<Vec<String>> {
    let table = &checked.table;
    let here = finding.alternatives.iter();
    let here = here.map(|set| set.iter().map(|place| table.address(*place).to_string()).collect());
    let there = words::elsewhere(checked, finding).map(|cell| vec![cell.to_owned()]);
    here.chain(there).collect()
}

fn found(table: &Table, finding: &Finding) -> Option<String> {
    if let Some((found, _)) = &finding.texts {
        return Some(found.clone()).filter(|found| !found.is_empty());
    }
    if let Some((_, found, _)) = &finding.heading {
        return Some(found.clone());
    }
    let place = finding.place?;
    match &table.datum(place).reading {
        Reading::Number(figure) => Some(own_unit(table, place, figure.shown)),
        Reading::Blank | Reading::Unknown(_) => None,
        Reading::Dash => Some("0".to_owned()),
        Reading::Error(text) | Reading::Text(text) => Some(text.clone()),
    }
}

/// A value in the unit the cell stores, with a point.
fn own_unit(table: &Table, place: Place, value: Decimal) -> String {
    table.to_stored(place, value).normalize().to_string()
}

/// The first and the last of settled rows, in a column.
fn settled(run: &Run, column: &str) -> String {
    format!("{column}{}:{column}{}", run.first + 1, run.first + run.rows)
}

/// The cells an instance is about; those of settled rows are told by the first and the last.
fn cells_of(checked: &Checked, instance: &Instance) -> Vec<String> {
    let table = &checked.table;
    let relation = checked.relations.get(instance.relation());
    let relation = relation.filter(|relation| relation.axis == Axis::Row);
    let terms = relation.map(Relation::terms).unwrap_or_default();
    let runs = terms.into_iter().filter_map(|row| table.rows[row].run.as_deref());
    let column = table.address(instance.target()).column_letters();
    let kept = instance.cells().map(|place| table.address(place).to_string());
    kept.chain(runs.map(|run| settled(run, &column))).collect()
}

fn evidence<'a>(checked: &'a Checked, finding: &Finding) -> Vec<EvidenceReport<'a>> {
    finding
        .evidence
        .iter()
        .map(|index| &checked.ground(finding).1.instances[*index])
        .map(|instance| EvidenceReport {
            rule: instance.text(),
            cells: cells_of(checked, instance),
            outcome: match instance.outcome {
                Outcome::Satisfied => "satisfied",
                Outcome::Violated => "violated",
                Outcome::Undecided(_) => "undecided",
            },
        })
        .collect()
}
