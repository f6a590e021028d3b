//! Text typed before Unicode: TCVN3 (also called ABC, fonts `.Vn…`) and VNI (fonts `VNI-…`).
//!
//! Both store letters of the Latin-1 page that only their fonts show as Vietnamese: `b¸o c¸o` in
//! `.VnTime` reads *báo cáo*. The font alone proves nothing, since Unicode text is often set in
//! `.VnTime`, and neither do single letters: *hé* is a syllable as it stands, and *hộ* in TCVN3.
//! So every syllable is judged both ways, as it stands and decoded; what decides is on which side
//! the words are that can be Vietnamese. Decoded text is for reading only: nothing is written in
//! these encodings.
//!
//! Tables: TCVN 5712:1993 (VN3); VNI-Windows, whose marks follow their vowel.

use std::cell::RefCell;
use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;

use crate::workbook::LegacyEncoding;

/// What the name of a font says of the text set in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Face {
    /// Nothing.
    #[default]
    Plain,
    /// A TCVN3 font.
    Tcvn3,
    /// A TCVN3 font whose small letters look like capitals (`.VnTimeH`).
    Tcvn3Capitals,
    /// A VNI font.
    Vni,
}

impl Face {
    /// The face of a font by its name.
    pub(super) fn of(font: &str) -> Self {
        let name = font.trim().to_ascii_lowercase();
        if name.starts_with(".vn") {
            if name.ends_with('h') { Self::Tcvn3Capitals } else { Self::Tcvn3 }
        } else if name.starts_with("vni-") || name.starts_with("vni ") {
            Self::Vni
        } else {
            Self::Plain
        }
    }

    fn encoding(self) -> Option<LegacyEncoding> {
        match self {
            Self::Plain => None,
            Self::Tcvn3 | Self::Tcvn3Capitals => Some(LegacyEncoding::Tcvn3),
            Self::Vni => Some(LegacyEncoding::Vni),
        }
    }
}

/// The texts of a sheet that may be in a legacy encoding, judged together: a short word alone
/// (*hé*) is decided by its neighbours.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    tcvn3: Score,
    vni: Score,
}

thread_local! {
    /// Words already judged, in both encodings: the names of places share most of theirs, in one
    /// column and from file to file.
    static KNOWN: RefCell<HashMap<String, [Score; 2]>> = RefCell::default();
}

/// Words remembered. Beyond that many they are forgotten, and remembered anew.
const MOST_KNOWN: usize = 4_000;

/// Bytes of the longest word that is remembered, decomposed.
const LONGEST_SYLLABLE: usize = 32;

/// Syllables that can be Vietnamese only decoded, only as they stand, and neither way.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    decoded: usize,
    as_is: usize,
    neither: usize,
}

impl std::ops::AddAssign for Score {
    fn add_assign(&mut self, other: Self) {
        self.decoded += other.decoded;
        self.as_is += other.as_is;
        self.neither += other.neither;
    }
}

/// What a word shows of both encodings, looked up where it is known.
fn in_both(word: &str, known: &mut HashMap<String, [Score; 2]>) -> [Score; 2] {
    if let Some(found) = known.get(word) {
        return *found;
    }
    let as_is = is_syllable(word);
    let found =
        [LegacyEncoding::Tcvn3, LegacyEncoding::Vni].map(|encoding| judged(word, as_is, encoding));
    if word.len() <= LONGEST_SYLLABLE {
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(word.to_owned(), found);
    }
    found
}

/// Without a font to vouch for it a sheet must show this many syllables of an encoding, and few words
/// that are Vietnamese neither way: of 5,572 public workbooks 30 in German, French and English have a
/// few words that happen to decode.
const WITHOUT_FONT: usize = 12;

