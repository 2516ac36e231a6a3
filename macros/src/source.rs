//! What stands around an item in its source file.
//!
//! The file is read as text, since an attribute is given no more than its item. It is enough to find the braces that are
//! open at the item, and to read what stands before each: `impl … {` and `trait … {`, or anything else. Text in comments
//! and literals is skipped. What a macro makes of its input, or what stands around a macro's output, is not seen.

use proc_macro2::Span;

/// What an item stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Surrounding {
    /// A module or a block.
    Module,
    /// An `impl` or a `trait`.
    Type,
    /// The definition of a macro, or what one is given.
    Macro,
}

/// Where the `fn` with this span stands. `None` where the file is not known or cannot be read.
pub(crate) fn surrounding(span: Span) -> Option<Surrounding> {
    if !proc_macro::is_available() {
        return None;
    }
    let span = span.unwrap();
    let text = std::fs::read_to_string(span.local_file()?).ok()?;
    let offset = offset(&text, span.line(), span.column())?;
    text[offset..].starts_with("fn").then(|| surrounding_at(&text[..offset]))
}

/// The place of a line and a column, both from 1.
fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let within = text[start..].char_indices().nth(column.checked_sub(1)?)?.0;
    Some(start + within)
}

/// What is open at the end of a text.
fn surrounding_at(text: &str) -> Surrounding {
    // The brackets that are open, each with what it is; and the words and signs before the next one.
    let mut open: Vec<(char, Surrounding)> = Vec::new();
    let mut head: Vec<&str> = Vec::new();
    let (mut rest, mut before, mut angles) = (text, ' ', 0_usize);
    while let Some(first) = rest.chars().next() {
        let (token, after) = rest.split_at(token(rest));
        rest = after;
        let in_statements = open.last().is_none_or(|(bracket, _)| *bracket == '{');
        match first {
            '(' | '[' => open.push((first, of_head(&head))),
            // A constant among generic arguments.
            '{' if angles > 0 && (before == '<' || before == ',') => open.push(('<', Surrounding::Module)),
            '<' => angles += 1,
            '>' if before != '-' && before != '=' => angles = angles.saturating_sub(1),
            '{' => {
                open.push((first, of_head(&head)));
                head.clear();
            }
            ')' | ']' => {
                open.pop();
            }
            // The end of a constant is not that of a statement.
            '}' => match open.pop() {
                Some(('<', _)) => {}
                _ => head.clear(),
            },
            ';' if in_statements => head.clear(),
            '!' | '=' => head.push(token),
            first if first.is_alphabetic() || first == '_' => head.push(token),
            _ => {}
        }
        if head.is_empty() {
            angles = 0;
        }
        if !first.is_whitespace() {
            before = first;
        }
    }
    if open.iter().any(|(_, it)| *it == Surrounding::Macro) {
        return Surrounding::Macro;
    }
    open.last().map_or(Surrounding::Module, |(_, it)| *it)
}

fn of_head(head: &[&str]) -> Surrounding {
    let has = |word: &str| head.contains(&word);
    if has("macro_rules") || head.last() == Some(&"!") {
        Surrounding::Macro
    } else if !has("fn") && (has("impl") || has("trait")) {
        // `fn f() -> impl Trait {` is no `impl`.
        Surrounding::Type
    } else {
        Surrounding::Module
    }
}

/// The length of the first token: a comment, a literal, a word or one character.
fn token(text: &str) -> usize {
    let mut chars = text.char_indices();
    let (Some((_, first)), second) = (chars.next(), chars.next().map(|(_, c)| c)) else { return 0 };
    match (first, second) {
        ('/', Some('/')) => text.find('\n').unwrap_or(text.len()),
        ('/', Some('*')) => block_comment(text),
        ('"', _) => quoted(text, 1, '"'),
        ('\'', Some('\\')) => quoted(text, 1, '\''),
        // A lifetime has no second quote.
        ('\'', Some(c)) if text[1 + c.len_utf8()..].starts_with('\'') => 2 + c.len_utf8(),
        (first, _) if first.is_alphanumeric() || first == '_' => {
            let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
            match (&text[..end], text[end..].chars().next()) {
                ("r" | "br" | "cr", Some('"' | '#')) => raw(text, end),
                ("b" | "c", Some('"')) => quoted(text, end + 1, '"'),
                ("b", Some('\'')) => quoted(text, end + 1, '\''),
                _ => end,
            }
        }
        (first, _) => first.len_utf8(),
    }
}

