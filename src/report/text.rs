//! The terminal report: each finding with the table's rows as its source, drawn by miette.
//!
//! A workbook has no byte offsets, so each finding gets a small source of its own: the rows it
//! speaks of, with the figures that take part. The gutter shows the sheet's row numbers, and the
//! header its file, sheet and cell, then row and column in numbers.

use std::fmt::{self, Write as _};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use unicode_width::UnicodeWidthStr as _;

use super::{FileReport, statements};
use crate::failure::Failure;
use crate::findings::{Checked, Finding, Grade, words};
use crate::lang::Lang;
use crate::rules::Severity;
use crate::say;
use crate::statements::Statements;
use crate::table::{Place, Table};
use crate::words::single_blanks;

/// How the report is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// The language.
    pub lang: Lang,
    /// True for colours.
    pub color: bool,
    /// Columns of the terminal, where the report is drawn on one: no line is wider, as far as lines
    /// can be broken between words.
    pub columns: Option<usize>,
}

/// Columns that prose is set in where no terminal says how many.
const PROSE: usize = 100;
/// Fewest and most columns that prose is set in.
const PROSE_WITHIN: std::ops::RangeInclusive<usize> = 24..=120;

impl Style {
    /// Columns that prose is set in.
    fn prose(self) -> usize {
        self.columns.map_or(PROSE, |known| known.clamp(*PROSE_WITHIN.start(), *PROSE_WITHIN.end()))
    }
}

/// How lines are broken: between words alone, so that paths and figures stay whole.
#[must_use]
pub fn breaking(columns: usize) -> textwrap::Options<'static> {
    textwrap::Options::new(columns)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
}

/// Rows shown of a long sum before and after the gap.
const ROWS_SHOWN: usize = 9;
/// Inputs that get a label of their own.
const LABELLED: usize = 4;

/// Draws all findings of a file, or why there are none.
#[must_use]
pub fn render(report: &FileReport, style: Style) -> String {
    match &report.outcome {
        Err(failure) => render_failure(&report.path, failure, style),
        Ok(checkup) => {
            let mut text = String::new();
            for checked in &checkup.tables {
                for finding in checked.findings.iter().filter(|f| f.severity != Severity::Note) {
                    text.push_str(&render_finding(&report.path, checked, finding, style));
                    text.push('\n');
                }
                for note in &checked.table.notes {
                    let word = words::severity(Severity::Note, style.lang);
                    let note = note.get(style.lang);
                    let _ = writeln!(text, "{word}: {} › {note}", checked.table.sheet);
                }
                text.push_str(&render_notes(checked, style));
            }
            for skipped in &checkup.skipped {
                text.push_str(&say!(
                    style.lang,
                    "{path}: trang tính `{sheet}` không được soát: {reason}\n",
                    "{path}: sheet `{sheet}` was not checked: {reason}\n",
                    path = report.path,
                    sheet = skipped.sheet,
                    reason = skipped.reason.get(style.lang),
                ));
            }
            if let Some(told) = &checkup.statements {
                text.push_str(&render_statements(&report.path, told, style));
            }
            text
        }
    }
}

/// Draws the sentences that contradict a table, and counts the others.
fn render_statements(path: &str, told: &Statements, style: Style) -> String {
    let lang = style.lang;
    let mut text = String::new();
    for statement in told.contradictions() {
        let [before, figure, after] = statements::parts(statement);
        let paragraph = statement.paragraph;
        let drawn = Drawn {
            code: statements::title(lang).to_owned(),
            severity: miette::Severity::Warning,
            message: say!(
                lang,
                "{path} › đoạn {paragraph}: {before}«{figure}»{after}",
                "{path} › paragraph {paragraph}: {before}«{figure}»{after}"
            ),
            drawing: None,
        };
        let said = statements::said(told, statement, lang);
        let help = format!("{said}\n{}", statements::advice(lang));
        text.push_str(&draw(&drawn, &help, style));
        text.push('\n');
    }
    let _ = writeln!(text, "{}", statements::summary(told, lang));
    text
}

/// Draws a failure.
#[must_use]
pub fn render_failure(path: &str, failure: &Failure, style: Style) -> String {
    let drawn = Drawn {
        code: failure.code.as_str().to_owned(),
        severity: miette::Severity::Error,
        message: format!("{path}: {}", failure.message.get(style.lang)),
        drawing: None,
    };
    draw(&drawn, &failure.advice(style.lang), style)
}

