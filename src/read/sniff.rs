//! What the bytes of a file are, whatever its suffix says.

use std::io::Cursor;

use super::container::{Container, MAGIC};
use super::unpack::Archive;
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
    /// An OpenDocument spreadsheet in one XML file.
    FlatSpreadsheet,
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

/// What was opened to tell what a file is, so that it is opened once.
pub(super) enum Opened<'a> {
    /// Neither a package nor a container.
    Nothing,
    /// A package with its directory read.
    Package(Archive<'a>),
    /// An OLE container.
    Container(Container<'a>),
}

/// Decides what the bytes are by their structure: their first bytes, and of a package or a container
/// what its directory lists. A container too damaged to list anything passes for an `.xls`.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Content {
    match sniff_outside(bytes) {
        Ok((Content::Workbook(FileFormat::Xlsx), Opened::Package(archive))) => {
            Content::Workbook(ooxml_kind(archive))
        }
        Ok((content, _)) => content,
        Err(_) => Content::Workbook(FileFormat::Xls),
    }
}

/// The same, but for what only a look into a part tells: macros may be in an `.xlsx`.
pub(super) fn sniff_outside(bytes: &[u8]) -> Result<(Content, Opened<'_>), Failure> {
    if bytes.starts_with(b"PK") {
        let Ok(mut archive) = Archive::new(Cursor::new(bytes)) else {
            return Ok((Content::CutPackage, Opened::Nothing));
        };
        return Ok((sniff_package(&mut archive), Opened::Package(archive)));
    }
    if bytes.starts_with(&MAGIC) {
        let container = Container::open(bytes)?;
        return Ok((sniff_container(&container), Opened::Container(container)));
    }
    Ok((sniff_alone(bytes), Opened::Nothing))
}

