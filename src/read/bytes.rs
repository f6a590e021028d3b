//! Numbers and texts at places in the records of `.xls` and `.xlsb`, the lowest byte first.

pub(crate) fn short(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(data.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(crate) fn long(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// The text of letters of two bytes.
pub(crate) fn utf16(bytes: &[u8]) -> String {
    let pairs = bytes.chunks_exact(2);
    let units = char::decode_utf16(pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
    // Letters of Vietnamese words take one to three bytes.
    let mut text = String::with_capacity(bytes.len());
    text.extend(units.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)));
    text
}

/// The text of letters of one byte.
pub(crate) fn latin(bytes: &[u8]) -> String {
    // In UTF-8 the upper half take two bytes each.
    let upper = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let mut text = String::with_capacity(bytes.len() + upper);
    text.extend(bytes.iter().copied().map(char::from));
    text
}

/// The code page of letters of two bytes.
pub(crate) const UTF_16: u16 = 1200;

/// The text of letters in a code page of one byte or several; of one byte each where it names none.
pub(crate) fn paged(bytes: &[u8], page: u16) -> String {
    match codepage::to_encoding(page).filter(|_| page != UTF_16) {
        Some(encoding) => encoding.decode(bytes).0.into_owned(),
        None => latin(bytes),
    }
}

/// A text of so many letters, of one byte or of two as the flag before them says.
pub(crate) fn flagged(data: &[u8], count: usize) -> Option<String> {
    let (flag, letters) = data.split_first()?;
    if flag & 1 == 0 {
        return letters.get(..count).map(latin);
    }
    letters.get(..count.checked_mul(2)?).map(utf16)
}

/// A text with its length in four bytes, and where it ends.
pub(crate) fn wide_text(data: &[u8], at: usize) -> Option<(String, usize)> {
    let count = usize::try_from(long(data, at)?).ok()?;
    let start = at.checked_add(4)?;
    let end = start.checked_add(count.checked_mul(2)?)?;
    Some((utf16(data.get(start..end)?), end))
}
