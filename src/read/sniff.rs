//! What the bytes of a file are, whatever its suffix says.

use std::io::Cursor;

use super::package::Archive;
use crate::failure::{Code, Failure};
use crate::workbook::FileFormat;

/// What a file's content turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A workbook that can be read.
    Workbook(FileFormat),
    /// No bytes at all.
    Empty,
    /// An encrypted workbook (OLE container around an encrypted package).
    Encrypted,
    /// A web page, often saved by a web system under the suffix `.xls`.
    Html,
    /// A web page with its pictures in one file (MHTML), which Excel saves under `.mht` or `.xls`.
    WebArchive,
    /// Excel 2003 XML.
    SpreadsheetMl2003,
    /// Excel 2.0 to 4.0, a stream without a container.
    OldExcel,
    /// Text with separators.
    SeparatedText,
    /// A package that was cut off: its directory, at its end, is missing.
    CutPackage,
    /// A document of a kind that is not read, with its common name.
    Document(&'static str),
    /// Something else, with its common name.
    Other(&'static str),
}

/// Decides what the bytes are from their first bytes and, for a package, its parts.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Content {
    match sniff_outside(bytes) {
        (Content::Workbook(FileFormat::Xlsx), Some(archive)) => {
            Content::Workbook(ooxml_kind(archive))
        }
        (content, _) => content,
    }
}

/// The same, but for what only a look into a part tells: macros may be in an `.xlsx`. With the
/// archive of a package, whose directory was read to tell.
pub(super) fn sniff_outside(bytes: &[u8]) -> (Content, Option<Archive<'_>>) {
    if bytes.starts_with(b"PK") {
        let Ok(mut archive) = Archive::new(Cursor::new(bytes)) else {
            return (Content::CutPackage, None);
        };
        return (sniff_package(&mut archive), Some(archive));
    }
    (sniff_alone(bytes), None)
}

/// What is no package.
fn sniff_alone(bytes: &[u8]) -> Content {
    if bytes.is_empty() {
        return Content::Empty;
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return sniff_container(bytes);
    }
    if matches!(bytes, [0x09, 0x00 | 0x02 | 0x04, 0x04 | 0x06, 0x00, ..]) {
        return Content::OldExcel;
    }
    sniff_signature(bytes).unwrap_or_else(|| sniff_text(bytes))
}

/// Files known by their signature alone.
fn sniff_signature(bytes: &[u8]) -> Option<Content> {
    const SIGNATURES: &[(&[u8], &str)] = &[
        (b"%PDF", "PDF"),
        (b"\x89PNG", "PNG"),
        (b"\xFF\xD8\xFF", "JPEG"),
        (b"Rar!", "RAR"),
        (b"7z\xBC\xAF", "7-Zip"),
        (b"\x1F\x8B", "gzip"),
    ];
    if bytes.starts_with(b"{\\rtf") {
        return Some(Content::Document("RTF"));
    }
    let found = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature))?;
    Some(Content::Other(found.1))
}

/// A zip archive: the names of its parts tell which kind.
fn sniff_package(archive: &mut Archive<'_>) -> Content {
    let has =
        |name: &str| archive.file_names().flatten().any(|part| part.eq_ignore_ascii_case(name));
    if has("xl/workbook.bin") {
        return Content::Workbook(FileFormat::Xlsb);
    }
    if archive.file_names().flatten().any(|part| is_of_document(&part)) {
        return Content::Workbook(FileFormat::Docx);
    }
    if has("ppt/presentation.xml") {
        return Content::Other("PowerPoint");
    }
    if has(CONTENT_TYPES) {
        return Content::Workbook(FileFormat::Xlsx);
    }
    if has("content.xml") {
        return open_document_kind(archive);
    }
    Content::Other("ZIP")
}

/// True for a part that only documents have: programs name the main part in several ways.
fn is_of_document(part: &str) -> bool {
    let part = part.trim_start_matches('/').to_ascii_lowercase();
    let rest = part.strip_prefix("word/document").and_then(|rest| rest.strip_suffix(".xml"));
    rest.is_some_and(|rest| !rest.contains('/'))
}

/// Bytes that hold the declarations looked for here, and bound what a bomb can unpack.
pub(super) const HEAD: u64 = 64 << 10;

/// The beginning of a part as text; empty when there is none.
fn head(archive: &mut Archive<'_>, name: &str) -> String {
    use std::io::Read as _;
    let Ok(part) = archive.by_name(name) else { return String::new() };
    let mut head = Vec::new();
    let _ = part.take(HEAD).read_to_end(&mut head);
    String::from_utf8_lossy(&head).into_owned()
}