impl Evidence {
    /// Takes a text into account.
    pub(super) fn add(&mut self, text: &str, face: Face) {
        for word in telling_words(text) {
            let found = KNOWN.with_borrow_mut(|known| in_both(word, known));
            if face.encoding() != Some(LegacyEncoding::Vni) {
                self.tcvn3 += found[0];
            }
            if face.encoding() != Some(LegacyEncoding::Tcvn3) {
                self.vni += found[1];
            }
        }
    }

    /// True where some text may be decoded, if only one by its neighbours.
    pub(super) fn tells(&self) -> bool {
        self.tcvn3.decoded > 0 || self.vni.decoded > 0
    }

    fn of(&mut self, encoding: LegacyEncoding) -> &mut Score {
        match encoding {
            LegacyEncoding::Tcvn3 => &mut self.tcvn3,
            LegacyEncoding::Vni => &mut self.vni,
        }
    }

    /// The Unicode text of a cell, with the encoding it was in, where that is certain. Its text is
    /// among the evidence.
    pub(super) fn decode(&mut self, text: &str, face: Face) -> Option<(String, LegacyEncoding)> {
        let (encoding, needed) = match face.encoding() {
            Some(known) => (known, 1),
            None if self.tcvn3.decoded >= self.vni.decoded => (LegacyEncoding::Tcvn3, WITHOUT_FONT),
            None => (LegacyEncoding::Vni, WITHOUT_FONT),
        };
        let sheet = *self.of(encoding);
        if sheet.decoded == 0 {
            return None;
        }
        let mut own = Score::default();
        for word in telling_words(text) {
            own += judged(word, is_syllable(word), encoding);
        }
        let foreign = if needed == WITHOUT_FONT { sheet.neither } else { 0 };
        let sheet_agrees = sheet.decoded >= needed && sheet.decoded > 4 * (sheet.as_is + foreign);
        let own_agrees = own.decoded > own.as_is;
        // A cell without a telling syllable follows its sheet, if its font says so too.
        let follows = own.as_is == 0 && face != Face::Plain && is_mapped(text, encoding);
        if !(sheet_agrees && (own_agrees || follows) || own_agrees && face != Face::Plain) {
            return None;
        }
        let decoded = decoded(text, encoding);
        let shown = if face == Face::Tcvn3Capitals { decoded.to_uppercase() } else { decoded };
        Some((shown.nfc().collect(), encoding))
    }
}

/// True for text that could be in a legacy encoding: letters of the Latin-1 page, and no letter
/// that only Unicode has.
pub(super) fn is_suspect(text: &str) -> bool {
    let mut suspect = false;
    for c in text.chars().filter(|c| !c.is_ascii()) {
        if is_unicode_vietnamese(c) {
            return false;
        }
        suspect |= ('\u{a1}'..='\u{ff}').contains(&c);
    }
    suspect
}

/// Letters of Vietnamese that neither encoding stores: from `Ă` on, and combining marks.
fn is_unicode_vietnamese(c: char) -> bool {
    matches!(c, '\u{102}'..='\u{1b0}' | '\u{300}'..='\u{323}' | '\u{1ea0}'..='\u{1ef9}')
}

fn is_mapped(text: &str, encoding: LegacyEncoding) -> bool {
    is_suspect(text) && decoded(text, encoding) != text
}

/// The text of an encoding in Unicode, whether or not it makes sense.
fn decoded(text: &str, encoding: LegacyEncoding) -> String {
    match encoding {
        LegacyEncoding::Tcvn3 => text.chars().map(tcvn3).collect(),
        LegacyEncoding::Vni => from_vni(text),
    }
}

/// The words of a text that may be in a legacy encoding: those with letters beyond ASCII.
fn telling_words(text: &str) -> impl Iterator<Item = &str> {
    let text = if is_suspect(text) { text } else { "" };
    text.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation())
        // A sign alone (`£`) is a letter of a legacy encoding and says nothing.
        .filter(|word| !word.is_ascii() && word.chars().nth(1).is_some())
}

