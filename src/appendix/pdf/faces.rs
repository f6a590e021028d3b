//! The fonts of a PDF file: which glyph a letter is, and how wide.
//!
//! Composed Vietnamese letters are one glyph each, so that nothing has to be shaped. A letter that a
//! font lacks is drawn as an empty box and counted, and the person who prints is told.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use unicode_normalization::UnicodeNormalization;

use crate::failure::{Code, Failure};
use crate::lang::Text;

/// Drawn where a font lacks a letter: an empty box, or a question mark.
const STAND_INS: [char; 2] = ['□', '?'];

/// Regular, bold, italic, and bold italic type.
#[derive(Debug)]
pub struct Faces {
    faces: [Face; 4],
    /// Letters that were asked for and are in no face.
    missing: RefCell<BTreeSet<char>>,
}

/// One font.
#[derive(Clone)]
pub(super) struct Face {
    pub(super) font: Font,
    /// Glyph and advance in ems of every letter.
    letters: HashMap<char, (u32, f32)>,
    /// Height over and under the base line, in ems.
    pub(super) ascent: f32,
    pub(super) descent: f32,
    bold: bool,
    italic: bool,
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Face({} letters)", self.letters.len())
    }
}

impl Faces {
    /// The fonts that come with the program: a Times of Latin and Vietnamese letters.
    ///
    /// # Errors
    /// None that a person could meet: they are part of the program.
    pub fn embedded() -> Result<Self, Failure> {
        let files: [&'static [u8]; 4] = [
            include_bytes!("fonts/Regular.ttf"),
            include_bytes!("fonts/Bold.ttf"),
            include_bytes!("fonts/Italic.ttf"),
            include_bytes!("fonts/BoldItalic.ttf"),
        ];
        let read = |file: &'static [u8]| Face::read(file.to_vec()).ok_or_else(|| no_font("Tinos"));
        let [regular, bold, italic, both] = files.map(read);
        Ok(Self::of([regular?, bold?, italic?, both?]))
    }

    fn of(faces: [Face; 4]) -> Self {
        Self { faces, missing: RefCell::default() }
    }

    /// Fonts from files, each with its name, put in their places by what they say of themselves.
    /// A face that no file has is taken from those that come with the program, which is noted.
    ///
    /// # Errors
    /// [`Code::Unknown`] for a file that is no TrueType or OpenType font.
    pub fn from_files(files: Vec<(String, Vec<u8>)>) -> Result<(Self, Vec<Text>), Failure> {
        let mut own = Self::embedded()?;
        let mut given = [false; 4];
        for (name, bytes) in files {
            let face = Face::read(bytes).ok_or_else(|| no_font(&name))?;
            let place = place(face.bold, face.italic);
            own.faces[place] = face;
            given[place] = true;
        }
        let kinds = [("thường", "regular"), ("đậm", "bold"), ("nghiêng", "italic")];
        let lacking = kinds.iter().zip(given).filter(|(_, given)| !given).map(|(kind, _)| *kind);
        let (vi, en): (Vec<&str>, Vec<&str>) = lacking.unzip();
        let mut notes = Vec::new();
        if !vi.is_empty() {
            notes.push(Text::new(
                format!("phông chữ được nêu không có kiểu {}; kiểu này lấy từ phông kèm theo chương trình", vi.join(", ")),
                format!("the fonts named have no {} face; it is taken from the font of the program", en.join(", ")),
            ));
        }
        Ok((own, notes))
    }

    /// The face of a style.
    pub(super) fn face(&self, bold: bool, italic: bool) -> &Face {
        &self.faces[place(bold, italic)]
    }

    /// A text as glyphs.
    pub(super) fn line(&self, bold: bool, italic: bool, text: &str) -> Line {
        let face = self.face(bold, italic);
        let mut line = Line::default();
        for letter in text.nfc().filter_map(drawn) {
            let (letter, (glyph, advance)) = face
                .letters
                .get(&letter)
                .map_or_else(|| self.stand_in(face, letter), |found| (letter, *found));
            let start = line.text.len();
            line.text.push(letter);
            line.width += advance;
            let range = start..line.text.len();
            let glyph = GlyphId::new(glyph);
            line.glyphs.push(KrillaGlyph::new(glyph, advance, 0.0, 0.0, 0.0, range, None));
        }
        line
    }

    fn stand_in(&self, face: &Face, letter: char) -> (char, (u32, f32)) {
        self.missing.borrow_mut().insert(letter);
        let found = STAND_INS.iter().find_map(|c| Some((*c, *face.letters.get(c)?)));
        found.unwrap_or((' ', (0, 0.5)))
    }

    /// What to say of letters that were drawn as empty boxes since this was last asked.
    pub(super) fn missing(&self) -> Option<Text> {
        let missing = self.missing.take();
        if missing.is_empty() {
            return None;
        }
        let some = missing.iter().take(8).map(|c| format!("“{c}” (U+{:04X})", u32::from(*c)));
        let some = some.collect::<Vec<_>>().join(", ");
        Some(Text::new(
            format!("phông chữ không có {} ký tự, in thành □ trong tệp PDF: {some}", missing.len()),
            format!(
                "the font lacks letters ({}), which are □ in the PDF file: {some}",
                missing.len()
            ),
        ))
    }
}

/// The letter that is drawn for one; nothing for those without a shape.
fn drawn(letter: char) -> Option<char> {
    match letter {
        '\t' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2060}'..='\u{2064}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' => None,
        _ if letter.is_control() => None,
        _ => Some(letter),
    }
}

fn place(bold: bool, italic: bool) -> usize {
    usize::from(bold) + 2 * usize::from(italic)
}

impl Face {
    fn read(bytes: Vec<u8>) -> Option<Self> {
        let reader = FontRef::from_index(&bytes, 0).ok()?;
        let at = (Size::new(1.0), LocationRef::default());
        let widths = reader.glyph_metrics(at.0, at.1);
        let letters: HashMap<char, (u32, f32)> = reader
            .charmap()
            .mappings()
            .filter_map(|(letter, glyph)| {
                let advance = widths.advance_width(glyph)?;
                Some((char::from_u32(letter)?, (glyph.to_u32(), advance)))
            })
            .collect();
        let metrics = reader.metrics(at.0, at.1);
        let attributes = reader.attributes();
        let bold = attributes.weight.value() >= 600.0;
        let italic = attributes.style != skrifa::attribute::Style::Normal;
        let (ascent, descent) = (metrics.ascent, metrics.descent.abs());
        let font = Font::new(bytes.into(), 0)?;
        (!letters.is_empty()).then_some(Self { font, letters, ascent, descent, bold, italic })
    }
}

fn no_font(name: &str) -> Failure {
    Failure::new(
        Code::Unknown,
        format!("`{name}` không phải là tệp phông chữ TrueType hoặc OpenType đọc được"),
        format!("`{name}` is no TrueType or OpenType font that can be read"),
    )
}

/// A line of text as glyphs.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// Its width in ems.
    pub(super) width: f32,
}
