//! The sheet that lists the changes, and the page it is printed on.

use super::super::PatchError;
use super::super::list::{ListCell, ListColumn, ListSheet};
use super::super::package::Package;
use super::super::xml::{Splices, containers, escaped, root};
use super::names::Names;
use super::styles::Styles;
use std::fmt::Write as _;

const STYLES: &str = "styles.xml";
/// Names in `styles.xml`: the page across, and how sheets are told to take it.
const LAYOUT: &str = "soatbieu-across";
const PAGE: &str = "soatbieu-page";

/// Millimetres of a character of the list's font.
const CHARACTER: u32 = 2;

/// The table element of a list. Headings are in bold and stand on each page; text is wrapped.
pub(super) fn table(
    list: &ListSheet,
    name: &str,
    page: bool,
    names: &Names,
    styles: &mut Styles<'_>,
) -> String {
    let Names { table, .. } = names;
    let sheet = sheet_style(page, names, styles);
    let heading = cell_style("bold", names, styles);
    let body = cell_style("normal", names, styles);
    let mut text =
        format!("<{table}table {table}name=\"{}\" {table}style-name=\"{sheet}\">", escaped(name));
    for column in &list.columns {
        let style = column_style(column, names, styles);
        let _ = write!(text, "<{table}table-column {table}style-name=\"{style}\"/>");
    }
    let headings: Vec<ListCell> =
        list.columns.iter().map(|column| ListCell::Text(column.heading.clone())).collect();
    let row = row_style(names, styles);
    let _ = write!(text, "<{table}table-header-rows>");
    text.push_str(&list_row(&headings, &row, &heading, names));
    let _ = write!(text, "</{table}table-header-rows>");
    for cells in &list.rows {
        text.push_str(&list_row(cells, &row, &body, names));
    }
    text + &format!("</{table}table>")
}

fn sheet_style(page: bool, names: &Names, styles: &mut Styles<'_>) -> String {
    let name = styles.fresh("ta");
    let style = &names.style;
    let page = if page { format!(" {style}master-page-name=\"{PAGE}\"") } else { String::new() };
    styles.add(&format!("<{style}style {style}name=\"{name}\" {style}family=\"table\"{page}/>"));
    name
}

fn row_style(names: &Names, styles: &mut Styles<'_>) -> String {
    let name = styles.fresh("ro");
    let style = &names.style;
    styles.add(&format!(
        "<{style}style {style}name=\"{name}\" {style}family=\"table-row\">\
         <{style}table-row-properties {style}use-optimal-row-height=\"true\"/></{style}style>"
    ));
    name
}

fn column_style(column: &ListColumn, names: &Names, styles: &mut Styles<'_>) -> String {
    let name = styles.fresh("co");
    let style = &names.style;
    let width = u32::from(column.width.clamp(1, 255)) * CHARACTER;
    styles.add(&format!(
        "<{style}style {style}name=\"{name}\" {style}family=\"table-column\">\
         <{style}table-column-properties {style}column-width=\"{width}mm\"/></{style}style>"
    ));
    name
}

fn cell_style(weight: &str, names: &Names, styles: &mut Styles<'_>) -> String {
    let name = styles.fresh("li");
    let Names { style, fo, .. } = names;
    styles.add(&format!(
        "<{style}style {style}name=\"{name}\" {style}family=\"table-cell\">\
         <{style}table-cell-properties {fo}wrap-option=\"wrap\" {style}vertical-align=\"top\"/>\
         <{style}text-properties {fo}font-family=\"Times New Roman\" {fo}font-size=\"11pt\" \
         {fo}font-weight=\"{weight}\"/></{style}style>"
    ));
    name
}

fn list_row(cells: &[ListCell], row: &str, style: &str, names: &Names) -> String {
    let Names { table, office, .. } = names;
    let cell = |cell: &ListCell| {
        let tag = format!("{table}table-cell {table}style-name=\"{style}\"");
        match cell {
            ListCell::Blank => format!("<{tag}/>"),
            ListCell::Text(text) => format!(
                "<{tag} {office}value-type=\"string\">{}</{table}table-cell>",
                names.paragraphs(text)
            ),
            ListCell::Number(value) => {
                let value = value.normalize().to_string();
                format!(
                    "<{tag} {office}value-type=\"float\" {office}value=\"{value}\">{}</{table}table-cell>",
                    names.paragraphs(&value)
                )
            }
        }
    };
    let cells: String = if cells.is_empty() {
        format!("<{table}table-cell/>")
    } else {
        cells.iter().map(cell).collect()
    };
    format!("<{table}table-row {table}style-name=\"{row}\">{cells}</{table}table-row>")
}

/// Gives the document a page across for the list, A4, as wide as the list; true where that can be
/// done.
pub(super) fn add_page(package: &mut Package<'_>) -> Result<bool, PatchError> {
    let Some(text) = package.text(STYLES)? else { return Ok(false) };
    let Some((style, fo)) = Names::of_styles(&root(&text, STYLES)?) else { return Ok(false) };
    let found = containers(&text, STYLES, &["automatic-styles", "master-styles"])?;
    let [automatic, masters] = found.as_slice() else { return Ok(false) };
    if text.contains(LAYOUT) {
        return Ok(true);
    }
    let mut splices = Splices::default();
    automatic.append(
        &mut splices,
        &format!(
            "<{style}page-layout {style}name=\"{LAYOUT}\"><{style}page-layout-properties \
             {fo}page-width=\"297mm\" {fo}page-height=\"210mm\" \
             {style}print-orientation=\"landscape\" {fo}margin=\"12mm\" {style}scale-to-X=\"1\" \
             {style}scale-to-Y=\"0\"/></{style}page-layout>"
        ),
        1,
    );
    masters.append(
        &mut splices,
        &format!(
            "<{style}master-page {style}name=\"{PAGE}\" {style}page-layout-name=\"{LAYOUT}\"/>"
        ),
        1,
    );
    let changed = splices.apply(&text, STYLES)?;
    package.set(STYLES, changed);
    Ok(true)
}