/// Judges a syllable both ways, knowing what it is as it stands.
fn judged(word: &str, as_is: bool, encoding: LegacyEncoding) -> Score {
    match (is_syllable(&decoded(word, encoding)), as_is) {
        (true, false) => Score { decoded: 1, ..Score::default() },
        (false, true) => Score { as_is: 1, ..Score::default() },
        (false, false) => Score { neither: 1, ..Score::default() },
        (true, true) => Score::default(),
    }
}

/// Letters of TCVN3 from 0xA1 on; a blank where the standard has none.
const TCVN3: &str = "ĂÂÊÔƠƯĐăâêôơưđ      àảãáạ ằẳẵắ       ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ";

fn tcvn3(c: char) -> char {
    let place = u32::from(c).checked_sub(0xA1).and_then(|at| usize::try_from(at).ok());
    let letter = place.and_then(|at| TCVN3.chars().nth(at)).filter(|letter| *letter != ' ');
    letter.unwrap_or(c)
}

/// Letters of VNI that stand alone.
const VNI_LETTERS: &[(char, &str)] = &[
    ('ô', "ơ"),
    ('Ô', "Ơ"),
    ('ö', "ư"),
    ('Ö', "Ư"),
    ('ñ', "đ"),
    ('Ñ', "Đ"),
    ('æ', "ỉ"),
    ('Æ', "Ỉ"),
    ('ó', "ĩ"),
    ('Ó', "Ĩ"),
    ('ò', "ị"),
    ('Ò', "Ị"),
    ('î', "ỵ"),
    ('Î', "Ỵ"),
];

/// Marks of VNI, small and capital, as combining marks: circumflex or breve first, then the tone.
const VNI_MARKS: &[(char, char, &str)] = &[
    ('ù', 'Ù', "\u{301}"),
    ('ø', 'Ø', "\u{300}"),
    ('û', 'Û', "\u{309}"),
    ('õ', 'Õ', "\u{303}"),
    ('ï', 'Ï', "\u{323}"),
    ('â', 'Â', "\u{302}"),
    ('á', 'Á', "\u{302}\u{301}"),
    ('à', 'À', "\u{302}\u{300}"),
    ('å', 'Å', "\u{302}\u{309}"),
    ('ã', 'Ã', "\u{302}\u{303}"),
    ('ä', 'Ä', "\u{302}\u{323}"),
    ('ê', 'Ê', "\u{306}"),
    ('é', 'É', "\u{306}\u{301}"),
    ('è', 'È', "\u{306}\u{300}"),
    ('ú', 'Ú', "\u{306}\u{309}"),
    ('ü', 'Ü', "\u{306}\u{303}"),
    ('ë', 'Ë', "\u{306}\u{323}"),
];

fn from_vni(text: &str) -> String {
    let mut marked = String::with_capacity(text.len() * 2);
    let mut base = ' ';
    for c in text.chars() {
        if let Some(mark) = vni_mark(c).filter(|mark| carries(base, mark)) {
            marked.push_str(mark);
        } else if let Some((_, letter)) = VNI_LETTERS.iter().find(|(code, _)| *code == c) {
            marked.push_str(letter);
        } else {
            marked.push(c);
        }
        base = c;
    }
    marked.nfc().collect()
}

fn vni_mark(c: char) -> Option<&'static str> {
    VNI_MARKS.iter().find(|(small, capital, _)| c == *small || c == *capital).map(|mark| mark.2)
}

/// True where a VNI vowel takes a mark: the breve goes with `a`, the circumflex with `a`, `e`,
/// `o`, a bare tone with these, `u`, `y` and the horned `ô` and `ö`.
fn carries(base: char, mark: &str) -> bool {
    let vowels = match mark.chars().next() {
        Some('\u{306}') => "aA",
        Some('\u{302}') => "aAeEoO",
        _ => "aAeEoOuUyYôÔöÖ",
    };
    vowels.contains(base)
}

