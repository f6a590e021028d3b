//! The memory limit of a worker: what is over the limit is refused, and a refused allocation ends
//! the process, which is what a worker is for.

pub(super) use system::limit;

/// Linux counts for us, at no cost.
#[cfg(target_os = "linux")]
mod system {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    /// Address space that is reserved and never used: stacks and pools of threads.
    const RESERVED: u64 = 256 << 20;

    /// Limits this process to so many bytes.
    pub(crate) fn limit(bytes: usize) {
        let bytes = bytes as u64;
        lower(Resource::Data, bytes);
        // Kernels before 4.7, and some sandboxes, count as data only a small part of what is used.
        lower(Resource::As, bytes.saturating_add(RESERVED));
    }

    /// Never above the limit that is set already.
    fn lower(resource: Resource, bytes: u64) {
        let Rlimit { current, maximum } = getrlimit(resource);
        let current = Some(current.map_or(bytes, |current| current.min(bytes)));
        // Cannot fail: lowering one's own limit is always allowed.
        let _ = setrlimit(resource, Rlimit { current, maximum });
    }
}

/// Elsewhere an allocator counts. Everything is Rust, down to inflating, so every allocation is seen.
/// It costs time with each of them; but no limit of the system is kept on macOS, and none is reached
/// without unsafe code on Windows.
#[cfg(not(target_os = "linux"))]
mod system {
    use std::alloc::System;

    use cap::Cap;

    #[global_allocator]
    static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

    /// Limits this process to so many bytes.
    pub(crate) fn limit(bytes: usize) {
        // Refused only when more is in use already; the first allocation for a file then fails.
        let _ = MEMORY.set_limit(bytes);
    }
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
