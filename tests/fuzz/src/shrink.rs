//! Makes a failing body smaller: all ways to take something out of it are compiled as one batch, the shortest that
//! still fails in the same way is taken, and so on.

use crate::batch::{Outcome, compiled};
use crate::program::Program;

/// How many candidates are tried at once.
const ROUND: usize = 150;

pub fn shrink(program: &Program, outcome: &Outcome) -> (Program, Outcome) {
    let (mut best, mut result) = (program.clone(), outcome.clone());
    let wanted = signature(outcome);
    let mut skip = 0;
    for _ in 0..40 {
        let mut all = candidates(&best.body);
        all.sort_by_key(String::len);
        all.dedup();
        if skip >= all.len() {
            break;
        }
        let some: Vec<Program> = all[skip..]
            .iter()
            .take(ROUND)
            .enumerate()
            .map(|(index, body)| Program { name: format!("c{index}"), body: body.clone(), ..best.clone() })
            .collect();
        let outcomes = compiled(&some, matches!(outcome, Outcome::Wrong(_)));
        match some.iter().zip(outcomes).find(|(_, outcome)| signature(outcome) == wanted) {
            Some((smaller, outcome)) => {
                best.body = smaller.body.clone();
                result = outcome;
                skip = 0;
            }
            None => skip += ROUND,
        }
    }
    (best, result)
}

/// What stays the same while a body is made smaller.
pub fn signature(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Same => "same".into(),
        Outcome::Idle => "idle".into(),
        Outcome::Invalid(_) => "invalid".into(),
        Outcome::Wrong(text) => {
            let kind = if text.contains("slot was empty") {
                "empty"
            } else if text.contains("AlreadyStarted") {
                "started"
            } else {
                "trace"
            };
            format!("wrong {kind}")
        }
        Outcome::Refused(text) => {
            let first = text.lines().next().unwrap_or_default();
            let text = first.split_once("error").map_or(first, |(_, rest)| rest);
            // Names and numbers differ.
            let text: String = text.split('`').step_by(2).collect();
            format!("refused {text}")
        }
    }
}

fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut index = 0;
    while index < chars.len() {
        let start = index;
        let c = chars[index];
        if c.is_whitespace() {
            index += 1;
            continue;
        } else if c.is_alphanumeric() || c == '_' {
            while index < chars.len() && (chars[index].is_alphanumeric() || chars[index] == '_') {
                index += 1;
            }
            if chars.get(index) == Some(&'!') && chars.get(index + 1) == Some(&'(') {
                index += 1;
            }
        } else if c == '"' {
            index += 1;
            while chars[index] != '"' {
                index += if chars[index] == '\\' { 2 } else { 1 };
            }
            index += 1;
        } else if c == '\'' {
            index += 1;
            while index < chars.len() && (chars[index].is_alphanumeric() || chars[index] == '_') {
                index += 1;
            }
        } else {
            index += 1;
            let two: String = chars[start..(start + 2).min(chars.len())].iter().collect();
            if ["=>", "->", "::", "&&", "||", "==", "!=", "+=", "-=", "^=", "..", "<=", ">="].contains(&two.as_str()) {
                index += 1;
            }
        }
        out.push(chars[start..index].iter().collect());
    }
    out
}

