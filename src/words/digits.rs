//! Figures as they are typed, digit by digit: what one slip makes of another.

/// True where one figure is the other with two neighbouring characters exchanged.
pub(crate) fn is_swapped(found: &[char], right: &[char]) -> bool {
    let differing: Vec<usize> = differing(found, right).collect();
    found.len() == right.len()
        && matches!(differing.as_slice(), [a, b]
            if b - a == 1 && found[*a] == right[*b] && found[*b] == right[*a])
}

/// Where two figures differ, as far as the shorter goes.
pub(crate) fn differing<'a>(
    found: &'a [char],
    right: &'a [char],
) -> impl Iterator<Item = usize> + 'a {
    (0..found.len().min(right.len())).filter(|at| found[*at] != right[*at])
}

/// Where the longer is the shorter with one digit put in.
pub(crate) fn digits_more<'a>(
    longer: &'a [char],
    shorter: &'a [char],
) -> impl Iterator<Item = usize> + 'a {
    (0..longer.len()).filter(move |at| {
        longer.len() == shorter.len() + 1
            && longer[*at].is_ascii_digit()
            && longer[..*at] == shorter[..*at]
            && longer[at + 1..] == shorter[*at..]
    })
}

/// True where one figure is another with one digit left out or put in, or with two exchanged.
pub(crate) fn is_one_slip(found: &str, right: &str) -> bool {
    let [found, right]: [Vec<char>; 2] = [found, right].map(|figure| figure.chars().collect());
    let is_more = |longer, shorter| digits_more(longer, shorter).next().is_some();
    is_more(&right, &found) || is_more(&found, &right) || is_swapped(&found, &right)
}

#[cfg(test)]
mod tests {
    use super::is_one_slip;

    #[test]
    fn one_slip_leaves_out_puts_in_or_exchanges() {
        for found in ["626", "62645", "6246", "2664"] {
            assert!(is_one_slip(found, "6264"), "{found}");
        }
        for found in ["6264", "62", "6462x", "4626", "6294", "77", "62.64"] {
            assert!(!is_one_slip(found, "6264"), "{found}");
        }
    }
}
