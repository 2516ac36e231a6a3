use coframe::prelude::*;

#[coframe::coroutine(yield = u32)]
fn numbers() -> u32 {
    let mut sum = 0;
    for n in 0..9 {
        let outcome = attempt! {
            yield_!(n);
            sum += n;
            if n == 1 {
                continue;
            }
            if n == 2 {
                break;
            }
        };
        if let Err(raised) = outcome {
            raise!(raised);
        }
    }
    sum
}

fn main() {
    assert_eq!(numbers().collect::<Vec<_>>(), [0, 1, 2]);
}
