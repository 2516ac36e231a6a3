//! Inline captures of format strings: the `x` and `w` of `"{x:>w$}"`.

/// The names a format string captures, in order, each once.
///
/// The grammar is that of `std::fmt`; a string that does not follow it is left to rustc's own error.
pub(crate) fn captures(format: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |text: &str| {
        let mut chars = text.chars();
        let starts = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
        if starts && chars.all(|c| c.is_alphanumeric() || c == '_') && !names.iter().any(|old| old == text) {
            names.push(text.to_owned());
        }
    };
    let mut rest = format;
    while let Some(start) = rest.find(['{', '}']) {
        let (open, tail) = (rest[start..].starts_with('{'), &rest[start + 1..]);
        if tail.starts_with(if open { '{' } else { '}' }) {
            rest = &tail[1..];
            continue;
        }
        if !open {
            rest = tail;
            continue;
        }
        let Some(end) = tail.find('}') else { break };
        let (name, spec) = tail[..end].split_once(':').unwrap_or((&tail[..end], ""));
        add(name.trim());
        // Width and precision may name an argument: `w$` and `.p$`.
        for piece in spec.split_inclusive('$').filter_map(|piece| piece.strip_suffix('$')) {
            let word = piece.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
            // A zero flag may stand before the width: `{:0w$}`.
            add(word.strip_prefix('0').filter(|word| !word.is_empty()).unwrap_or(word));
        }
        rest = &tail[end + 1..];
    }
    names
}

/// Whether a capture is printed as a pointer, `{x:p}`: then it is not the same through a reference.
pub(crate) fn prints_pointer(format: &str) -> bool {
    let specs = format.split('{').skip(1).filter_map(|rest| rest.split('}').next()?.split_once(':'));
    specs.into_iter().any(|(_, spec)| spec.trim_end().ends_with('p'))
}

#[cfg(test)]
mod tests {
    use super::{captures, prints_pointer};

    #[test]
    fn finds_names_widths_and_precisions() {
        assert_eq!(captures("{x} {{y}} {0} {z:?} {:>w$} {:.p$} {a:0b$.c$}"), ["x", "z", "w", "p", "a", "b", "c"]);
        assert_eq!(captures("{x:-^1$} {x} { y : } }}"), ["x", "y"]);
        assert!(captures("plain {} {:?} {").is_empty());
    }

    #[test]
    fn a_pointer_is_asked_for_behind_the_colon() {
        assert!(prints_pointer("{x:p}") && prints_pointer("{} {:#p}"));
        assert!(!prints_pointer("{step} {map:?} {x:p$}"));
    }
}
