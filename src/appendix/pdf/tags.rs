//! What a PDF file says of its structure, for who hears it read and for programs that take the table
//! out again: paragraphs, and the table with its heading cells and spans, in reading order.

use std::num::NonZeroU32;

use krilla::tagging::{Node, TableHeaderScope, Tag, TagGroup, TagTree};

use crate::appendix::compose::Composition;
use crate::appendix::drawing::Span;

/// Where a node stands in reading order.
type Order = (u32, u16);

/// The structure of one sheet.
#[derive(Default)]
pub(super) struct Tags {
    above: Vec<(Order, Node)>,
    heads: Vec<(Order, Node)>,
    cells: Vec<(Order, Node)>,
    below: Vec<(Order, Node)>,
}

impl Tags {
    /// Adds what stands on a span.
    pub(super) fn add(&mut self, sheet: &Composition, span: Span, ruled: bool, lines: Vec<Node>) {
        let order = (span.top, span.left);
        let is_head = span.top < sheet.figures.start;
        if !ruled {
            let list = if is_head { &mut self.above } else { &mut self.below };
            list.push((order, TagGroup::with_children(Tag::P, lines).into()));
            return;
        }
        let spans = |from: u32, to: u32| NonZeroU32::new(to - from + 1).filter(|n| n.get() > 1);
        let rows = spans(span.top, span.bottom);
        let columns = spans(span.left.into(), span.right.into());
        let scope = if is_head {
            Some(TableHeaderScope::Column)
        } else {
            (span.left < sheet.lead).then_some(TableHeaderScope::Row)
        };
        let group = match scope {
            Some(scope) => {
                let tag = Tag::TH(scope).with_row_span(rows).with_col_span(columns);
                TagGroup::with_children(tag, lines)
            }
            None => {
                TagGroup::with_children(Tag::TD.with_row_span(rows).with_col_span(columns), lines)
            }
        };
        let list = if is_head { &mut self.heads } else { &mut self.cells };
        list.push((order, group.into()));
    }

    /// Adds the sheet to the structure of the document.
    pub(super) fn finish(self, tree: &mut TagTree) {
        let mut section = TagGroup::new(Tag::Section);
        for (_, node) in ordered(self.above) {
            section.push(node);
        }
        let mut table = TagGroup::new(Tag::Table);
        for (tag, cells) in
            [(TagGroup::new(Tag::THead), self.heads), (TagGroup::new(Tag::TBody), self.cells)]
        {
            let mut part = tag;
            let mut cells = ordered(cells).into_iter().peekable();
            while let Some((order, cell)) = cells.next() {
                let mut row = TagGroup::with_children(Tag::TR, vec![cell]);
                while let Some((_, cell)) = cells.next_if(|next| next.0.0 == order.0) {
                    row.push(cell);
                }
                part.push(row);
            }
            table.push(part);
        }
        section.push(table);
        for (_, node) in ordered(self.below) {
            section.push(node);
        }
        tree.push(section);
    }
}

fn ordered(mut nodes: Vec<(Order, Node)>) -> Vec<(Order, Node)> {
    nodes.sort_by_key(|(order, _)| *order);
    nodes
}