/// Up to the quote that ends a literal whose text starts at `from`.
fn quoted(text: &str, from: usize, quote: char) -> usize {
    let mut escaped = false;
    for (index, c) in text[from..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return from + index + 1,
            _ => {}
        }
    }
    text.len()
}

/// A raw string, or a raw identifier, whose prefix is so long.
fn raw(text: &str, prefix: usize) -> usize {
    let hashes = text[prefix..].chars().take_while(|c| *c == '#').count();
    let start = prefix + hashes;
    if !text[start..].starts_with('"') {
        return start;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    text[start + 1..].find(&end).map_or(text.len(), |found| start + 1 + found + end.len())
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut index) = (0_usize, 0);
    while index < text.len() {
        if text[index..].starts_with("/*") {
            depth += 1;
            index += 2;
        } else if text[index..].starts_with("*/") {
            depth -= 1;
            index += 2;
            if depth == 0 {
                return index;
            }
        } else {
            index += text[index..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::Surrounding::{self, Macro, Module, Type};
    use super::{offset, surrounding_at};

    fn at_mark(text: &str) -> Surrounding {
        surrounding_at(text.split_once('@').unwrap().0)
    }

    #[test]
    fn what_is_open_at_an_item_is_found() {
        let cases = [
            ("@", Module),
            ("impl Tree { @ }", Type),
            ("impl<T: Fn() -> u8> Trait for Tree<T> where T: Copy { fn a() {} @ }", Type),
            ("pub unsafe trait Walk: Sized { @ }", Type),
            ("impl Tree { fn a() { @ } }", Module),
            ("mod m { impl Tree {} @ }", Module),
            ("fn f() -> impl Iterator { @ }", Module),
            ("struct S { a: u8 } @", Module),
            ("macro_rules! m { ($t:ty) => { impl $t { @ } }; }", Macro),
            ("macro_rules! m { () => { @ }; } ", Macro),
            ("macro_rules! m { () => {}; } @", Module),
            ("items! { @ }", Macro),
            ("items!(fn f() { @ }", Macro),
            ("items!(); #[cfg(test)] #[allow(unused)] mod m { @ }", Module),
            ("impl Index<[u8; 4]> for Tree<(u8, u8)> { const N: [u8; 2] = [1, 2]; @ }", Type),
            ("impl<const N: u8> Index<{ N + 1 }, { 2 }> for Tree<N> { @ }", Type),
            ("impl<T> Walk for [T; 2]\nwhere\n    T: Fn(u8) -> Vec<u8>,\n{ @ }", Type),
            ("fn f(a: &mut [u8; 2]) { if a != 3 { @ } }", Module),
            ("impl Tree { /* } /* } */ } */ // }\n @ }", Type),
            (r####"impl Tree { const A: &str = "}\"}"; const B: char = '}'; const C: &str = r##"}"#"##; @ }"####, Type),
            ("impl<'a> Tree<'a> { const A: u8 = b'}'; const B: char = '\\''; @ }", Type),
            ("impl Tree { const R: u8 = r#type; @ }", Type),
        ];
        for (text, wanted) in cases {
            assert_eq!(at_mark(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_line_and_a_column_are_a_place() {
        let text = "ä\n  fn f() {}\n";
        assert_eq!(offset(text, 2, 3).map(|offset| &text[offset..]), Some("fn f() {}\n"));
        assert_eq!(offset(text, 9, 1), None);
    }
}
