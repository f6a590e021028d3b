//! Groups of units with sums of their own.

use std::str::FromStr;

use crate::units::{Expected, Unit};
use crate::words::units::Key;

/// What units are grouped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// The folder that their files lie in.
    Folder,
    /// Urban and rural: wards and towns, communes.
    Area,
    /// A column of the list of units, by its heading.
    Column(String),
}

impl FromStr for Group {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "folder" => Self::Folder,
            "area" => Self::Area,
            heading => Self::Column(heading.to_owned()),
        })
    }
}

/// The group of a unit whose own cannot be told.
const UNKNOWN: &str = "Chưa rõ nhóm";

/// Levels of units in towns.
const URBAN: &[&str] = &["phường", "thị trấn", "quận"];

impl Group {
    /// The name of a unit's group.
    pub(super) fn of(&self, unit: &Unit, file: &str, list: Option<&Expected>) -> String {
        let found = match self {
            Self::Folder => folder(file).map(ToOwned::to_owned),
            Self::Area => Key::of(&unit.name).level.map(|level| {
                let urban = URBAN.contains(&level.as_str());
                if urban { "Khu vực thành thị" } else { "Khu vực nông thôn" }.to_owned()
            }),
            Self::Column(heading) => list
                .and_then(|list| list.column(heading))
                .and_then(|column| column.get(unit.listed?).cloned()),
        };
        found.filter(|name| !name.is_empty()).unwrap_or_else(|| UNKNOWN.to_owned())
    }
}

/// The name of the folder a file lies in.
fn folder(file: &str) -> Option<&str> {
    let (folder, _) = file.rsplit_once(['/', '\\'])?;
    folder.rsplit(['/', '\\']).next()
}
