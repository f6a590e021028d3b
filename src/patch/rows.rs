//! Rows of a sheet in their plain form, passed over in one walk: cells with `r`, `s` and `t`, a formula
//! without attributes, a value or a text, and nothing else. Nearly all rows of nearly all files are so,
//! and an XML reader takes ten times as long for them. Whatever is not plain is left to it.

use crate::workbook::Address;

/// A cell of a plain row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PlainCell<'a> {
    pub(super) at: Address,
    /// Its `s`.
    pub(super) format: Option<&'a [u8]>,
    /// Its `t`.
    pub(super) kind: Option<&'a [u8]>,
    /// What stands in its `<v>`.
    pub(super) value: Option<&'a [u8]>,
    /// True where it has an `<f>`.
    pub(super) computes: bool,
}

/// Walks the row whose start tag ends at a place. Returns where its end tag begins, with its cells put
/// into `cells`; `None` where anything in it is not plain. Every tag is followed to its own end, so
/// that markup within an attribute is never taken for markup.
pub(super) fn plain_row<'a>(
    text: &'a str,
    from: usize,
    cells: &mut Vec<PlainCell<'a>>,
) -> Option<usize> {
    cells.clear();
    let mut rest = text.as_bytes().get(from..)?;
    loop {
        rest = to_markup(rest)?;
        if rest.starts_with(b"</row>") {
            return Some(text.len() - rest.len());
        }
        let (cell, after) = plain_cell(rest.strip_prefix(b"<c ")?)?;
        cells.push(cell);
        rest = after;
    }
}

/// What follows a text, from the next markup on.
fn to_markup(rest: &[u8]) -> Option<&[u8]> {
    match rest {
        [b'<', ..] => Some(rest),
        _ => rest.get(markup_at(rest)?..),
    }
}

/// Where the next markup begins. Figures are short: they are passed before a search would be set up.
fn markup_at(rest: &[u8]) -> Option<usize> {
    const SHORT: usize = 12;
    let (near, far) = rest.split_at(rest.len().min(SHORT));
    let found = near.iter().position(|byte| *byte == b'<');
    found.or_else(|| Some(near.len() + memchr::memchr(b'<', far)?))
}

/// A text up to an end tag, the first markup in it, and what follows.
fn text_until<'a>(rest: &'a [u8], end_tag: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (text, after) = rest.split_at(markup_at(rest)?);
    Some((text, after.strip_prefix(end_tag)?))
}

/// A cell from its first attribute on, and what follows it.
fn plain_cell(rest: &[u8]) -> Option<(PlainCell<'_>, &[u8])> {
    let (mut cell, mut rest) = attributes(rest)?;
    if let Some(after) = rest.strip_prefix(b"/>") {
        return Some((cell, after));
    }
    rest = rest.strip_prefix(b">")?;
    loop {
        rest = to_markup(rest)?;
        if let Some(after) = rest.strip_prefix(b"<v>") {
            let (value, after) = text_until(after, b"</v>")?;
            if cell.value.replace(value).is_some() {
                return None;
            }
            rest = after;
        } else if let Some(after) = rest.strip_prefix(b"</c>") {
            return Some((cell, after));
        } else if let Some(after) = rest.strip_prefix(b"<f>") {
            rest = text_until(after, b"</f>")?.1;
            if std::mem::replace(&mut cell.computes, true) {
                return None;
            }
        } else if let Some(after) = rest.strip_prefix(b"<is>") {
            rest = after_texts(after)?;
        } else {
            rest = rest.strip_prefix(b"<v/>")?;
        }
    }
}

/// What follows the texts of a cell that holds them itself.
fn after_texts(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        rest = to_markup(rest)?;
        if let Some(after) = rest.strip_prefix(b"</is>") {
            return Some(after);
        }
        let kept = || rest.strip_prefix(b"<t xml:space=\"preserve\">");
        rest = match rest.strip_prefix(b"<t>").or_else(kept) {
            Some(after) => text_until(after, b"</t>")?.1,
            None => rest.strip_prefix(b"<t/>")?,
        };
    }
}

