//! What the printed pages of an appendix must show, whichever program set them.

#[path = "../../../samples/appendix_samples/tables.rs"]
pub(crate) mod tables;

/// The pages of the signed poverty table of so many villages, as their text.
pub(crate) fn are_as_an_official_expects(pages: &[String], villages: usize, count: usize) {
    assert_eq!(pages.len(), count, "{villages} villages");
    let last = &pages[count - 1];
    assert!(last.contains("Tổng cộng") && last.contains("Trần Thị Mẫu"), "{last}");
    assert!(last.contains(&format!("{villages} ")), "figures beside the signature: {last}");
    for (index, page) in pages.iter().enumerate() {
        let first = page.lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim();
        let number = (index + 1).to_string();
        assert_eq!(first == number, index > 0, "page {number} begins with {first}");
        assert!(page.contains("14=13/1"), "headings on page {number}");
    }
    assert!(pages[0].contains("1.433") && pages[0].contains("0,70"), "{}", pages[0]);
}