/// Vowel groups of Vietnamese syllables without their tones.
const NUCLEI: &[&str] = &[
    "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "ai", "ao", "au", "ay", "âu", "ây",
    "eo", "êu", "ia", "iê", "iêu", "iu", "oa", "oă", "oai", "oao", "oay", "oe", "oeo", "oi", "ôi",
    "ơi", "oo", "ua", "uâ", "uây", "ue", "uê", "ui", "uô", "uôi", "uơ", "uy", "uya", "uyê", "uyu",
    "ưa", "ưi", "ươ", "ươi", "ươu", "ưu", "yê", "yêu", "uă", "uao", "uai", "uay", "uao", "êi",
];

const ONSETS: &[&str] = &[
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g",
    "h", "k", "l", "m", "n", "p", "q", "r", "s", "t", "v", "x", "",
];

/// The letters of vowel groups: what begins or ends otherwise need not be looked for among them.
const VOWELS: [char; 12] = ['a', 'ă', 'â', 'e', 'ê', 'i', 'o', 'ô', 'ơ', 'u', 'ư', 'y'];

const CODAS: &[&str] = &["", "c", "ch", "m", "n", "ng", "nh", "p", "t"];

/// True for a word that can be a Vietnamese syllable, in one case throughout or capitalised.
fn is_syllable(word: &str) -> bool {
    let mut letters = word.chars().skip(1);
    let small_then_capital =
        letters.any(char::is_uppercase) && word.chars().any(char::is_lowercase);
    if small_then_capital || !word.chars().all(char::is_alphabetic) {
        return false;
    }
    let (plain, tones) = without_tones(word);
    tones <= 1
        && ONSETS.iter().any(|onset| {
            let rest = plain.strip_prefix(onset).filter(|rest| rest.starts_with(VOWELS));
            let Some(rest) = rest else { return false };
            CODAS.iter().any(|coda| {
                let nucleus = rest.strip_suffix(coda).filter(|rest| rest.ends_with(VOWELS));
                nucleus.is_some_and(|nucleus| NUCLEI.contains(&nucleus))
            })
        })
}