/// Notes need nothing done: a line each, under the rule that tells them.
fn render_notes(checked: &Checked, style: Style) -> String {
    let (word, sheet) = (words::severity(Severity::Note, style.lang), &checked.table.sheet);
    let mut text = String::new();
    let mut last = None;
    for note in checked.findings.iter().filter(|f| f.severity == Severity::Note) {
        if last.replace(note.rule.code) != Some(note.rule.code) {
            let (code, title) = (note.rule.code, note.rule.title.get(style.lang));
            let _ = writeln!(text, "{word} {code} · {title}");
        }
        let message = words::message(checked, note, style.lang);
        let _ = writeln!(text, "    {sheet} › {message}");
    }
    text
}

fn render_finding(path: &str, checked: &Checked, finding: &Finding, style: Style) -> String {
    let drawing = finding.place.map(|place| Drawing::of(path, checked, finding, place, style.lang));
    let mut message = words::message(checked, finding, style.lang);
    if drawing.is_none() {
        let cell = finding.outside.map(|cell| format!(" › {cell}")).unwrap_or_default();
        message = format!("{path} › {}{cell}: {message}", checked.table.sheet);
    }
    let mut help = words::advice(checked, finding, style.lang);
    if let Some(command) = command(checked, finding, style.lang) {
        help = format!("{help}; {command}");
    }
    for cause in &finding.causes {
        let because = match style.lang {
            Lang::Vi => "nguyên nhân có thể",
            Lang::En => "possible cause",
        };
        help = format!("{help}\n{because}: {}", cause.detail.get(style.lang));
    }
    let drawn = Drawn {
        code: format!("{} · {}", finding.rule.code, finding.rule.title.get(style.lang)),
        severity: match finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        },
        message,
        drawing,
    };
    draw(&drawn, &help, style)
}

/// What on the command line follows the advice; the other reports are read by people who have none.
fn command(checked: &Checked, finding: &Finding, lang: Lang) -> Option<String> {
    let grade = finding.correction.as_ref().map(|correction| correction.grade);
    match (grade, finding.place) {
        (Some(Grade::Safe), _) => (!finding.along.is_empty())
            .then(|| say!(lang, "lệnh `fix` sửa tất cả", "`fix` mends them all")),
        (Some(Grade::Suggested), _) => Some(say!(
            lang,
            "đồng ý thì dùng `fix --suggested`",
            "if you agree use `fix --suggested`",
        )),
        (_, Some(place)) if finding.severity == Severity::Error => Some(say!(
            lang,
            "biết số đúng thì dùng --accept {cell}=SỐ",
            "with the right figure use --accept {cell}=VALUE",
            cell = checked.table.address(place),
        )),
        _ => None,
    }
}

/// Draws a diagnostic and below it what is to be done. Rows that are too wide for the terminal are
/// told one under the other.
fn draw(drawn: &Drawn, help: &str, style: Style) -> String {
    let mut text = graphical(drawn, style);
    let fits = |line: &str| {
        style.columns.is_none_or(|columns| textwrap::core::display_width(line) <= columns)
    };
    if let Some(drawing) = &drawn.drawing
        && !text.lines().all(fits)
    {
        let alone = Drawn {
            drawing: None,
            code: drawn.code.clone(),
            message: drawn.message.clone(),
            ..*drawn
        };
        text = graphical(&alone, style) + &drawing.told(style);
    }
    if !help.is_empty() {
        text.push_str(&advice(help, style));
    }
    text
}