fn candidates(body: &str) -> Vec<String> {
    let tokens = tokens(body);
    let close = |open: usize| -> Option<usize> {
        let mut depth = 0;
        for (index, token) in tokens.iter().enumerate().skip(open) {
            match token.as_str() {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(index);
                    }
                }
                _ => {}
            }
        }
        None
    };
    let mut out = Vec::new();
    let mut replace = |from: usize, to: usize, with: &[String]| {
        let all: Vec<String> = tokens[..from].iter().chain(with).chain(&tokens[to..]).cloned().collect();
        out.push(join(&all));
    };
    let word = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for start in 0..tokens.len() {
        // A statement, or several.
        if start == 0 || matches!(tokens[start - 1].as_str(), ";" | "{" | "}") {
            let (mut index, mut count) = (start, 0);
            while index < tokens.len() && count < 4 {
                match tokens[index].as_str() {
                    "(" | "[" | "{" => match close(index) {
                        Some(end) => {
                            if tokens[index] == "{"
                                && tokens.get(end + 1).is_none_or(|next| next != "else" && next != ")" && next != ";")
                            {
                                count += 1;
                                replace(start, end + 1, &[]);
                                if count == 1 {
                                    // The block in place of the statement.
                                    replace(start, end + 1, &tokens[index..=end]);
                                    replace(start, end + 1, &tokens[index + 1..end]);
                                }
                            }
                            index = end + 1;
                        }
                        None => break,
                    },
                    ")" | "]" | "}" => break,
                    ";" => {
                        count += 1;
                        replace(start, index + 1, &[]);
                        index += 1;
                    }
                    _ => index += 1,
                }
            }
        }
        // `else { … }`
        if tokens[start] == "else"
            && tokens.get(start + 1).is_some_and(|next| next == "{")
            && let Some(end) = close(start + 1)
        {
            replace(start, end + 1, &[]);
        }
        // An expression.
        if tokens[start] == "("
            && let Some(end) = close(start)
        {
            let from = if start > 0 && tokens[start - 1].chars().next().is_some_and(|c| c.is_alphabetic() || c == '_') {
                start - 1
            } else {
                start
            };
            if end > start + 1 {
                for with in ["1i32", "yield_!( 1 )", "d( \"n\" )", "b( true )", "b( false )"] {
                    let with = word(with);
                    if with.len() < end + 1 - from {
                        replace(from, end + 1, &with);
                    }
                }
                replace(from, end + 1, &tokens[start + 1..end]);
                // One of its arguments in place of a call.
                let mut depth = 0;
                let mut begin = start + 1;
                for index in start + 1..=end {
                    match tokens[index].as_str() {
                        "(" | "[" | "{" => depth += 1,
                        ")" | "]" | "}" if index < end => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 && (tokens[index] == "," || index == end) {
                        replace(from, end + 1, &tokens[begin..index]);
                        begin = index + 1;
                    }
                }
            }
        }
        if tokens[start] == "["
            && let Some(end) = close(start)
            && start + 1 < end
        {
            replace(start, end + 1, &word("1i32"));
        }
        // `match … { … }` as an expression.
        if tokens[start] == "match" || tokens[start] == "if" {
            let mut index = start;
            while index < tokens.len() && tokens[index] != "{" {
                index = if matches!(tokens[index].as_str(), "(" | "[") {
                    close(index).unwrap_or(index) + 1
                } else {
                    index + 1
                };
            }
            if index < tokens.len()
                && let Some(end) = close(index)
            {
                replace(start, end + 1, &word("1i32"));
            }
        }
        // An arm with a block.
        if tokens[start] == "=>"
            && tokens.get(start + 1).is_some_and(|next| next == "{")
            && let Some(end) = close(start + 1)
        {
            let mut begin = start;
            while begin > 0 && !matches!(tokens[begin - 1].as_str(), "{" | "}" | ",")
                || begin > 0 && tokens[begin - 1] == "}" && tokens[begin] == "=>"
            {
                begin -= 1;
            }
            replace(begin, end + 1, &[]);
        }
        if tokens[start] == "{"
            && let Some(end) = close(start)
            && end > start + 1
        {
            replace(start, end + 1, &word("{ }"));
        }
        // `if guard =>`
        if tokens[start] == "if"
            && let Some(arrow) = tokens[start..].iter().take(40).position(|token| token == "=>")
        {
            replace(start, start + arrow, &[]);
        }
        if tokens[start].starts_with('\'') && tokens.get(start + 1).is_some_and(|next| next == ":") {
            replace(start, start + 2, &[]);
        }
        if tokens[start] == "mut" {
            replace(start, start + 1, &[]);
        }
        for op in ["+", "-", "^", "&&", "||"] {
            if tokens[start] == op {
                replace(start - 1, start + 1, &[]);
            }
        }
    }
    out
}

fn join(tokens: &[String]) -> String {
    let mut text = String::new();
    let mut depth = 1_usize;
    let line = |text: &mut String, depth: usize| {
        *text = text.trim_end().to_owned();
        text.push('\n');
        text.push_str(&"    ".repeat(depth));
    };
    let mut round = 0_i32;
    for (index, token) in tokens.iter().enumerate() {
        if index == 0 {
            line(&mut text, depth);
        }
        match token.as_str() {
            "{" => {
                text.push_str(" {");
                depth += 1;
                line(&mut text, depth);
                continue;
            }
            "}" => {
                depth = depth.saturating_sub(1);
                line(&mut text, depth);
                text.push('}');
                if tokens
                    .get(index + 1)
                    .is_none_or(|next| !matches!(next.as_str(), ")" | "," | ";" | "else" | "." | "=>" | "["))
                {
                    line(&mut text, depth);
                } else {
                    text.push(' ');
                }
                continue;
            }
            "(" | "[" => round += 1,
            ")" | "]" => round -= 1,
            _ => {}
        }
        let _ = round;
        let tight = matches!(token.as_str(), ")" | "]" | "," | ";" | "." | "?" | "::" | ".." | "(" | "[" | ":");
        let after = text.ends_with(['(', '[', '.', '&', '!', '\n', ' ']) || text.ends_with("::");
        if !tight && !after && !text.is_empty() {
            text.push(' ');
        }
        if token == "(" && text.ends_with(['=', ',', '+', '-', '^', '>'])
            || token == "[" && text.ends_with(['=', ',', '+'])
        {
            text.push(' ');
        }
        text.push_str(token);
        if token == ";" {
            line(&mut text, depth);
        }
    }
    text = text.trim_end().to_owned();
    text.push('\n');
    text
}
