//! The shared strings of a workbook ([MS-XLS] 2.4.265, 2.5.293).

use super::text_of;
use crate::failure::Failure;
use crate::read::bytes::{long, short};
use crate::read::damaged;
use crate::read::store::{Budget, Text, Texts};

/// The strings of the records that hold them, one after the other.
struct Strings<'a> {
    records: &'a [&'a [u8]],
    record: usize,
    at: usize,
}

/// The strings of a table and its continuations.
pub(super) fn read(records: &[&[u8]], budget: &mut Budget) -> Result<Texts, Failure> {
    let mut strings = Strings { records, record: 0, at: 8 };
    let mut texts = Texts::default();
    while strings.is_more() {
        let text = strings.next().ok_or_else(|| damaged("BIFF: SST"))?;
        budget.string(text.len())?;
        texts.push(Text::plain(text));
    }
    Ok(texts)
}

impl Strings<'_> {
    /// Goes on to the record with the next string.
    fn is_more(&mut self) -> bool {
        while let Some(record) = self.records.get(self.record) {
            if self.at < record.len() {
                return true;
            }
            self.record += 1;
            self.at = 0;
        }
        false
    }

    /// What is left of the record.
    fn rest(&self) -> Option<&[u8]> {
        self.records.get(self.record)?.get(self.at..)
    }

    /// The next string; nothing where it is cut off.
    fn next(&mut self) -> Option<String> {
        let head = self.rest()?;
        let count = usize::from(short(head, 0)?);
        let flags = *head.get(2)?;
        let mut used = 3;
        let mut after = 0;
        if flags & 8 != 0 {
            after += usize::from(short(head, used)?) * 4;
            used += 2;
        }
        if flags & 4 != 0 {
            after += usize::try_from(long(head, used)?).ok()?;
            used += 4;
        }
        self.at += used;
        let text = self.letters(count, flags & 1 != 0)?;
        self.skip(after)?;
        Some(text)
    }

    /// Letters; where they go on in the next record, a byte tells their width anew. The two halves of one
    /// letter may stand in two records.
    fn letters(&mut self, mut count: usize, mut wide: bool) -> Option<String> {
        let mut parts: Vec<u16> = Vec::new();
        loop {
            let width = if wide { 2 } else { 1 };
            let rest = self.rest().unwrap_or_default();
            let here = (rest.len() / width).min(count);
            let letters = &rest[..here * width];
            let whole = (parts.is_empty() && here == count).then(|| text_of(letters, wide));
            if whole.is_none() {
                parts.extend(letters.chunks_exact(width).map(|letter| match *letter {
                    [low, high] => u16::from_le_bytes([low, high]),
                    _ => letter[0].into(),
                }));
            }
            self.at += here * width;
            count -= here;
            if count == 0 {
                return whole.or_else(|| Some(String::from_utf16_lossy(&parts)));
            }
            self.record += 1;
            wide = self.records.get(self.record)?.first()? & 1 != 0;
            self.at = 1;
        }
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let left = self.rest().map_or(0, <[u8]>::len);
            let here = left.min(count);
            self.at += here;
            count -= here;
            if count > 0 {
                self.record += 1;
                self.at = 0;
                self.records.get(self.record)?;
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Limits;

    fn shorts(numbers: &[u16]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn strings_are_read_across_records() {
        // 5 narrow letters, cut after 3 and continued wide; then a rich string of 2 letters.
        let first = [&[0; 8][..], &shorts(&[5])[..], &[0], b"abc"].concat();
        let rest = [&[1][..], &shorts(&[0x1EA1, 0x65, 2]), &[8, 1, 0, b'x', b'y'], &[0; 4]];
        let rest = rest.concat();
        let mut budget = Budget::new(&Limits::default());
        let texts = read(&[&first, &rest], &mut budget).unwrap();
        let found = [0, 1, 2].map(|index| texts.get(index).map(|text| text.value()));
        let text = |text: &str| Some(crate::workbook::Value::Text(text.to_owned()));
        assert_eq!(found, [text("abcạe"), text("xy"), None]);
        let head = [&[0; 8][..], &shorts(&[2])[..], &[1], &shorts(&[0xD83C])].concat();
        let texts = read(&[&head, &[&[1][..], &shorts(&[0xDF3E])].concat()], &mut budget).unwrap();
        assert_eq!(texts.get(0).map(|letter| letter.value()), text("🌾"), "in two halves");
        assert!(read(&[&first], &mut budget).is_err(), "a string is cut off");
        assert!(read(&[&first, &rest[..9]], &mut budget).is_err(), "what is behind one is cut off");
    }
}
