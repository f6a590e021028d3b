//! Rows of a sheet in their plain form, passed over in one walk: cells with `r`, `s` and `t`, a value or
//! a text, and nothing else. Nearly all rows of nearly all files are so, and an XML reader takes ten
//! times as long for them. Whatever is not plain is left to it.

use crate::workbook::Address;

use super::xml::quick_address;

/// A cell of a plain row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PlainCell<'a> {
    pub(super) at: Address,
    /// Its `s`.
    pub(super) format: Option<&'a str>,
    /// Its `t`.
    pub(super) kind: Option<&'a str>,
    /// What stands in its `<v>`.
    pub(super) value: Option<&'a str>,
}

/// Elements of a cell, by their names without attributes.
const CHILDREN: [&str; 3] = ["v", "is", "t"];

/// Walks the row whose start tag ends at a place. Returns where its end tag begins, with its cells put
/// into `cells`; `None` where anything in it is not plain. Every tag is followed to its own end, so
/// that markup within an attribute is never taken for markup.
pub(super) fn plain_row<'a>(
    text: &'a str,
    from: usize,
    cells: &mut Vec<PlainCell<'a>>,
) -> Option<usize> {
    cells.clear();
    let (mut open, mut at): (Vec<&str>, usize) = (Vec::new(), from);
    let mut value_begins = None;
    loop {
        let start = at + memchr::memchr(b'<', text.as_bytes().get(at..)?)?;
        let end = start + memchr::memchr(b'>', &text.as_bytes()[start..])?;
        let tag = &text[start + 1..end];
        at = end + 1;
        if let Some(name) = tag.strip_prefix('/') {
            let Some(last) = open.pop() else { return (name == "row").then_some(start) };
            if last != name {
                return None;
            }
            if let (Some(begin), "v") = (value_begins.take(), name) {
                let value = cells.last_mut()?.value.replace(&text[begin..start]);
                if value.is_some() {
                    return None;
                }
            }
            continue;
        }
        let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let name = if let Some(attributes) = tag.strip_prefix("c ") {
            cells.push(plain_cell(attributes)?);
            "c"
        } else {
            let tag = tag.strip_suffix(" xml:space=\"preserve\"").unwrap_or(tag);
            *CHILDREN.iter().find(|child| **child == tag)?
        };
        if (name == "c") != open.is_empty() {
            return None;
        }
        if !is_empty {
            value_begins = (name == "v").then_some(at);
            open.push(name);
        }
    }
}

/// The attributes of a cell, each once, with plain values.
fn plain_cell(attributes: &str) -> Option<PlainCell<'_>> {
    let (mut cell, mut at) = (PlainCell::default(), None);
    let mut rest = attributes.trim_end();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        if value.contains(['&', '<']) {
            return None;
        }
        let known = match name {
            "r" => at.replace(quick_address(value)?).is_some(),
            "s" => cell.format.replace(value).is_some(),
            "t" => cell.kind.replace(value).is_some(),
            _ => return None,
        };
        rest = match after.strip_prefix(' ') {
            Some(after) => after,
            None if after.is_empty() => after,
            None => return None,
        };
        if known {
            return None;
        }
    }
    cell.at = at?;
    Some(cell)
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
            format: Some("3"),
            kind: Some("s"),
            value: Some("12"),
        };
        assert_eq!(cells[0], first);
        assert_eq!((cells[1].at, cells[1].value), (Address::new(0, 1), None));
        assert_eq!(cells[2].value, None);
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
            "<c r=\"A1\"><f>1+1</f><v>2</v></c></row>",
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
