//! Composed sheets as PDF/A-2a: the same rows, columns and spans as the workbook, set by ourselves, so
//! that every comma, font and page break is the same on every machine.
//!
//! The standard is checked by the library that writes the file, which refuses what does not keep it.
//! The file carries its fonts, a title, its language, and its structure; it carries no date of its
//! making, so that the same sheets give the same bytes. Headings, index row and names that come again
//! on a further page are artifacts there: a reader of the structure meets each cell once.

mod faces;
mod flow;
mod lines;
mod ruling;
mod tags;

pub use faces::Faces;

use std::borrow::Cow;
use std::ops::Range;

use krilla::configure::{Archival, ConfigurationBuilder, PdfVersion};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Node, SpanTag, TagTree};
use krilla::{Document, SerializeSettings};

use self::flow::{Page, Rows};
use self::lines::{Frame, set};
use self::ruling::Ruling;
use self::tags::Tags;
use super::compose::Composition;
use super::drawing::{Content, Drawn, Number, Span, Style};
use super::{Appendix, Sheet, cannot_write, paper};
use crate::failure::Failure;
use crate::table::print_number;

/// A pixel of the composed sheet, in points.
const PIXEL: f32 = 0.75;
/// A millimetre, in points.
const MILLIMETRE: f32 = 72.0 / 25.4;
/// Lines of the table and rules under titles, in points.
const THIN: f32 = 0.5;
const RULE: f32 = 0.7;

/// Writes sheets as one PDF file, each with its own page numbers.
///
/// # Errors
/// [`crate::failure::Code::CannotWrite`] where the file would not keep PDF/A-2a, such as with a font
/// whose owner forbids embedding it.
pub fn pdf(sheets: &[Sheet], faces: &Faces) -> Result<Appendix, Failure> {
    let failed = |error: KrillaError| cannot_write(&reason(&error));
    let mut document = Document::new_with(settings()?);
    document.set_metadata(metadata(sheets));
    let mut tree = TagTree::new().with_lang(Some("vi".to_owned()));
    let mut outline = Outline::new();
    let mut pages = 0;
    for sheet in sheets {
        let title = format!("{} {}", sheet.name, sheet.composition.title);
        let top = XyzDestination::new(pages, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(title.trim().to_owned(), top));
        let mut printer = Printer::new(sheet, faces);
        pages += printer.print(&mut document)?;
        printer.tags.finish(&mut tree);
    }
    if sheets.len() > 1 {
        document.set_outline(outline);
    }
    document.set_tag_tree(tree);
    let bytes = document.finish().map_err(failed)?;
    Ok(Appendix { bytes, notes: faces.missing().into_iter().collect() })
}

fn settings() -> Result<SerializeSettings, Failure> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_version(PdfVersion::Pdf17)
        .finish()
        .map_err(|error| cannot_write(&format!("{error:?}")))?;
    Ok(SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() })
}

fn metadata(sheets: &[Sheet]) -> Metadata {
    // The date of the decree: a file has to have one, and the library has no clock.
    let date = DateTime::new(2020).month(3).day(5).hour(0).minute(0).second(0);
    let titles: Vec<&str> = sheets.iter().map(|sheet| sheet.composition.title.as_str()).collect();
    let title = titles.join("; ");
    Metadata::new()
        .title(if title.is_empty() { "Phụ lục".to_owned() } else { title })
        .language("vi".to_owned())
        .creator("soatbieu".to_owned())
        .creation_date(date.utc_offset_hour(7).utc_offset_minute(0))
}

fn reason(error: &KrillaError) -> String {
    match error {
        KrillaError::Validation(errors) => {
            let first = errors.first().map(|(error, _)| format!("{error:?}"));
            format!("PDF/A: {}", first.unwrap_or_default())
        }
        other => other.to_string(),
    }
}

/// One sheet on its way to paper.
struct Printer<'a> {
    sheet: &'a Composition,
    spans: Vec<Drawn>,
    faces: &'a Faces,
    tags: Tags,
    /// Spans by the row they begin on, as indices.
    by_row: Vec<Vec<usize>>,
    /// Spans over several rows.
    tall: Vec<usize>,
    flow: Vec<Page>,
    /// Page and margins in points.
    width: f32,
    height: f32,
    top: f32,
    left: f32,
    room: f32,
}

/// What of a sheet stands on one page, and where.
struct Part {
    /// Left edge of each column in points; nothing for those on other pages.
    columns: Vec<Option<f32>>,
    /// True for columns after the first page of a split table.
    is_further: bool,
}