fn ooxml_kind(mut archive: Archive<'_>) -> FileFormat {
    let types = head(&mut archive, CONTENT_TYPES);
    if enables_macros(types.as_bytes()) { FileFormat::Xlsm } else { FileFormat::Xlsx }
}

/// The part that says what the parts of an OOXML package are.
pub(super) const CONTENT_TYPES: &str = "[Content_Types].xml";

/// True where the types of a package's parts are those of a workbook with macros.
pub(super) fn enables_macros(types: &[u8]) -> bool {
    memchr::memmem::find(types, b"macroEnabled").is_some()
}

fn open_document_kind(archive: &mut Archive<'_>) -> Content {
    let kind = head(archive, "mimetype");
    if kind.contains("opendocument.text") {
        Content::Document("OpenDocument Text, .odt")
    } else if kind.contains("opendocument.presentation") {
        Content::Other("OpenDocument Presentation")
    } else {
        Content::Workbook(FileFormat::Ods)
    }
}

/// An OLE container: its directory names are UTF-16.
fn sniff_container(bytes: &[u8]) -> Content {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    if has("EncryptedPackage") {
        Content::Encrypted
    } else if has("WordDocument") {
        Content::Document("Word 97–2003, .doc")
    } else {
        Content::Workbook(FileFormat::Xls)
    }
}

/// Plain text of one kind or another.
fn sniff_text(bytes: &[u8]) -> Content {
    let start = beginning(bytes);
    let small = start.to_lowercase();
    let small = small.trim_start_matches('\u{feff}').trim_start();
    let is_xml = small.starts_with("<?xml") || small.starts_with("<workbook");
    if is_xml && small.contains("office:spreadsheet") {
        return Content::SpreadsheetMl2003;
    }
    if is_web_archive(small) {
        return Content::WebArchive;
    }
    if ["<html", "<!doctype html", "<table", "<head", "<body"].iter().any(|tag| small.contains(tag))
    {
        return Content::Html;
    }
    if is_separated_text(&start) { Content::SeparatedText } else { Content::Other("?") }
}

/// The beginning of a text, in UTF-8 or in UTF-16 with a byte order mark or without (then every
/// other byte of Latin text is 0).
fn beginning(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(4096)];
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units = start.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect()
    };
    match start {
        [0xFF, 0xFE, ..] | [0x09..=0x7F, 0, 0x09..=0x7F, 0, ..] => wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] | [0, 0x09..=0x7F, 0, 0x09..=0x7F, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(start).into_owned(),
    }
}

/// A message in several parts with its version first, as browsers and Excel write it.
fn is_web_archive(start: &str) -> bool {
    let header =
        ["mime-version:", "content-type:", "from:"].iter().any(|key| start.starts_with(key));
    header && start.contains("multipart/related")
}

/// Text without control characters, in which most lines hold the same separator.
fn is_separated_text(text: &str) -> bool {
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    if text.chars().any(control) {
        return false;
    }
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    ['\t', ';', ','].iter().any(|separator| {
        let with = lines.iter().filter(|line| line.contains(*separator)).count();
        with >= 2 && with * 2 > lines.len()
    })
}

