//! How a cell came to hold no figure.

use rust_decimal::Decimal;

use super::{Cause, Mechanism};
use crate::lang::Text;
use crate::table::{Date, Place, Reading, Table, print_number};

/// Why a cell holds no figure, where its surroundings or the figure that belongs there tell.
#[must_use]
pub fn cause_of_unread(table: &Table, place: Place, right: Option<Decimal>) -> Option<Cause> {
    if let Some(places) =
        table.merged.iter().find(|places| places.iter().skip(1).any(|covered| *covered == place))
    {
        return Some(merged(table, places));
    }
    let Reading::Text(text) = &table.datum(place).reading else { return None };
    let date = Date::parse(text)?;
    let right = right?;
    let printed = table.print(place.column, right);
    let stored = table.to_stored(place, right);
    let plain = print_number(right, None);
    let detail = if Date::of_serial(stored) == Some(date) {
        Text::new(
            format!("ô chứa số {printed} nhưng định dạng ngày tháng làm số đó hiện thành {date}"),
            format!("the cell holds {printed}, which its date format shows as {date}"),
        )
    } else if date.was_typed_as(right) {
        Text::new(
            format!("số {plain} khi gõ bị Excel đổi thành ngày {date}"),
            format!("the spreadsheet made the date {date} of {plain} when it was typed"),
        )
    } else {
        return None;
    };
    Some(Cause { mechanism: Mechanism::MadeDate, detail })
}

/// The merged cell with the figure it shows.
fn merged(table: &Table, places: &[Place]) -> Cause {
    let address = |place: Option<&Place>| {
        place.map(|place| table.address(*place).to_string()).unwrap_or_default()
    };
    let (first, last) = (address(places.first()), address(places.last()));
    let figure = places.first().and_then(|place| table.number(*place));
    let figure = figure.map(|figure| print_number(figure, None)).unwrap_or_default();
    let detail = Text::new(
        format!("các ô {first}:{last} bị gộp thành một (số {figure}): bỏ gộp ô rồi ghi số riêng"),
        format!(
            "cells {first}:{last} are merged into one ({figure}): unmerge them and give each its figure"
        ),
    );
    Cause { mechanism: Mechanism::Merged, detail }
}
