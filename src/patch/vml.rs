//! The drawing behind notes: without its shape Excel shows no note.
//!
//! VML is written by hand in many programs: Excel leaves `<br>` open, others use prefixes of their
//! own. So the part is never parsed as XML; shapes are added as text before its end.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::workbook::MAX_COLUMNS;

use super::PatchError;
use super::notes::Note;
use super::xml::malformed;

const NAMESPACES: [(&str, &str); 3] = [
    ("v", "urn:schemas-microsoft-com:vml"),
    ("o", "urn:schemas-microsoft-com:office:office"),
    ("x", "urn:schemas-microsoft-com:office:excel"),
];
/// The shape type of our notes; Excel's own is `_x0000_t202`, which a file may define its way.
const SHAPE_TYPE: &str = "_x0000_t202soatbieu";
/// Shape numbers come in blocks of 1 024; a drawing states its blocks.
const BLOCK: u32 = 1024;

/// A drawing without shapes.
pub(super) fn empty(number: usize) -> String {
    format!(
        "<xml{}><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"{number}\"/>\
         </o:shapelayout></xml>",
        declarations("")
    )
}

/// The drawing with a hidden shape for each note.
pub(super) fn with_notes(text: &str, part: &str, notes: &[Note<'_>]) -> Result<String, PatchError> {
    let end = text.rfind("</xml>").ok_or_else(|| malformed(part, "no end of the drawing"))?;
    let root = text.find("<xml").and_then(|at| text[at..].split('>').next()).unwrap_or_default();
    let declared = declarations(root);
    let taken = taken_numbers(text);
    let first = block(text).saturating_mul(BLOCK).saturating_add(1);
    let mut numbers = (first..).filter(|number| !taken.contains(number));
    let mut shapes = String::new();
    if !text.contains(SHAPE_TYPE) {
        let _ = write!(
            shapes,
            "<v:shapetype{declared} id=\"{SHAPE_TYPE}\" coordsize=\"21600,21600\" o:spt=\"202\" \
             path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/>\
             <v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>"
        );
    }
    for note in notes {
        let number = numbers.next().ok_or_else(|| malformed(part, "no shape number left"))?;
        shapes.push_str(&shape(&declared, number, note));
    }
    Ok(format!("{}{shapes}{}", &text[..end], &text[end..]))
}

/// Declarations of the prefixes that a start tag lacks.
fn declarations(root: &str) -> String {
    let mut text = String::new();
    for (prefix, namespace) in NAMESPACES {
        if !root.contains(&format!("xmlns:{prefix}=")) {
            let _ = write!(text, " xmlns:{prefix}=\"{namespace}\"");
        }
    }
    text
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// The first block of shape numbers the drawing states.
fn block(text: &str) -> u32 {
    let map = text.split_once("idmap").and_then(|(_, rest)| rest.split_once("data="));
    let number = map.and_then(|(_, rest)| leading_number(rest.get(1..)?));
    number.filter(|number| (1..1_000_000).contains(number)).unwrap_or(1)
}

fn taken_numbers(text: &str) -> BTreeSet<u32> {
    let stem = "_x0000_s";
    text.match_indices(stem)
        .filter_map(|(at, _)| leading_number(&text[at + stem.len()..]))
        .collect()
}

fn shape(declared: &str, number: u32, note: &Note<'_>) -> String {
    let characters = u32::try_from(note.text.chars().count()).unwrap_or(u32::MAX);
    let lines = (2 + characters / 28).min(30);
    let (row, column) = (note.at.row, note.at.column);
    // Three columns wide, to the right of the cell; to its left at the sheet's edge.
    let left = if column + 4 < MAX_COLUMNS { column + 1 } else { column.saturating_sub(4) };
    let top = row.saturating_sub(1);
    format!(
        "<v:shape{declared} id=\"_x0000_s{number}\" type=\"#{SHAPE_TYPE}\" \
         style=\"position:absolute;margin-left:60pt;margin-top:2pt;width:200pt;height:{}pt;\
         z-index:1;visibility:hidden\" fillcolor=\"#ffffe1\" o:insetmode=\"auto\">\
         <v:fill color2=\"#ffffe1\"/><v:shadow on=\"t\" color=\"black\" obscured=\"t\"/>\
         <v:path o:connecttype=\"none\"/><v:textbox style=\"mso-direction-alt:auto\">\
         <div style=\"text-align:left\"></div></v:textbox><x:ClientData ObjectType=\"Note\">\
         <x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{left}, 15, {top}, 2, {}, 31, {}, 4\
         </x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}\
         </x:Column></x:ClientData></v:shape>",
        lines * 15,
        left + 2,
        top + lines + 1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_take_free_numbers_and_bring_their_prefixes() {
        let text = "<xml xmlns:ns0=\"urn:schemas-microsoft-com:vml\"><ns1:idmap data=\"2\"/>\
            <ns0:shape id=\"_x0000_s2049\"/><br></xml>";
        let note = Note { at: "XFD1".parse().unwrap(), text: "số đúng" };
        let changed = with_notes(text, "p", &[note, note]).unwrap();
        assert!(changed.contains("id=\"_x0000_s2050\"") && changed.contains("id=\"_x0000_s2051\""));
        assert!(changed.contains("<v:shape xmlns:v="));
        assert!(with_notes("<xml>", "p", &[note]).is_err());
        let fresh = with_notes(&empty(3), "p", &[note]).unwrap();
        assert!(fresh.contains("_x0000_s3073") && !fresh.contains("<v:shape xmlns"));
    }
}
