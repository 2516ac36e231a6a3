//! Draws the state graph of a coroutine: of the parser in `src/json.rs`, or of one that is named.
//!
//! ```sh
//! cargo run --example draw > document.svg
//! cargo run --example draw -- grep > grep.svg
//! cargo run --example draw -- --dot | dot -Tsvg > document.svg     # by Graphviz, where that is installed
//! cargo run --example draw -- --mermaid                          # for a page on a code host
//! cargo run --example draw -- --text
//! ```

use std::process::ExitCode;

use coframe::Code;
use coframe_examples::draw::Drawing;
use coframe_examples::{crawler, csv, grep, json};

const CODES: [&Code; 4] = [json::document::CODE, csv::reader::CODE, grep::grep::CODE, crawler::crawl::CODE];

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let form = arguments.iter().position(|argument| argument.starts_with("--")).map(|index| arguments.remove(index));
    let code = match arguments.first() {
        None => CODES[0],
        Some(name) => match CODES.iter().find(|code| code.name() == name) {
            Some(code) => code,
            None => {
                eprintln!("there is no {name}; there are {:?}", CODES.map(Code::name));
                return ExitCode::FAILURE;
            }
        },
    };
    match form.as_deref() {
        None | Some("--svg") => print!("{}", Drawing(code)),
        Some("--dot") => print!("{}", code.to_dot()),
        Some("--mermaid") => print!("{}", code.to_mermaid()),
        Some("--text") => println!("{code}"),
        Some(other) => {
            eprintln!("{other} is neither --svg, --dot, --mermaid nor --text");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
