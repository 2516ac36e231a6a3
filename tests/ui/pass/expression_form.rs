//! `coroutine!` in its forms.
#![deny(warnings)]

use coframe::prelude::*;

struct Counter {
    from: u32,
}

impl Counter {
    fn up(&self) -> impl Iterator<Item = u32> + '_ {
        coroutine!(yield = u32, move |to: u32| {
            for n in self.from..to {
                yield n;
            }
        })(9)
    }
}

fn main() -> Result<(), Exception> {
    let offset = 10;
    let add = coroutine!(|a: u32, b: u32| {
        yield a + offset;
        yield b + offset
    });
    assert_eq!(add(1, 2).collect::<Vec<_>>(), [11, 12]);
    assert_eq!(add(3, 4).collect::<Vec<_>>(), [13, 14]);

    let mut average = coroutine!(yield = f64, send = f64, || -> f64 {
        let mut sum = 0.0;
        let mut count = 0.0;
        while count < 2.0 {
            sum += yield if count == 0.0 { 0.0 } else { sum / count };
            count += 1.0;
        }
        sum / count
    })();
    average.start()?;
    assert_eq!(average.send(1.0)?, Step::Yielded(1.0));
    assert_eq!(average.send(3.0)?, Step::Returned(2.0));

    let text = String::from("a b");
    let words = coroutine!(move || {
        let parts: Vec<String> = text.split(' ').map(str::to_owned).collect();
        for part in parts {
            yield part;
        }
    });
    assert_eq!(words().count(), 2);
    assert_eq!(Counter { from: 7 }.up().collect::<Vec<_>>(), [7, 8]);
    Ok(())
}