fn graphical(drawn: &Drawn, style: Style) -> String {
    let theme = GraphicalTheme {
        characters: ThemeCharacters::unicode(),
        styles: if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    let breaking = breaking(style.prose());
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(breaking.width)
        .with_break_words(breaking.break_words)
        .with_word_separator(breaking.word_separator)
        .with_word_splitter(breaking.word_splitter)
        .with_context_lines(ROWS_SHOWN)
        .with_links(false);
    let mut text = String::new();
    if handler.render_report(&mut text, drawn).is_err() {
        return drawn.message.clone();
    }
    text
}

/// What is to be done, below its diagnostic.
fn advice(help: &str, style: Style) -> String {
    let word = match style.lang {
        Lang::Vi => "cần làm:",
        Lang::En => "help:",
    };
    let word = if style.color { format!("\u{1b}[36m{word}\u{1b}[0m") } else { word.to_owned() };
    let first = format!("  {word} ");
    let breaking = breaking(style.prose()).initial_indent(&first).subsequent_indent("        ");
    textwrap::fill(help, breaking) + "\n"
}

/// A diagnostic in miette's terms.
#[derive(Debug)]
struct Drawn {
    code: String,
    severity: miette::Severity,
    message: String,
    drawing: Option<Drawing>,
}

impl fmt::Display for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawn {}

impl Diagnostic for Drawn {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.drawing.as_ref().map(|drawing| &drawing.source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let drawing = self.drawing.as_ref()?;
        Some(Box::new(drawing.labels.iter().cloned()))
    }
}

/// Rows of a sheet as lines of text; line numbers are the sheet's row numbers.
#[derive(Debug)]
struct RowSource {
    name: String,
    text: String,
    /// Zero-based sheet row of the first line.
    first_row: usize,
    /// Zero-based sheet column of the wrong cell.
    column: usize,
}

impl SourceCode for RowSource {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.text.as_str().read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            contents.data(),
            *contents.span(),
            contents.line() + self.first_row,
            self.column,
            contents.line_count(),
        )))
    }
}

/// A finding's rows and labels.
#[derive(Debug)]
struct Drawing {
    source: RowSource,
    labels: Vec<LabeledSpan>,
}

/// One figure of a drawn row.
struct Drawable {
    place: Place,
    text: String,
}

impl Drawing {
    fn of(path: &str, checked: &Checked, finding: &Finding, place: Place, lang: Lang) -> Self {
        let table = &checked.table;
        let lines = lines(checked, finding, place);
        let widths = column_widths(&lines);
        let mut text = String::new();
        let mut labels = Vec::new();
        for (row, figures) in &lines {
            let name = words::row_name(&table.rows[*row]);
            text.push_str(&name);
            text.push_str(&" ".repeat(widths.name(table, &lines).saturating_sub(name.width())));
            for figure in figures {
                let label = table.columns[figure.place.column].name();
                let _ = write!(text, " │ ({label}) ");
                let width = widths.figure(figure.place.column);
                text.push_str(&" ".repeat(width.saturating_sub(figure.text.width())));
                let span = (text.len(), figure.text.len());
                text.push_str(&figure.text);
                if let Some(words) = label_words(checked, finding, figure.place, place, lang) {
                    labels.push(if figure.place == place {
                        LabeledSpan::new_primary_with_span(Some(words), span)
                    } else {
                        LabeledSpan::new_with_span(Some(words), span)
                    });
                }
            }
            text.push('\n');
        }
        let address = table.address(place);
        let source = RowSource {
            name: format!("{path} › {} › {address}", table.sheet),
            text,
            first_row: lines.first().map_or(0, |(row, _)| table.rows[*row].sheet_row as usize),
            column: address.column as usize,
        };
        Self { source, labels }
    }

    /// The same rows and labels one under the other.
    fn told(&self, style: Style) -> String {
        let RowSource { name, text, first_row, .. } = &self.source;
        let rows = text
            .lines()
            .enumerate()
            .map(|(at, row)| format!("{} │ {}", first_row + at + 1, single_blanks(row)));
        let labels = self.labels.iter().filter_map(|label| {
            let figure = text.get(label.offset()..label.offset() + label.len())?;
            let words = label.label()?;
            let names = words.split([' ', ',']).any(|word| word == figure);
            Some(if names { format!("· {words}") } else { format!("· {figure}: {words}") })
        });
        let breaking = breaking(style.prose()).initial_indent("    ").subsequent_indent("      ");
        let mut told = String::new();
        for line in std::iter::once(name.clone()).chain(rows).chain(labels) {
            told.push_str(&textwrap::fill(&line, &breaking));
            told.push('\n');
        }
        told
    }
}

