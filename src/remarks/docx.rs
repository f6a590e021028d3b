//! A small writer of `WordprocessingML` (ECMA-376 part 1): paragraphs and tables on A4, which is all a
//! letter is made of.
//!
//! `docx-rs` was weighed: it can lay a letter out, and brings an image decoder and a second zip with
//! it. The parts written here are these few, and the package is zipped by what zips workbooks.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{DateTime, ZipWriter};

use crate::failure::{Code, Failure};
use crate::patch::xml;
use crate::report::steers;

/// Where lines of a paragraph stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Align {
    Left,
    Center,
    #[default]
    Both,
}

/// A stretch of text in one face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) bold: bool,
    pub(super) italic: bool,
}

/// A paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Paragraph {
    pub(super) runs: Vec<Run>,
    pub(super) align: Align,
    /// Size in points.
    pub(super) size: u32,
    /// Indent of the first line, in twentieths of a point.
    pub(super) first: u32,
    /// Room above and below, in points.
    pub(super) above: u32,
    pub(super) below: u32,
    /// A rule under it so far in from both sides, in twentieths of a point.
    pub(super) rule: Option<u32>,
    /// True where it stays with the next one.
    pub(super) keep: bool,
}

impl Paragraph {
    pub(super) fn new(size: u32, align: Align) -> Self {
        Self { align, size, ..Self::default() }
    }

    pub(super) fn text(size: u32, align: Align, text: impl Into<String>) -> Self {
        Self::new(size, align).and(text, false, false)
    }

    pub(super) fn bold(size: u32, align: Align, text: impl Into<String>) -> Self {
        Self::new(size, align).and(text, true, false)
    }

    /// Adds text.
    pub(super) fn and(mut self, text: impl Into<String>, bold: bool, italic: bool) -> Self {
        self.runs.push(Run { text: text.into(), bold, italic });
        self
    }

    pub(super) fn spaced(self, above: u32, below: u32) -> Self {
        Self { above, below, ..self }
    }
}

/// A table of paragraphs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    /// Widths of columns, in twentieths of a point.
    pub(super) widths: Vec<u32>,
    pub(super) rows: Vec<Vec<Vec<Paragraph>>>,
    /// True for lines around cells, and a first row that is repeated on each page.
    pub(super) ruled: bool,
}

/// A part of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Paragraph(Paragraph),
    Grid(Grid),
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// Width of the text on A4 with margins of 30 and 15 mm, in twentieths of a point.
pub(super) const WIDTH: u32 = 9355;

/// The blocks as a `.docx` file: A4, margins of 20 mm above and below, 30 mm left, 15 mm right, Times
/// New Roman; the number of the page stands above from the second page on.
pub(super) fn write(blocks: &[Block]) -> Result<Vec<u8>, Failure> {
    let mut body = String::new();
    for block in blocks {
        match block {
            Block::Paragraph(one) => paragraph(one, &mut body),
            Block::Grid(grid) => table(grid, &mut body),
        }
    }
    let document = format!(
        "{HEAD}<w:document xmlns:w=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><w:body>{body}<w:sectPr>\
         <w:headerReference w:type=\"default\" r:id=\"rId2\"/>\
         <w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
         <w:pgMar w:top=\"1134\" w:right=\"850\" w:bottom=\"1134\" w:left=\"1701\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/>\
         <w:titlePg/></w:sectPr></w:body></w:document>"
    );
    let header = format!(
        "{HEAD}<w:hdr xmlns:w=\"{MAIN}\"><w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr><w:r><w:rPr><w:sz w:val=\"26\"/></w:rPr><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:rPr><w:sz w:val=\"26\"/></w:rPr><w:instrText xml:space=\"preserve\"> PAGE </w:instrText></w:r><w:r><w:rPr><w:sz w:val=\"26\"/></w:rPr><w:fldChar w:fldCharType=\"end\"/></w:r></w:p></w:hdr>"
    );
    let styles = format!(
        "{HEAD}<w:styles xmlns:w=\"{MAIN}\"><w:docDefaults><w:rPrDefault><w:rPr>\
         <w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"Times New Roman\" w:cs=\"Times New Roman\"/>\
         <w:sz w:val=\"28\"/><w:szCs w:val=\"28\"/><w:lang w:val=\"vi-VN\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault><w:pPr><w:spacing w:before=\"0\" w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style></w:styles>"
    );
    let types = format!(
        "{HEAD}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/word/document.xml\" ContentType=\"{WORD}.document.main+xml\"/>\
         <Override PartName=\"/word/styles.xml\" ContentType=\"{WORD}.styles+xml\"/>\
         <Override PartName=\"/word/header1.xml\" ContentType=\"{WORD}.header+xml\"/></Types>"
    );
    let relations = format!(
        "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"word/document.xml\"/></Relationships>"
    );
    let own = format!(
        "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/><Relationship Id=\"rId2\" Type=\"{OFFICE}/header\" Target=\"header1.xml\"/></Relationships>"
    );
    zipped(&[
        ("[Content_Types].xml", &types),
        ("_rels/.rels", &relations),
        ("word/document.xml", &document),
        ("word/_rels/document.xml.rels", &own),
        ("word/styles.xml", &styles),
        ("word/header1.xml", &header),
    ])
}