/// What is neither a package nor a container.
fn sniff_alone(bytes: &[u8]) -> Content {
    if bytes.is_empty() {
        return Content::Empty;
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
    if has(archive, "xl/workbook.bin") {
        return Content::Workbook(FileFormat::Xlsb);
    }
    let holds_document = archive.file_names().flatten().any(|part| is_of_document(&part));
    // A part that nothing refers to makes no document of a workbook.
    if holds_document && has(archive, "xl/workbook.xml") && begins_with_workbook(archive) {
        return Content::Workbook(FileFormat::Xlsx);
    }
    if holds_document {
        return Content::Workbook(FileFormat::Docx);
    }
    if has(archive, "ppt/presentation.xml") {
        return Content::Other("PowerPoint");
    }
    if has(archive, CONTENT_TYPES) {
        return Content::Workbook(FileFormat::Xlsx);
    }
    if has(archive, "content.xml") {
        return open_document_kind(archive);
    }
    // Since LibreOffice 24.2 an encrypted document is one part.
    if has(archive, "encrypted-package") {
        return Content::Encrypted;
    }
    Content::Other("ZIP")
}

fn has(archive: &Archive<'_>, name: &str) -> bool {
    archive.file_names().flatten().any(|part| part.eq_ignore_ascii_case(name))
}

/// True where the package itself refers to a workbook as its main part.
fn begins_with_workbook(archive: &mut Archive<'_>) -> bool {
    // Names of parts are compared without case; of a text in UTF-16 the letters remain.
    let relations = head(archive, "_rels/.rels").replace('\0', "").to_lowercase();
    let refers_to = |part: &str| {
        let quotes = ["\"", "\"/", "'", "'/"];
        quotes.iter().any(|quote| relations.contains(&format!("{quote}{part}")))
    };
    refers_to("xl/workbook.xml") && !refers_to("word/document")
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

/// True where the types of a package's parts are those of a workbook with macros; a workbook with
/// macros may also be embedded in one without.
pub(super) fn enables_macros(types: &[u8]) -> bool {
    memchr::memmem::find(types, b".macroEnabled.main+xml\"").is_some()
        || memchr::memmem::find(types, b".macroEnabled.main+xml'").is_some()
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

/// An OLE container: what its root holds tells which kind, whatever is embedded in it.
fn sniff_container(container: &Container<'_>) -> Content {
    const KINDS: &[(&str, Content)] = &[
        ("EncryptedPackage", Content::Encrypted),
        // Rights management wraps what it protects.
        ("\tDRMContent", Content::Encrypted),
        ("Workbook", Content::Workbook(FileFormat::Xls)),
        ("Book", Content::Workbook(FileFormat::Xls)),
        ("WordDocument", Content::Document("Word 97–2003, .doc")),
        ("PowerPoint Document", Content::Other("PowerPoint")),
        ("VisioDocument", Content::Other("Visio")),
        ("__properties_version1.0", Content::Other("Outlook")),
    ];
    let found = KINDS.iter().find(|(name, _)| container.has(name));
    found.map_or(Content::Other("OLE"), |(_, content)| *content)
}

/// Plain text of one kind or another.
fn sniff_text(bytes: &[u8]) -> Content {
    let start = beginning(bytes);
    let small = start.to_lowercase();
    let small = small.trim_start_matches('\u{feff}').trim_start();
    if is_web_archive(small) {
        return Content::WebArchive;
    }
    match root_element(small) {
        Some("workbook") => return Content::SpreadsheetMl2003,
        Some("document") if small.contains("opendocument.spreadsheet") => {
            return Content::FlatSpreadsheet;
        }
        Some("document") if small.contains("opendocument.text") => {
            return Content::Document("OpenDocument Text, .fodt");
        }
        _ => {}
    }
    let tags = ["<html", "<!doctype html", "<table", "<head", "<body"];
    let holds_page = tags.iter().any(|tag| small.contains(tag));
    // Text about a page is no page.
    if holds_page && (small.starts_with('<') || !is_separated_text(&start)) {
        return Content::Html;
    }
    if is_separated_text(&start) { Content::SeparatedText } else { Content::Other("?") }
}

/// The name of the first element of an XML text, without its prefix.
fn root_element(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = rest.trim_start().strip_prefix('<')?;
        let end = match rest {
            _ if rest.starts_with("!--") => "-->",
            _ if rest.starts_with('?') => "?>",
            _ if rest.starts_with('!') => ">",
            _ => break,
        };
        rest = &rest[rest.find(end)? + end.len()..];
    }
    let name = rest.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()?;
    name.rsplit(':').next()
}

/// The beginning of a text, in UTF-8 or in UTF-16 with a byte order mark or without (then every
/// other byte of Latin text is 0).
fn beginning(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(8192)];
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

/// What to do with a workbook of a kind that is not read, in Vietnamese and English.
pub(super) const SAVE_AS: (&str, &str) = (
    "hãy mở tệp bằng Excel hoặc LibreOffice, chọn Lưu thành… kiểu .xlsx rồi kiểm tra tệp mới",
    "open it in Excel or LibreOffice, choose Save As… of type .xlsx and check the new file",
);

impl Content {
    /// Why this content is not read, and what to do.
    pub(super) fn refusal(self) -> Failure {
        match self {
            Self::Workbook(_) => super::damaged("workbook"),
            Self::Encrypted => super::encrypted(),
            other => {
                let (code, vi, en) = other.told();
                let (help_vi, help_en) = other.remedy();
                Failure::new(code, vi, en).with_help(help_vi, help_en)
            }
        }
    }

    /// What the file is.
    fn told(self) -> (Code, String, String) {
        let (code, vi, en) = match self {
            Self::Workbook(_) | Self::Encrypted | Self::CutPackage => (
                Code::Damaged,
                "tệp bị cắt cụt hoặc hỏng nên không mở được",
                "the file is cut off or damaged and cannot be opened",
            ),
            Self::Empty => (Code::EmptyFile, "tệp rỗng (0 byte)", "the file is empty (0 bytes)"),
            Self::Html => (
                Code::UnsupportedFormat,
                "tệp thực ra là trang web (HTML), không phải tệp Excel",
                "the file is really a web page (HTML), not an Excel workbook",
            ),
            Self::WebArchive => (
                Code::UnsupportedFormat,
                "tệp thực ra là trang web lưu một tệp (MHTML), không phải tệp Excel",
                "the file is really a web page saved as one file (MHTML), not an Excel workbook",
            ),
            Self::SpreadsheetMl2003 => (
                Code::UnsupportedFormat,
                "tệp là XML của Excel 2003, chưa đọc được",
                "the file is Excel 2003 XML, which is not read",
            ),
            Self::FlatSpreadsheet => (
                Code::UnsupportedFormat,
                "tệp là bảng tính OpenDocument dạng một tệp XML (.fods), chưa đọc được",
                "the file is an OpenDocument spreadsheet in one XML file (.fods), which is not read",
            ),
            Self::OldExcel => (
                Code::UnsupportedFormat,
                "tệp là Excel 2.0–4.0, chưa đọc được",
                "the file is Excel 2.0–4.0, which is not read",
            ),
            Self::SeparatedText => (
                Code::UnsupportedFormat,
                "tệp thực ra là văn bản phân tách (CSV), không phải tệp Excel",
                "the file is really separated text (CSV), not an Excel workbook",
            ),
            Self::Other("PDF") => (
                Code::NotAWorkbook,
                "tệp là PDF, không phải tệp Excel hay Word",
                "the file is a PDF, neither a workbook nor a document",
            ),
            Self::Document(kind) => {
                let vi = format!("tệp là văn bản kiểu {kind}, chưa đọc được");
                let en = format!("the file is a document of a kind that is not read ({kind})");
                return (Code::UnsupportedFormat, vi, en);
            }
            Self::Other(kind) => {
                let [vi, en] = if kind == "?" { ["không rõ", "unknown"] } else { [kind, kind] };
                let vi = format!("tệp không phải tệp Excel hay Word (nội dung: {vi})");
                let en = format!("the file is no workbook and no document (content: {en})");
                return (Code::NotAWorkbook, vi, en);
            }
        };
        (code, vi.to_owned(), en.to_owned())
    }

    /// What to do, in Vietnamese and English.
    fn remedy(self) -> (&'static str, &'static str) {
        match self {
            Self::Workbook(_) | Self::Encrypted | Self::CutPackage | Self::Empty => (
                "tệp có thể bị lỗi khi tải hoặc gửi; hãy xin lại tệp",
                "it may have been cut off when it was sent or saved; ask for it again",
            ),
            Self::Html
            | Self::WebArchive
            | Self::SpreadsheetMl2003
            | Self::FlatSpreadsheet
            | Self::OldExcel
            | Self::SeparatedText => SAVE_AS,
            Self::Document(_) => (
                "hãy mở tệp bằng Word hoặc LibreOffice, chọn Lưu thành… kiểu .docx rồi kiểm tra tệp mới",
                "open it in Word or LibreOffice, choose Save As… of type .docx and check the new file",
            ),
            Self::Other("PDF") => (
                "hãy xin bản gốc mà tệp PDF được in ra: tệp Word (.docx) hoặc Excel (.xlsx)",
                "ask for what it was printed from: the document (.docx) or the workbook (.xlsx)",
            ),
            Self::Other(_) => (
                "cần tệp .xlsx, .xlsm, .xlsb, .xls, .ods hoặc .docx; hãy kiểm tra lại tên tệp đã đưa vào",
                "an .xlsx, .xlsm, .xlsb, .xls, .ods or .docx file is needed; check which file was named",
            ),
        }
    }
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
    fn containers_are_told_by_what_their_root_holds() {
        let with = |names: &[(&str, &str)]| {
            let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
            for (folder, stream) in names {
                file.create_storage_all(folder).unwrap();
                let mut path = std::path::PathBuf::from(folder);
                path.push(stream);
                std::io::Write::write_all(&mut file.create_stream(path).unwrap(), b"x").unwrap();
            }
            file.flush().unwrap();
            sniff(&file.into_inner().into_inner())
        };
        let xls = Content::Workbook(FileFormat::Xls);
        // What is embedded comes first in the order of names.
        assert_eq!(with(&[("/MBD0001", "WordDocument"), ("/", "Workbook")]), xls);
        assert_eq!(with(&[("/A/B", "EncryptedPackage"), ("/", "Book")]), xls);
        let word = Content::Document("Word 97–2003, .doc");
        assert_eq!(with(&[("/ObjectPool/_1", "Workbook"), ("/", "WordDocument")]), word);
        assert_eq!(with(&[("/", "EncryptedPackage")]), Content::Encrypted);
        assert_eq!(with(&[("/", "VisioDocument")]), Content::Other("Visio"));
        assert_eq!(with(&[("/MBD0001", "Workbook")]), Content::Other("OLE"));
    }

    #[test]
    fn packages_are_told_by_the_part_they_begin_with() {
        let with = |main: &str| {
            let relation =
                format!("<Relationships><Relationship Target=\"{main}\"/></Relationships>");
            let parts = [
                (CONTENT_TYPES, "<Types/>"),
                ("_rels/.rels", &relation),
                ("xl/workbook.xml", "<workbook/>"),
                ("word/document.xml", "<document/>"),
            ];
            let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for (name, part) in parts {
                package.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
                std::io::Write::write_all(&mut package, part.as_bytes()).unwrap();
            }
            sniff(&package.finish().unwrap().into_inner())
        };
        assert_eq!(with("xl/workbook.xml"), Content::Workbook(FileFormat::Xlsx));
        assert_eq!(with("/XL/Workbook.xml"), Content::Workbook(FileFormat::Xlsx));
        assert_eq!(with("/word/document.xml"), Content::Workbook(FileFormat::Docx));
    }

    #[test]
    fn words_in_a_cell_tell_nothing() {
        for words in ["WordDocument", "EncryptedPackage"] {
            let wide: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let file = crate::read::container::tests::container_of("Workbook", &wide);
            assert_eq!(sniff(&file), Content::Workbook(FileFormat::Xls), "{words}");
        }
        let about_pages = "TT\tThẻ\n1\t<table>\n2\t<html>\n3\t<body>\n";
        assert_eq!(sniff(about_pages.as_bytes()), Content::SeparatedText);
    }

    #[test]
    fn macros_of_what_is_embedded_are_not_its_own() {
        let types = |kind: &str| {
            format!("<Default Extension=\"x\" ContentType=\"application/vnd.ms-excel.{kind}\"/>")
        };
        assert!(!enables_macros(types("sheet.macroEnabled.12").as_bytes()));
        assert!(enables_macros(types("sheet.macroEnabled.main+xml").as_bytes()));
        assert!(enables_macros(types("template.macroEnabled.main+xml").as_bytes()));
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
            Content::FlatSpreadsheet,
        ] {
            let failure = content.refusal();
            assert!(!failure.help.vi.is_empty() && !failure.help.en.is_empty(), "{failure:?}");
        }
    }
}
