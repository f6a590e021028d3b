//! The sequences in which the schema has the children of a part's root, and who keeps them.

use super::fault::PackageFault;
use super::xml::Tag;

/// The sequence of `<worksheet>`'s children (`CT_Worksheet`).
pub(super) const WORKSHEET: &[&str] = &[
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
];
/// The sequence of `<workbook>`'s children (`CT_Workbook`).
pub(super) const WORKBOOK: &[&str] = &[
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
];
/// The sequence of `<styleSheet>`'s children (`CT_Stylesheet`).
pub(super) const STYLESHEET: &[&str] = &[
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
];

/// True for a child that stands after another one in a sequence.
pub(super) fn is_after(sequence: &[&str], name: &str, mark: &str) -> bool {
    sequence.iter().skip_while(|child| **child != mark).skip(1).any(|child| *child == name)
}

/// Watches that the root's children keep the schema's sequence.
pub(super) struct Order<'a> {
    part: &'a str,
    sequence: &'a [&'a str],
    reached: usize,
}

impl<'a> Order<'a> {
    pub(super) fn new(part: &'a str, sequence: &'a [&'a str]) -> Self {
        Self { part, sequence, reached: 0 }
    }

    /// The fault of a child that comes too late.
    pub(super) fn fault(&mut self, tag: &Tag<'_>) -> Option<PackageFault> {
        if tag.depth != 1 {
            return None;
        }
        let place = self.sequence.iter().position(|name| *name == tag.local())?;
        let late = place < self.reached;
        self.reached = self.reached.max(place);
        let (part, element) = (self.part.to_owned(), tag.local().to_owned());
        late.then_some(PackageFault::Order { part, element })
    }
}