impl Content {
    /// Why this content is not read, and what to do.
    pub(super) fn refusal(self) -> Failure {
        let save_as = |vi: &str, en: &str| {
            Failure::new(Code::UnsupportedFormat, vi, en).with_help(
                "hãy mở tệp bằng Excel hoặc LibreOffice, chọn Lưu thành… kiểu .xlsx rồi kiểm tra tệp mới",
                "open it in Excel or LibreOffice, choose Save As… of type .xlsx and check the new file",
            )
        };
        match self {
            Self::Workbook(_) => super::damaged("workbook"),
            Self::CutPackage => Failure::new(
                Code::Damaged,
                "tệp bị cắt cụt hoặc hỏng nên không mở được",
                "the file is cut off or damaged and cannot be opened",
            )
            .with_help(
                "tệp có thể bị lỗi khi tải hoặc gửi; hãy xin lại tệp",
                "it may have been cut off when it was sent or saved; ask for it again",
            ),
            Self::Empty => {
                Failure::new(Code::EmptyFile, "tệp rỗng (0 byte)", "the file is empty (0 bytes)")
                    .with_help(
                        "tệp có thể bị lỗi khi tải hoặc gửi; hãy xin lại tệp",
                        "it may have been cut off when it was sent or saved; ask for it again",
                    )
            }
            Self::Encrypted => super::encrypted(),
            Self::Html => save_as(
                "tệp thực ra là trang web (HTML), không phải tệp Excel",
                "the file is really a web page (HTML), not an Excel workbook",
            ),
            Self::WebArchive => save_as(
                "tệp thực ra là trang web lưu một tệp (MHTML), không phải tệp Excel",
                "the file is really a web page saved as one file (MHTML), not an Excel workbook",
            ),
            Self::SpreadsheetMl2003 => save_as(
                "tệp là XML của Excel 2003, chưa đọc được",
                "the file is Excel 2003 XML, which is not read",
            ),
            Self::OldExcel => save_as(
                "tệp là Excel 2.0–4.0, chưa đọc được",
                "the file is Excel 2.0–4.0, which is not read",
            ),
            Self::SeparatedText => save_as(
                "tệp thực ra là văn bản phân tách (CSV), không phải tệp Excel",
                "the file is really separated text (CSV), not an Excel workbook",
            ),
            Self::Document(kind) => Failure::new(
                Code::UnsupportedFormat,
                format!("tệp là văn bản kiểu {kind}, chưa đọc được"),
                format!("the file is a document of a kind that is not read ({kind})"),
            )
            .with_help(
                "hãy mở tệp bằng Word hoặc LibreOffice, chọn Lưu thành… kiểu .docx rồi kiểm tra tệp mới",
                "open it in Word or LibreOffice, choose Save As… of type .docx and check the new file",
            ),
            Self::Other("PDF") => Failure::new(
                Code::NotAWorkbook,
                "tệp là PDF, không phải tệp Excel hay Word",
                "the file is a PDF, neither a workbook nor a document",
            )
            .with_help(
                "hãy xin bản gốc mà tệp PDF được in ra: tệp Word (.docx) hoặc Excel (.xlsx)",
                "ask for what it was printed from: the document (.docx) or the workbook (.xlsx)",
            ),
            Self::Other(kind) => Failure::new(
                Code::NotAWorkbook,
                format!("tệp không phải tệp Excel hay Word (nội dung: {})", name_of(kind, "không rõ")),
                format!("the file is no workbook and no document (content: {})", name_of(kind, "unknown")),
            )
            .with_help(
                "cần tệp .xlsx, .xlsm, .xlsb, .xls, .ods hoặc .docx; hãy kiểm tra lại tên tệp đã đưa vào",
                "an .xlsx, .xlsm, .xlsb, .xls, .ods or .docx file is needed; check which file was named",
            ),
        }
    }
}

fn name_of(kind: &'static str, unknown: &'static str) -> &'static str {
    if kind == "?" { unknown } else { kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_told_by_its_bytes() {
        assert_eq!(sniff(b""), Content::Empty);
        assert_eq!(sniff(b"%PDF-1.7"), Content::Other("PDF"));
        assert_eq!(sniff(b"\xEF\xBB\xBF <html><table>"), Content::Html);
        assert_eq!(sniff("TT\tThôn\n1\tĐông Nam\n2\tTây\n".as_bytes()), Content::SeparatedText);
        assert_eq!(sniff(&[9, 4, 6, 0, 0, 0]), Content::OldExcel);
        assert_eq!(sniff(b"PK\x03\x04 cut off"), Content::CutPackage);
        assert_eq!(sniff(&[0, 1, 2, 3]), Content::Other("?"));
    }

    #[test]
    fn text_is_told_in_every_encoding() {
        let wide = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(unit).collect()
        };
        let page = "\u{feff}<html><body><table>";
        assert_eq!(sniff(&wide(page, u16::to_le_bytes)), Content::Html);
        assert_eq!(sniff(&wide(page, u16::to_be_bytes)), Content::Html);
        assert_eq!(sniff(&wide("<html><table>", u16::to_le_bytes)), Content::Html);
        let lines = "\u{feff}TT\tThôn\r\n1\tĐông Nam\r\n2\tTây\r\n";
        assert_eq!(sniff(&wide(lines, u16::to_le_bytes)), Content::SeparatedText);
        let xml = "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">";
        assert_eq!(sniff(xml.as_bytes()), Content::SpreadsheetMl2003);
        assert_eq!(
            sniff(&wide(&format!("\u{feff}{xml}"), u16::to_le_bytes)),
            Content::SpreadsheetMl2003
        );
        let archive =
            "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"x\"\r\n\r\n<html>";
        assert_eq!(sniff(archive.as_bytes()), Content::WebArchive);
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        for content in [
            Content::Empty,
            Content::CutPackage,
            Content::Encrypted,
            Content::Html,
            Content::WebArchive,
            Content::SpreadsheetMl2003,
            Content::OldExcel,
            Content::SeparatedText,
            Content::Other("PDF"),
            Content::Other("?"),
            Content::Document("RTF"),
        ] {
            let failure = content.refusal();
            assert!(!failure.help.vi.is_empty() && !failure.help.en.is_empty(), "{failure:?}");
        }
    }
}
