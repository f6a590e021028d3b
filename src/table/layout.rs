//! How the form of a table wants it on paper.

/// Paper orientation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Orientation {
    /// Chosen by the number of columns.
    #[default]
    Auto,
    /// Upright.
    Portrait,
    /// Across.
    Landscape,
}

/// The layout of the appendix. Lengths are millimetres, sizes points.
///
/// The defaults are those of Nghị định 30/2020/NĐ-CP, Phụ lục I: A4, margins of 20–25 mm above
/// and below, 30–35 mm left, 15–20 mm right; Times New Roman; titles of 13–14 pt.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Layout {
    /// Orientation of the paper.
    pub orientation: Orientation,
    /// Upper and lower margin.
    pub margin_top: u16,
    /// Lower margin.
    pub margin_bottom: u16,
    /// Left margin, where the binding is.
    pub margin_left: u16,
    /// Right margin.
    pub margin_right: u16,
    /// Font of the whole sheet.
    pub font: String,
    /// Size of titles and of the signature block.
    pub title_size: u16,
    /// Size of the text in the table.
    pub text_size: u16,
    /// Who signs the sheet, authority and titles top down, where the workbook does not say.
    pub signed_by: Vec<String>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            orientation: Orientation::Auto,
            margin_top: 20,
            margin_bottom: 20,
            margin_left: 30,
            margin_right: 15,
            font: "Times New Roman".to_owned(),
            title_size: 14,
            text_size: 11,
            signed_by: Vec::new(),
        }
    }
}