impl<'a> Printer<'a> {
    fn new(sheet: &'a Sheet, faces: &'a Faces) -> Self {
        let (composition, layout) = (&sheet.composition, &sheet.layout);
        let heights = &composition.drawing.heights;
        let mut by_row = vec![Vec::new(); heights.len()];
        let mut tall = Vec::new();
        let mut shared = Vec::new();
        let spans: Vec<Drawn> = composition.spans().map(Cow::into_owned).collect();
        for (index, (span, _, _)) in spans.iter().enumerate() {
            if let Some(row) = by_row.get_mut(span.top as usize) {
                row.push(index);
            }
            if span.bottom > span.top {
                tall.push(index);
                if span.top >= composition.figures.start {
                    shared.push(range(span.top, span.bottom));
                }
            }
        }
        let repeated = composition.repeated_rows.map_or(0..0, |(first, last)| range(first, last));
        let figures = composition.figures.start as usize..composition.figures.end as usize;
        let page = composition.plan.height(layout);
        let flow = Rows { heights, figures, repeated, shared, page }.pages();
        let (width, height) =
            if composition.plan.landscape { (297.0, 210.0) } else { (210.0, 297.0) };
        let margin = |wanted: u16| whole(paper::margin(wanted)) * MILLIMETRE;
        let left = margin(layout.margin_left);
        let room = width * MILLIMETRE - left - margin(layout.margin_right);
        Self {
            sheet: composition,
            spans,
            faces,
            tags: Tags::default(),
            by_row,
            tall,
            flow,
            width: width * MILLIMETRE,
            height: height * MILLIMETRE,
            top: margin(layout.margin_top),
            left,
            room,
        }
    }

    /// Prints the columns of each page from left to right, each down all its rows, as spreadsheet
    /// programs do. Returns the number of pages.
    fn print(&mut self, document: &mut Document) -> Result<usize, Failure> {
        let flow = std::mem::take(&mut self.flow);
        let mut number = 0;
        for columns in 0..self.sheet.plan.pages.len() {
            let part = self.part(columns);
            for page in &flow {
                number += 1;
                let size = PageSettings::from_wh(self.width, self.height);
                let size = size.ok_or_else(|| cannot_write("A4"))?;
                let mut paper = document.start_page_with(size);
                let mut surface = paper.surface();
                if number > 1 {
                    self.number(&mut surface, number);
                }
                self.page(&mut surface, &part, page);
                surface.finish();
                paper.finish();
            }
        }
        Ok(number)
    }

    /// The columns of a page, centred between the margins.
    fn part(&self, page: usize) -> Part {
        let plan = &self.sheet.plan;
        let (first, last) = plan.pages[page];
        let wanted = |column: &usize| *column < plan.repeated || (first..=last).contains(column);
        let width = |column: usize| whole(plan.widths[column]) * PIXEL;
        let total: f32 = (0..plan.widths.len()).filter(wanted).map(width).sum();
        let mut x = self.left + (self.room - total).max(0.0) / 2.0;
        let columns = (0..plan.widths.len()).map(|column| {
            wanted(&column).then(|| {
                let left = x;
                x += width(column);
                left
            })
        });
        Part { columns: columns.collect(), is_further: page > 0 }
    }

    /// The page number, in the middle of the top margin.
    fn number(&self, surface: &mut Surface<'_>, number: usize) {
        let style = Style { size: 13, ..Style::default() };
        let frame = Frame { x: self.left, y: self.top / 2.0 - 8.0, width: self.room, height: 16.0 };
        self.artifact(surface, ArtifactType::PageNumber, &number.to_string(), &style, frame);
    }

    fn page(&mut self, surface: &mut Surface<'_>, part: &Part, page: &Page) {
        let mut ruling = Ruling::default();
        let mut y = self.top;
        let repeated = self.sheet.repeated_rows.filter(|_| page.repeats);
        let repeated = repeated.map_or(0..0, |(first, last)| range(first, last));
        let mut rows = page.rows.clone();
        if let (true, Some(row)) = (part.is_further, self.sheet.continued) {
            // What stands above the table is not repeated beside it.
            rows.start = rows.start.max((row as usize).min(rows.end));
        }
        for (rows, again) in [(repeated, true), (rows, false)] {
            let begun = self.by_row[rows.clone()].iter().flatten().copied();
            let cut = self.tall.iter().copied().filter(|index| {
                let span = self.spans[*index].0;
                (span.top as usize) < rows.start && (span.bottom as usize) >= rows.start
            });
            let indices: Vec<usize> =
                if rows.is_empty() { Vec::new() } else { begun.chain(cut).collect() };
            for index in indices {
                let (span, content, style) = self.spans[index].clone();
                let Some(frame) = self.frame(span, part, &rows, y) else { continue };
                if style.ruled {
                    ruling.add(frame);
                }
                let again = again
                    || (span.top as usize) < rows.start
                    || part.is_further && usize::from(span.left) < self.sheet.plan.repeated;
                self.span(surface, (span, &content, &style), frame, again);
            }
            y += self.rows_height(rows);
        }
        if let Some(path) = ruling.path() {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
            stroke(surface, &path, THIN);
            surface.end_tagged();
        }
    }

