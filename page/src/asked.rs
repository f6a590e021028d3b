//! What comes in as JSON.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use soatbieu::appendix::{self, Mode};
use soatbieu::desk::{CellName, Choices, Decision};
use soatbieu::failure::{Code, Failure};
use soatbieu::merge::{self, Kind, Rows};
use soatbieu::recognise::notation::read_number_text;
use soatbieu::workbook::Address;

/// A cell of a table, by the sheet's name.
#[derive(Debug, Deserialize)]
struct Cell {
    sheet: String,
    cell: String,
}

/// A figure for a cell.
#[derive(Debug, Deserialize)]
struct Decided {
    #[serde(flatten)]
    place: Cell,
    figure: String,
}

/// All that a person has chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Choice {
    decided: Vec<Decided>,
    agreed: Vec<Cell>,
    declined: Vec<Cell>,
}

impl Choice {
    pub(crate) fn read(text: &str) -> Result<Choices, Failure> {
        let choice: Self = parse(text)?;
        let mut choices = Choices::default();
        for Decided { place, figure } in choice.decided {
            let number = read_number_text(&figure).ok_or_else(|| {
                Failure::new(
                    Code::CannotCorrect,
                    format!("«{figure}» không phải là số"),
                    format!("“{figure}” is not a figure"),
                )
            })?;
            choices.decisions.push(Decision { cell: place.name()?, figure: number });
        }
        choices.agreed = Cell::names(choice.agreed)?;
        choices.declined = Cell::names(choice.declined)?;
        Ok(choices)
    }
}

impl Cell {
    fn name(self) -> Result<CellName, Failure> {
        Ok(CellName { sheet: Some(self.sheet), at: address(&self.cell)? })
    }

    fn names(cells: Vec<Self>) -> Result<Vec<CellName>, Failure> {
        cells.into_iter().map(Self::name).collect()
    }
}

/// A cell's address.
pub(crate) fn address(text: &str) -> Result<Address, Failure> {
    text.parse().map_err(|_| {
        Failure::new(
            Code::CannotCorrect,
            format!("«{text}» không phải là địa chỉ ô"),
            format!("“{text}” is not the address of a cell"),
        )
    })
}

/// How an appendix is set. What is left empty is taken from the workbook.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sheet {
    mode: String,
    title: String,
    reference: String,
    agency: String,
    authority: String,
    signer_title: String,
    signer: String,
    preparer: String,
    place_date: String,
    number: String,
}

impl Sheet {
    pub(crate) fn read(text: &str) -> Result<appendix::Options, Failure> {
        let sheet: Self = parse(text)?;
        let given = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(appendix::Options {
            mode: match sheet.mode.as_str() {
                "phu-luc" => Mode::PhuLuc,
                "dien-tu" => Mode::DienTu,
                _ => Mode::Ky,
            },
            title: given(sheet.title),
            reference: given(sheet.reference),
            authority: given(sheet.authority),
            signer_title: given(sheet.signer_title).map(|title| title.replace('|', "\n")),
            signer: given(sheet.signer),
            preparer: given(sheet.preparer),
            place_date: given(sheet.place_date),
            agency: given(sheet.agency),
            number: given(sheet.number),
            ..appendix::Options::default()
        })
    }
}

/// How files are merged.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Merge {
    villages: bool,
    leave_out: Vec<Kind>,
    unit_heading: String,
}

impl Merge {
    pub(crate) fn read(text: &str) -> Result<merge::Options, Failure> {
        let wanted: Self = parse(text)?;
        Ok(merge::Options {
            rows: if wanted.villages { Rows::Village } else { Rows::Unit },
            leave_out: wanted.leave_out,
            unit_heading: Some(wanted.unit_heading).filter(|heading| !heading.trim().is_empty()),
            ..merge::Options::default()
        })
    }
}

fn parse<T: DeserializeOwned + Default>(text: &str) -> Result<T, Failure> {
    if text.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_str(text).map_err(|error| {
        let error = error.to_string();
        Failure::new(Code::Unknown, error.clone(), error)
    })
}