/// The parts as a package; the same parts give the same bytes.
fn zipped(parts: &[(&str, &String)]) -> Result<Vec<u8>, Failure> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(DateTime::DEFAULT);
    let write = |writer: &mut ZipWriter<Cursor<Vec<u8>>>| -> zip::result::ZipResult<()> {
        for (name, text) in parts {
            writer.start_file(*name, options)?;
            writer.write_all(text.as_bytes())?;
        }
        Ok(())
    };
    let done = write(&mut writer).and_then(|()| writer.finish());
    done.map(Cursor::into_inner).map_err(|error| {
        Failure::new(
            Code::CannotWrite,
            format!("không lập được công văn ({error})"),
            format!("the letter could not be made ({error})"),
        )
    })
}

fn paragraph(one: &Paragraph, xml: &mut String) {
    let Paragraph { align, size, first, above, below, rule, keep, .. } = one;
    xml.push_str("<w:p><w:pPr>");
    if *keep {
        xml.push_str("<w:keepNext/>");
    }
    if rule.is_some() {
        xml.push_str("<w:pBdr><w:bottom w:val=\"single\" w:sz=\"6\" w:space=\"1\" w:color=\"000000\"/></w:pBdr>");
    }
    let inset = rule.unwrap_or_default();
    let align = match align {
        Align::Left => "left",
        Align::Center => "center",
        Align::Both => "both",
    };
    // Writing to a string cannot fail.
    let _ = write!(
        xml,
        "<w:spacing w:before=\"{}\" w:after=\"{}\"/><w:ind w:left=\"{inset}\" w:right=\"{inset}\" w:firstLine=\"{first}\"/><w:jc w:val=\"{align}\"/></w:pPr>",
        above * 20,
        below * 20,
    );
    for run in &one.runs {
        let _ = write!(
            xml,
            "<w:r><w:rPr>{}{}<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r>",
            if run.bold { "<w:b/>" } else { "" },
            if run.italic { "<w:i/>" } else { "" },
            escaped(&run.text),
            size = size * 2,
        );
    }
    xml.push_str("</w:p>");
}

fn table(grid: &Grid, xml: &mut String) {
    let width: u32 = grid.widths.iter().sum();
    let _ = write!(
        xml,
        "<w:tbl><w:tblPr><w:tblW w:w=\"{width}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/>"
    );
    if grid.ruled {
        xml.push_str("<w:tblBorders>");
        for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
            let _ = write!(
                xml,
                "<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>"
            );
        }
        xml.push_str("</w:tblBorders>");
    }
    let inside = if grid.ruled { 70 } else { 0 };
    let _ = write!(
        xml,
        "<w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"{inside}\" w:type=\"dxa\"/><w:right w:w=\"{inside}\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>"
    );
    for width in &grid.widths {
        let _ = write!(xml, "<w:gridCol w:w=\"{width}\"/>");
    }
    xml.push_str("</w:tblGrid>");
    for (index, row) in grid.rows.iter().enumerate() {
        xml.push_str("<w:tr><w:trPr><w:cantSplit/>");
        if grid.ruled && index == 0 {
            xml.push_str("<w:tblHeader/>");
        }
        xml.push_str("</w:trPr>");
        for (cell, width) in row.iter().zip(&grid.widths) {
            let align = if grid.ruled && index == 0 { "center" } else { "top" };
            let _ = write!(
                xml,
                "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/><w:vAlign w:val=\"{align}\"/></w:tcPr>"
            );
            // A cell ends with a paragraph.
            let empty = [Paragraph::new(12, Align::Left)];
            let cell: &[Paragraph] = if cell.is_empty() { &empty } else { cell };
            for one in cell {
                paragraph(one, xml);
            }
            xml.push_str("</w:tc>");
        }
        xml.push_str("</w:tr>");
    }
    xml.push_str("</w:tbl>");
}

/// Text on one line as XML; what steers or what XML cannot hold is shown as unknown.
fn escaped(text: &str) -> String {
    let plain = |c| match c {
        '\n' | '\t' => ' ',
        c if steers(c) => '\u{fffd}',
        c => c,
    };
    xml::escaped(&text.chars().map(plain).collect::<String>())
}