/// The attributes of a cell, each once, with plain values; and the end of its tag.
fn attributes(mut rest: &[u8]) -> Option<(PlainCell<'_>, &[u8])> {
    let (mut cell, mut at) = (PlainCell::default(), None);
    while let [name, b'=', b'"', value @ ..] = rest {
        let ends = |byte: &u8| matches!(byte, b'"' | b'&' | b'<' | b'>');
        let (value, after) = value.split_at(value.iter().position(ends)?);
        let is_known = match name {
            b'r' => at.replace(Address::from_bytes(value)?).is_some(),
            b's' => cell.format.replace(value).is_some(),
            b't' => cell.kind.replace(value).is_some(),
            _ => return None,
        };
        rest = match after {
            [b'"', b' ', rest @ ..] => rest,
            [b'"', rest @ ..] if matches!(rest, [b'>' | b'/', ..]) => rest,
            _ => return None,
        };
        if is_known {
            return None;
        }
    }
    cell.at = at?;
    Some((cell, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(text: &str) -> Option<(usize, usize)> {
        let mut cells = Vec::new();
        plain_row(text, 0, &mut cells).map(|end| (end, cells.len()))
    }

    #[test]
    fn plain_rows_are_walked_to_their_end() {
        let mut cells = Vec::new();
        let row = "<c r=\"A1\" s=\"3\" t=\"s\"><v>12</v></c> <c r=\"B1\"/><c r=\"C1\" t=\"inlineStr\"><is>\
                   <t xml:space=\"preserve\"> a > b </t></is></c></row><row>";
        let end = plain_row(row, 0, &mut cells).unwrap();
        assert!(row[end..].starts_with("</row><row>"));
        assert_eq!(cells.len(), 3);
        let first = PlainCell {
            at: Address::new(0, 0),
            format: Some(b"3"),
            kind: Some(b"s"),
            value: Some(b"12"),
            computes: false,
        };
        assert_eq!(cells[0], first);
        assert_eq!((cells[1].at, cells[1].value), (Address::new(0, 1), None));
        assert_eq!(cells[2].value, None);
        let row =
            "<c r=\"A1\" ><f>SUM(B1:C1)&amp;\"\"</f><v/></c><c r=\"B1\"><v>1</v><f>1</f></c></row>";
        assert_eq!(plain_row(row, 0, &mut cells), Some(row.len() - "</row>".len()));
        let told: Vec<_> = cells.iter().map(|cell| (cell.computes, cell.value)).collect();
        assert_eq!(told, [(true, None), (true, Some(b"1".as_slice()))]);
    }

    #[test]
    fn whatever_else_there_is_is_left_to_the_reader() {
        let odd = [
            // Not well-formed, or cut short.
            "<c r=\"A1\"><v>1</c></row>",
            "<c r=\"A1\"></row>",
            "<c r=\"A1\"><v>1</v></c>",
            "<c r=\"A1\"><v>1</v></c",
            "<v>1</v></row>",
            "<c r=\"A1\"><v>1</v><v>2</v></c></row>",
            "<c r=\"A1\"><c r=\"B1\"/></c></row>",
            "<c r=\"A1\" r=\"B1\"/></row>",
            // Markup within attributes, entities, apostrophes, other names.
            "<c r=\"A1\" z=\"</row>\"/></row>",
            "<c r=\"A1\" s=\"</row>\"/></row>",
            "<c r=\"A1\" t=\">\"/></row>",
            "<c r='A1'/></row>",
            "<c r=\"A&#49;\"/></row>",
            "<c r=\"XFE1\"/></row>",
            "<c r=\"A0\"/></row>",
            "<c s=\"1\"/></row>",
            "<c  r=\"A1\"/></row>",
            "<c r=\"A1\"s=\"1\"/></row>",
            "<c r=\"A1\"><f>1</f><f>1</f></c></row>",
            // Formulas that concern other cells.
            "<c r=\"A1\"><f t=\"shared\" si=\"0\"/><v>2</v></c></row>",
            "<c r=\"A1\"><f t=\"array\" ref=\"A1:A2\">1</f></c></row>",
            "<c r=\"A1\"><v><![CDATA[</row>]]></v></c></row>",
            "<!-- </row> --></row>",
            "<?x </row>?></row>",
            "<x:c r=\"A1\"/></row>",
            "<c r=\"A1\"><is><r><t>a</t></r></is></c></row>",
            "<c r=\"A1\"/></x:row>",
        ];
        for text in odd {
            assert_eq!(walked(text), None, "{text}");
        }
        assert_eq!(walked("</row>"), Some((0, 0)));
        assert_eq!(walked("<c r=\"A1\"/></row>"), Some((11, 1)));
    }
}