/// The rows to draw, each with its figures by column: the cell's own row with the figures that
/// take part, and for a sum the rows it adds, where they stand next to each other.
fn lines(checked: &Checked, finding: &Finding, place: Place) -> Vec<(usize, Vec<Drawable>)> {
    let table = &checked.table;
    let mut places: Vec<Place> = vec![place];
    if let Some(instance) = words::telling(checked, finding) {
        places.extend(instance.cells());
    }
    places.sort_unstable();
    places.dedup();
    let mut rows: Vec<usize> = places.iter().map(|place| place.row).collect();
    rows.dedup();
    if rows.len() > ROWS_SHOWN || !adjacent(table, &rows) {
        rows = vec![place.row];
    }
    rows.into_iter()
        .map(|row| {
            let figures = places
                .iter()
                .filter(|place| place.row == row)
                .map(|place| Drawable {
                    place: *place,
                    // Line breaks and tabs in a cell would shift the rows.
                    text: single_blanks(&words::printed(table, *place)),
                })
                .collect();
            (row, figures)
        })
        .collect()
}

fn adjacent(table: &Table, rows: &[usize]) -> bool {
    rows.windows(2).all(|pair| table.rows[pair[0]].sheet_row + 1 == table.rows[pair[1]].sheet_row)
}

struct Widths(Vec<(usize, usize)>);

fn column_widths(lines: &[(usize, Vec<Drawable>)]) -> Widths {
    let mut widths: Vec<(usize, usize)> = Vec::new();
    for figure in lines.iter().flat_map(|(_, figures)| figures) {
        let width = figure.text.width();
        match widths.iter_mut().find(|(column, _)| *column == figure.place.column) {
            Some((_, known)) => *known = (*known).max(width),
            None => widths.push((figure.place.column, width)),
        }
    }
    Widths(widths)
}

impl Widths {
    fn figure(&self, column: usize) -> usize {
        self.0.iter().find(|(known, _)| *known == column).map_or(0, |(_, width)| *width)
    }

    #[expect(clippy::unused_self, reason = "reads beside the widths of figures")]
    fn name(&self, table: &Table, lines: &[(usize, Vec<Drawable>)]) -> usize {
        lines.iter().map(|(row, _)| words::row_name(&table.rows[*row]).width()).max().unwrap_or(0)
    }
}

/// What stands under a figure: the wrong cell says what it should be, an input what it is.
fn label_words(
    checked: &Checked,
    finding: &Finding,
    figure: Place,
    main: Place,
    lang: Lang,
) -> Option<String> {
    let table = &checked.table;
    if figure == main {
        let found = words::printed(table, figure);
        let right = finding.expected.map(|value| table.print(figure.column, value));
        let pinned = finding.verdict == Some(crate::findings::Verdict::Pinned);
        return Some(match right {
            Some(right) if pinned => say!(
                lang,
                "ghi {found}, đúng là {right}",
                "says {found}, should be {right}",
                found = found,
                right = right,
            ),
            Some(right) if is_converted(checked, finding, figure) => say!(
                lang,
                "ghi {found}, biểu kia quy ra là {right}",
                "says {found}, the other table, converted, {right}",
                found = found,
                right = right,
            ),
            Some(right) if words::elsewhere(checked, finding).is_some() => say!(
                lang,
                "ghi {found}, biểu kia ghi {right}",
                "says {found}, the other table {right}",
                found = found,
                right = right,
            ),
            Some(right) => say!(
                lang,
                "ghi {found}, tính lại là {right}",
                "says {found}, recomputed {right}",
                found = found,
                right = right,
            ),
            None => say!(lang, "ghi {found}", "says {found}", found = found),
        });
    }
    // In a sum every row is an input; labels on all of them would only repeat the figures, and
    // more than a few labels on one row bury it.
    let inputs = words::telling(checked, finding).map_or(0, |instance| instance.inputs().count());
    (figure.row == main.row && inputs <= LABELLED).then(|| heading_words(table, figure.column))
}

/// True for a finding of a figure that repeats a total in another unit of money.
fn is_converted(checked: &Checked, finding: &Finding, figure: Place) -> bool {
    let repeats = words::elsewhere(checked, finding).is_some();
    let repeat = checked.links.repeated().get(&figure).filter(|_| repeats);
    repeat.is_some_and(|repeat| repeat.converted.is_some())
}

/// A heading short enough for a label.
fn heading_words(table: &Table, column: usize) -> String {
    // `Hộ` or `Tỷ lệ` alone says little: then the heading above it is taken.
    let headings = &table.columns[column].headings;
    let telling = headings.iter().rev().find(|heading| heading.chars().count() >= 12);
    let heading = telling.or(headings.last()).cloned().unwrap_or_default();
    let mut short: String = heading.chars().take(40).collect();
    if short.len() < heading.len() {
        short.push('…');
    }
    short
}