    fn rows_height(&self, rows: Range<usize>) -> f32 {
        whole(self.sheet.drawing.heights[rows].iter().sum()) * PIXEL
    }

    /// The part of a span that stands on these rows of a page, which begin at a height.
    fn frame(&self, span: Span, part: &Part, rows: &Range<usize>, y: f32) -> Option<Frame> {
        let (left, right) = (usize::from(span.left), usize::from(span.right));
        let columns = part.columns.get(left..=right.min(part.columns.len().checked_sub(1)?))?;
        let mut shown = columns.iter().enumerate().filter_map(|(index, x)| Some((index, (*x)?)));
        let first = shown.next()?;
        let last = shown.next_back().unwrap_or(first);
        let end = last.1 + whole(self.sheet.plan.widths[left + last.0]) * PIXEL;
        let top = (span.top as usize).max(rows.start);
        let bottom = (span.bottom as usize + 1).min(rows.end);
        Some(Frame {
            x: first.1,
            y: y + self.rows_height(rows.start..top),
            width: end - first.1,
            height: self.rows_height(top..bottom.max(top)),
        })
    }

    /// Draws what stands on a span; `again` for what stood on a page before.
    fn span(
        &mut self,
        surface: &mut Surface<'_>,
        (span, content, style): (Span, &Content, &Style),
        frame: Frame,
        again: bool,
    ) {
        if let Content::Rule(pixels) = content {
            rule(surface, whole(*pixels) * PIXEL, frame);
            return;
        }
        let text = printed(content, style.number);
        if again {
            self.artifact(surface, ArtifactType::PaginationOther, &text, style, frame);
            return;
        }
        let setting = set(self.faces, &text, style, frame);
        let mut nodes = Vec::new();
        for placed in &setting.lines {
            let tag = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            self.draw(surface, placed, style, setting.size);
            surface.end_tagged();
            nodes.push(Node::Leaf(tag));
        }
        self.tags.add(self.sheet, span, style.ruled, nodes);
    }

    /// Draws what is no part of the structure.
    fn artifact(
        &self,
        surface: &mut Surface<'_>,
        kind: ArtifactType,
        text: &str,
        style: &Style,
        frame: Frame,
    ) {
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        let setting = set(self.faces, text, style, frame);
        for placed in &setting.lines {
            self.draw(surface, placed, style, setting.size);
        }
        surface.end_tagged();
    }

    fn draw(&self, surface: &mut Surface<'_>, placed: &lines::Placed, style: &Style, size: f32) {
        if placed.line.glyphs.is_empty() {
            return;
        }
        let font = self.faces.face(style.bold, style.italic).font.clone();
        let at = Point::from_xy(placed.x, placed.y);
        surface.set_fill(Some(Fill::default()));
        surface.draw_glyphs(at, &placed.line.glyphs, font, &placed.line.text, size, false);
    }
}

/// A content as the sheet shows it to a Vietnamese reader.
fn printed(content: &Content, number: Option<Number>) -> String {
    let value = match content {
        Content::Blank | Content::Rule(_) => return String::new(),
        Content::Text(text) => return text.clone(),
        Content::Number(value) | Content::Formula { result: value, .. } => *value,
    };
    match number {
        None => value.normalize().to_string(),
        Some(number) if number.dash && value.is_zero() => "-".to_owned(),
        Some(number) if number.percent => {
            let value = value.checked_mul(rust_decimal::Decimal::ONE_HUNDRED).unwrap_or(value);
            format!("{}%", print_number(value, Some(number.decimals)))
        }
        Some(number) => print_number(value, Some(number.decimals)),
    }
}

/// A short rule under a title.
fn rule(surface: &mut Surface<'_>, length: f32, frame: Frame) {
    let (x, y) = (frame.x + (frame.width - length) / 2.0, frame.y + 3.0);
    let mut path = PathBuilder::new();
    path.move_to(x, y);
    path.line_to(x + length, y);
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    if let Some(path) = path.finish() {
        stroke(surface, &path, RULE);
    }
    surface.end_tagged();
}

fn stroke(surface: &mut Surface<'_>, path: &krilla::geom::Path, width: f32) {
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { width, ..Stroke::default() }));
    surface.draw_path(path);
    surface.set_stroke(None);
}

/// Rows from the first to the last, both included.
fn range(first: u32, last: u32) -> Range<usize> {
    first as usize..last as usize + 1
}

#[expect(clippy::cast_precision_loss, reason = "heights and widths of a sheet are small")]
fn whole(pixels: u32) -> f32 {
    pixels as f32
}
