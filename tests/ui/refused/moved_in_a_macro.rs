macro_rules! say {
    ($($text:tt)*) => {
        println!($($text)*)
    };
}

#[coframe::coroutine]
fn speak(letters: Vec<char>) {
    say!("{}", letters.into_iter().collect::<String>());
    yield_!();
}

fn main() {
    speak(Vec::new()).next();
}
