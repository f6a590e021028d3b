//! The signature block on paper: everybody who signs in a band of columns of their own, the names on
//! one line.

use super::compose::{ROOM_SPARE, Sheet};
use super::drawing::{Side, Style};
use super::metrics::Type;
use super::signers::Signer;
use super::surroundings::Signature;

/// First and last column of a band.
type Band = (u16, u16);
/// A line with its look; blank ones leave room.
type Set = (String, Style);

/// Lines left for a signature and a seal.
const ROOM: usize = 4;
/// Height of such a line in pixels; [`ROOM_SPARE`] can be taken from it to save a page.
const ROOM_HEIGHT: u32 = 24;
const _: () = assert!(ROOM_SPARE < ROOM_HEIGHT);

impl Sheet<'_> {
    /// Sets the block, and beside or below it who receives the sheet.
    pub(super) fn signature(&mut self, signature: &Signature, page: usize) {
        // Three and more side by side take the smaller of the decree's sizes.
        let most = if signature.signers.len() > 2 { 13 } else { u16::MAX };
        let size = self.title_size().min(most);
        let needed: Vec<u32> =
            signature.signers.iter().map(|signer| needed(signer, size)).collect();
        let Some(issuer) = needed.last() else { return };
        let (left, right) = self.halves(page, *issuer);
        if let Some(date) = &signature.date {
            let style = Style { size: 13, italic: true, ..Style::default() };
            self.line(right, date, &style, 2);
        }
        let mut recipients = recipients(&self.around.recipients);
        if let [signer] = signature.signers.as_slice() {
            let lines = level([signer], size);
            let beside = left.map(|left| (left, std::mem::take(&mut recipients)));
            let bands: Vec<_> =
                lines.into_iter().map(|lines| (right, lines)).chain(beside).collect();
            self.bands(&bands);
        } else {
            let bands = match (left, signature.signers.len()) {
                (Some(left), 2) => vec![left, right],
                _ => self.fitted_bands(page, &needed),
            };
            // A page with fewer columns than signers has them one below the other.
            for signers in signature.signers.chunks(bands.len().max(1)) {
                let lines = level(signers, size);
                let set: Vec<_> = bands.iter().copied().zip(lines).collect();
                self.bands(&set);
            }
        }
        if !recipients.is_empty() {
            self.bands(&[(left.unwrap_or(right), recipients)]);
        }
    }

    /// Bands of columns, each as wide as its signer needs and what is left shared out, as far as
    /// columns allow.
    fn fitted_bands(&self, page: usize, needed: &[u32]) -> Vec<Band> {
        let (first, last) = self.own_columns(page);
        let columns: Vec<u16> = (first..=last).collect();
        let count = needed.len().min(columns.len());
        let parts = u32::try_from(count).unwrap_or(1).max(1);
        let spare =
            self.plan.width((first, last)).saturating_sub(needed[..count].iter().sum()) / parts;
        let mut bands = Vec::new();
        let (mut start, mut target) = (0, 0);
        for (index, needed) in needed[..count].iter().enumerate() {
            target += needed + spare;
            // Each of the others has a column at least.
            let most = columns.len() - (count - index - 1);
            let mut end = start + 1;
            let middle = |end: usize| {
                let before = self.plan.width((first, columns[end - 1]));
                before + self.plan.width((columns[end], columns[end])) / 2
            };
            while end < most && (index + 1 == count || middle(end) <= target) {
                end += 1;
            }
            bands.push((columns[start], columns[end - 1]));
            start = end;
        }
        bands
    }

    /// Sets lines side by side, each row as high as its highest.
    fn bands(&mut self, bands: &[(Band, Vec<Set>)]) {
        let count = bands.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
        for index in 0..count {
            let line = |(band, lines): &(Band, Vec<Set>)| {
                let (text, style) = lines.get(index)?.clone();
                (!text.is_empty()).then_some((*band, text, style))
            };
            let texts: Vec<(Band, String, Style)> = bands.iter().filter_map(line).collect();
            let height = |(band, text, style): &(Band, String, Style)| {
                let kind = Type { size: style.size, bold: true };
                kind.height(kind.lines(text, self.plan.text_width(*band)))
            };
            let row = self.drawing.row(texts.iter().map(height).max().unwrap_or(ROOM_HEIGHT));
            if texts.is_empty() {
                self.room.push(row);
            }
            for (band, text, style) in texts {
                self.drawing.text(row, band, &text, &style);
            }
        }
    }
}

/// The width of a signer's longest line, in pixels.
fn needed(signer: &Signer, size: u16) -> u32 {
    let bold = Type { size, bold: true };
    let lines = signer.titles.iter().chain([&signer.name]);
    lines.map(|line| bold.width(line)).max().unwrap_or(0) / 75 + 10
}

/// The lines of signers: titles, how to sign, room, and the names at one height.
fn level<'a>(signers: impl IntoIterator<Item = &'a Signer>, size: u16) -> Vec<Vec<Set>> {
    let bold = Style { size, bold: true, ..Style::default() };
    let italic = Style { size: 12, italic: true, ..Style::default() };
    let heads: Vec<(&Signer, Vec<Set>)> = signers
        .into_iter()
        .map(|signer| {
            let mut lines: Vec<Set> =
                signer.titles.iter().map(|title| (title.clone(), bold.clone())).collect();
            lines.extend(signer.instruction.iter().map(|line| (line.clone(), italic.clone())));
            (signer, lines)
        })
        .collect();
    let highest = heads.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
    let whole = |(signer, mut lines): (&Signer, Vec<Set>)| {
        lines.resize(highest + ROOM, (String::new(), bold.clone()));
        lines.push((signer.name.clone(), bold.clone()));
        lines.extend(
            signer.after.iter().map(|line| (line.clone(), Style { size: 12, ..Style::default() })),
        );
        lines
    };
    heads.into_iter().map(whole).collect()
}

/// `Nơi nhận:` in bold italic of 12 pt, its entries in 11 pt.
fn recipients(lines: &[String]) -> Vec<Set> {
    let style = Style { size: 11, side: Side::Left, ..Style::default() };
    lines
        .iter()
        .enumerate()
        .map(|(index, line)| match index {
            0 => (line.clone(), Style { size: 12, bold: true, italic: true, ..style.clone() }),
            _ => (line.clone(), style.clone()),
        })
        .collect()
}
