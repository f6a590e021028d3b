//! The memory limit of a worker: an allocator that counts, and refuses what is over the limit.
//!
//! A refused allocation ends the process, which is what a worker is for. Everything is Rust, down
//! to inflating, so every allocation is counted. A limit of the system would cost nothing, but there
//! is none that Windows, macOS and Linux all keep to and that is reached without unsafe code.

use std::alloc::System;

use cap::Cap;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// Limits this process to so many bytes.
pub(super) fn limit(bytes: usize) {
    // Refused only when more is in use already; the first allocation for a file then fails.
    let _ = MEMORY.set_limit(bytes);
}

/// Reads a size such as `512M` or `2G`.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let text = text.trim().trim_end_matches(['b', 'B']);
    let (digits, factor) = match text.chars().last().map(|last| last.to_ascii_uppercase()) {
        Some('K') => (&text[..text.len() - 1], 1 << 10),
        Some('M') => (&text[..text.len() - 1], 1 << 20),
        Some('G') => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    let count: Option<usize> = digits.trim().parse().ok();
    match count.and_then(|count| count.checked_mul(factor)) {
        Some(bytes) if bytes >= LEAST => Ok(bytes),
        Some(_) => Err("ít nhất 16M / at least 16M".to_owned()),
        None => Err("ví dụ: 512M, 2G / for instance: 512M, 2G".to_owned()),
    }
}

/// What the program itself needs, with room for a small file.
const LEAST: usize = 16 << 20;

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_read_with_their_unit() {
        assert_eq!(size("2G"), Ok(2 << 30));
        assert_eq!(size("512 MB"), Ok(512 << 20));
        assert_eq!(size("20000k"), Ok(20_000 << 10));
        for wrong in ["", "G", "-1G", "1,5G", "1K", "99999999999G"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
