//! Text set into a frame: broken into lines, no wider and no higher than the frame.

use super::faces::{Face, Faces, Line};
use crate::appendix::drawing::{Level, Side, Style};

/// Distance of lines, in sizes of the type, as both spreadsheet programs set Times New Roman.
const PITCH: f32 = 1.15;
/// Room at either side of a text, in points.
const PADDING: f32 = 2.6;
/// Type is made smaller down to this where a text passes its frame, in points.
const SMALLEST: f32 = 6.0;
/// Accents may pass a frame by so much, in points.
const TOLERANCE: f32 = 1.0;

/// A rectangle on a page, in points from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// A line with the point its base line begins at.
pub(super) struct Placed {
    pub(super) line: Line,
    pub(super) x: f32,
    pub(super) y: f32,
}

/// A text in its frame.
pub(super) struct Setting {
    pub(super) lines: Vec<Placed>,
    /// Size of the type, in points.
    pub(super) size: f32,
}

/// Sets a text: at its size, or as much smaller as the frame asks for.
pub(super) fn set(faces: &Faces, text: &str, style: &Style, frame: Frame) -> Setting {
    let room = (frame.width - 2.0 * PADDING).max(1.0);
    let mut size = f32::from(style.size);
    loop {
        let (lines, is_whole) = break_lines(faces, text, style, room / size);
        let height = size * PITCH * count(lines.len());
        let fits = is_whole && height <= frame.height + TOLERANCE;
        if fits || size <= SMALLEST {
            let face = faces.face(style.bold, style.italic);
            return Setting { lines: place(lines, face, style, size, frame), size };
        }
        size -= 0.5;
    }
}

fn count(lines: usize) -> f32 {
    f32::from(u16::try_from(lines).unwrap_or(u16::MAX))
}

/// Lines no wider than the room, in ems; false where a word had to be cut. Figures are never broken.
fn break_lines(faces: &Faces, text: &str, style: &Style, room: f32) -> (Vec<Line>, bool) {
    let line = |text: &str| faces.line(style.bold, style.italic, text);
    let mut lines = Vec::new();
    let mut is_whole = true;
    for paragraph in text.split('\n') {
        // Blanks left open for a number or a date stay as wide as they were typed.
        let whole = line(paragraph.trim_end());
        if whole.width <= room || style.number.is_some() {
            is_whole &= whole.width <= room;
            lines.push(whole);
            continue;
        }
        let mut begun = String::new();
        for word in paragraph.split([' ', '\t']).filter(|word| !word.is_empty()) {
            let longer = if begun.is_empty() { word.to_owned() } else { format!("{begun} {word}") };
            if line(&longer).width <= room {
                begun = longer;
                continue;
            }
            if !begun.is_empty() {
                lines.push(line(&format!("{begun} ")));
            }
            begun = cut(word, room, &line, &mut lines);
            is_whole &= begun == word;
        }
        lines.push(line(&begun));
    }
    (lines, is_whole)
}

/// Cuts a word that is wider than the room; returns what is left of it for the next line.
fn cut(word: &str, room: f32, line: &impl Fn(&str) -> Line, lines: &mut Vec<Line>) -> String {
    let mut begun = String::new();
    for letter in word.chars() {
        begun.push(letter);
        if begun.chars().count() > 1 && line(&begun).width > room {
            begun.pop();
            lines.push(line(&begun));
            begun = letter.to_string();
        }
    }
    begun
}

fn place(lines: Vec<Line>, face: &Face, style: &Style, size: f32, frame: Frame) -> Vec<Placed> {
    let pitch = size * PITCH;
    let block = pitch * count(lines.len());
    let top = match style.level {
        Level::Top => frame.y,
        Level::Middle => frame.y + (frame.height - block) / 2.0,
    };
    let mut y = top + (pitch - size * (face.ascent + face.descent)) / 2.0 + size * face.ascent;
    let place = |line: Line| {
        // A blank that ends a line is there for readers of the text.
        let blank = if line.text.ends_with(' ') { line.glyphs.last() } else { None };
        let width = size * (line.width - blank.map_or(0.0, |blank| blank.x_advance));
        let slack = frame.width - width;
        let x = frame.x
            + match style.side {
                Side::Left => PADDING,
                Side::Centre => slack / 2.0,
                Side::Right => slack - PADDING,
            };
        let placed = Placed { line, x, y };
        y += pitch;
        placed
    };
    lines.into_iter().map(place).collect()
}