/// Small letters without tone marks (but with circumflex, breve and horn), and how many tones.
fn without_tones(word: &str) -> (String, usize) {
    let mut tones = 0;
    let small = word.to_lowercase();
    let toneless = small.nfd().filter(|c| {
        let tone = matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
        tones += usize::from(tone);
        !tone
    });
    let plain = toneless.nfc().collect();
    (plain, tones)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str], face: Face) -> Vec<Option<String>> {
        let mut evidence = Evidence::default();
        for text in texts {
            evidence.add(text, face);
        }
        let decode = |text: &&str| evidence.decode(text, face).map(|(text, _)| text);
        texts.iter().map(decode).collect()
    }

    /// Unicode text as TCVN3 would store it.
    fn to_tcvn3(text: &str) -> String {
        let code = |c: char| {
            let place = TCVN3.chars().position(|letter| letter == c && letter != ' ');
            place.and_then(|at| char::from_u32(0xA1 + u32::try_from(at).unwrap())).unwrap_or(c)
        };
        text.chars().map(code).collect()
    }

    #[test]
    fn tcvn3_phrases_are_read() {
        let found = read(&["b¸o c¸o t×nh h×nh", "hé nghÌo", "tû lÖ"], Face::Tcvn3);
        let expected = ["báo cáo tình hình", "hộ nghèo", "tỷ lệ"];
        assert_eq!(found, expected.map(|text| Some(text.to_owned())));
        let capitals = read(&["Céng hoµ x· héi chñ nghÜa"], Face::Tcvn3Capitals);
        assert_eq!(capitals[0].as_deref(), Some("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA"));
    }

    #[test]
    fn the_tcvn3_table_holds_every_small_letter_once() {
        let letters = "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵăâêôơưđ";
        for letter in letters.chars() {
            assert_eq!(TCVN3.chars().filter(|c| *c == letter).count(), 1, "{letter}");
        }
        // The corners of the standard's page.
        for (code, letter) in [(0xB5, 'à'), (0xBE, 'ắ'), (0xC6, 'ặ'), (0xD7, 'ì'), (0xFE, 'ỵ')]
        {
            assert_eq!(tcvn3(char::from_u32(code).unwrap()), letter);
        }
        let phrase = "số nhân khẩu thuộc hộ cận nghèo đầu kỳ";
        assert_eq!(decoded(&to_tcvn3(phrase), LegacyEncoding::Tcvn3), phrase);
    }

    #[test]
    fn vni_phrases_are_read() {
        let found = read(&["Toång soá hoä ngheøo", "Ñöôøng", "tyû leä", "xaõ"], Face::Vni);
        let expected = ["Tổng số hộ nghèo", "Đường", "tỷ lệ", "xã"];
        assert_eq!(found, expected.map(|text| Some(text.to_owned())));
        assert_eq!(
            from_vni("COÄNG HOØA XAÕ HOÄI, naêm, ñaëc, kòp, nghóa, kyõ, gì"),
            "CỘNG HÒA XÃ HỘI, năm, đặc, kịp, nghĩa, kỹ, gì"
        );
    }

    #[test]
    fn unicode_text_in_an_old_font_is_left_alone() {
        let texts = ["Tổng số hộ nghèo", "là hộ có", "tên xã", "Tên", "không có", "và"];
        assert_eq!(read(&texts, Face::Tcvn3), vec![None; texts.len()]);
        assert_eq!(read(&texts, Face::Plain), vec![None; texts.len()]);
        let vni = read(&["thôn có hoà", "bão lũ"], Face::Vni);
        assert_eq!(vni, [None, None]);
    }

    #[test]
    fn without_a_font_a_sheet_must_prove_itself() {
        assert_eq!(read(&["Qu¸n cµ phª"], Face::Plain).len(), 1);
        let phrase = "B¸o c¸o kÕt qu¶ rµ so¸t hé nghÌo, hé cËn nghÌo vµ møc gi¶m tû lÖ cña x·";
        let decoded = read(&[phrase], Face::Plain);
        assert_eq!(
            decoded[0].as_deref(),
            Some("Báo cáo kết quả rà soát hộ nghèo, hộ cận nghèo và mức giảm tỷ lệ của xã")
        );
        let foreign = read(&["café, naïve, Ærø", "5 m²", "±3 %", "§ 2", "Zürich"], Face::Plain);
        assert_eq!(foreign, vec![None; 5]);
    }

    #[test]
    fn other_languages_are_left_alone_without_a_font() {
        let words = "Ort Größe Küche où Küng Rö côté Müller für Straße Bücher schön größer über";
        let texts: Vec<&str> = words.split(' ').chain(["£m", "£", "£ 5"]).collect();
        assert_eq!(read(&texts, Face::Plain), vec![None; texts.len()]);
    }

    #[test]
    fn fonts_are_known_by_name() {
        assert_eq!(Face::of(".VnTime"), Face::Tcvn3);
        assert_eq!(Face::of(".VnArial NarrowH"), Face::Tcvn3Capitals);
        assert_eq!(Face::of("VNI-Times"), Face::Vni);
        assert_eq!(Face::of("Times New Roman"), Face::Plain);
    }

    #[test]
    fn syllables_are_told_from_noise() {
        assert!(NUCLEI.concat().chars().all(|letter| VOWELS.contains(&letter)));
        for word in ["nghèo", "Đường", "CỘNG", "khuỷu", "quyết", "giữa", "gì", "uỷ", "tỷ", "ngoéo"]
        {
            assert!(is_syllable(word), "{word}");
        }
        for word in ["nghÌo", "b¸o", "hoä", "tªn", "Zürich", "naïve", ""] {
            assert!(!is_syllable(word), "{word}");
        }
    }
}
