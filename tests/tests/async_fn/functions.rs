//! Every kind of function, and what an `async fn` has over a frame: borrows that cross awaits.

use std::fmt::{Debug, Display};
use std::future::ready;
use std::pin::Pin;

use coframe::{Exception, attempt, raise};

use crate::support::{Loud, Trace, ValueError, block_on};

#[coframe::coroutine]
async fn longest<'a>(texts: &'a [String], trace: &Trace) -> &'a str {
    let mut best = "";
    for text in texts {
        trace.turn(text).await;
        if text.len() > best.len() {
            best = text;
        }
    }
    best
}

#[test]
fn arguments_and_locals_are_borrowed_across_awaits() {
    #[coframe::coroutine]
    async fn borrows(trace: &Trace) -> usize {
        let texts = vec!["a".to_owned(), "bcd".to_owned(), "ef".to_owned()];
        let longest = longest(&texts, trace).await;
        let mut counts = [0; 3];
        for (count, text) in counts.iter_mut().zip(&texts) {
            trace.turn("turn").await;
            *count += text.len();
        }
        let count = &mut counts[0];
        *count += ready(longest.len()).await;
        *count + counts[1]
    }
    assert_eq!(block_on(borrows(&Trace::default())).unwrap(), 7);
}

#[derive(Debug)]
struct Counter {
    n: u32,
    name: Loud,
}

impl Counter {
    #[coframe::coroutine]
    async fn new(trace: &Trace, n: u32) -> Self {
        trace.turn("new").await;
        Self { n, name: trace.loud("counter") }
    }

    #[coframe::coroutine]
    async fn get(&self) -> u32 {
        ready(()).await;
        self.n
    }

    #[coframe::coroutine]
    async fn add(&mut self, n: u32) -> &mut u32 {
        self.n += ready(n).await;
        &mut self.n
    }

    #[coframe::coroutine]
    async fn bump(mut self) -> Self {
        self.n += ready(1).await;
        self
    }

    #[coframe::coroutine]
    async fn bump_pinned(self: Pin<&mut Self>) {
        let this = self.get_mut();
        this.n += ready(1).await;
    }

    #[coframe::coroutine]
    async fn unused(self, trace: Trace) {
        trace.turn("unused").await;
    }

    #[coframe::coroutine]
    async fn split(self) -> Loud {
        if ready(self.n).await > 100 {
            raise!(ValueError("too much"));
        }
        self.name
    }
}

#[test]
fn methods_of_every_receiver() {
    let trace = Trace::default();
    let all = async {
        let mut counter = Counter::new(&trace, 1).await?;
        *counter.add(2).await? += 10;
        Pin::new(&mut counter).bump_pinned().await?;
        let counter = counter.bump().await?;
        let n = counter.get().await?;
        let name = counter.split().await?;
        Counter::new(&trace, 0).await?.unused(trace.clone()).await?;
        Ok::<_, Exception>((n, name.name().to_owned()))
    };
    assert_eq!(block_on(all).unwrap(), (15, "counter".to_owned()));
    assert_eq!(trace.line(), "new? new! -new new? new! -new unused? unused! -unused -counter -counter");
}

#[test]
fn an_argument_that_is_not_used_lives_to_the_end() {
    #[coframe::coroutine]
    async fn keeps((_a, _): (Loud, Loud), _: Loud, _unused: Loud, trace: &Trace) {
        trace.turn("body").await;
    }
    async fn native((_a, _): (Loud, Loud), _: Loud, _unused: Loud, trace: &Trace) {
        trace.turn("body").await;
    }
    let (one, other) = (Trace::default(), Trace::default());
    let four = |t: &Trace| ((t.loud("a"), t.loud("b")), t.loud("c"), t.loud("d"));
    let (ab, c, d) = four(&one);
    block_on(keeps(ab, c, d, &one)).unwrap();
    let (ab, c, d) = four(&other);
    block_on(native(ab, c, d, &other));
    let lines = one.line();
    assert_eq!(lines, "body? body! -body -d -c -a -b");
    assert_eq!(lines, other.line());
}

trait Source {
    type Item: Display;

    #[coframe::coroutine]
    async fn item(&self, n: usize) -> Self::Item;

    #[coframe::coroutine]
    async fn twice(&self) -> String {
        format!("{}{}", self.item(0).await, self.item(1).await)
    }
}

impl Source for str {
    type Item = char;

    #[coframe::coroutine]
    async fn item(&self, n: usize) -> char {
        match self.chars().nth(n) {
            Some(c) => ready(c).await,
            None => raise!(ValueError("too short")),
        }
    }
}

#[test]
fn methods_of_traits() {
    assert_eq!(block_on("abc".twice()).unwrap(), "ab");
    assert_eq!(block_on("a".twice()).unwrap_err().to_string(), "too short");
}

#[coframe::coroutine]
async fn generic<T: Clone + Debug, F, const N: usize>(make: F, items: [T; N]) -> Vec<T>
where
    F: AsyncFn(&T) -> T,
{
    let mut all = Vec::with_capacity(N);
    for item in &items {
        all.push(make(item).await);
    }
    all
}

#[coframe::coroutine]
async fn shown(text: impl Display, times: usize) -> impl Display {
    let once = ready(text.to_string()).await;
    once.repeat(times)
}

#[test]
fn generics() {
    assert_eq!(block_on(generic(async |n: &i32| n + 1, [1, 2, 3])).unwrap(), [2, 3, 4]);
    assert_eq!(block_on(shown('x', 3)).unwrap().to_string(), "xxx");
}

#[test]
fn what_is_returned_is_coerced() {
    #[coframe::coroutine]
    async fn boxed(n: u32) -> Box<dyn Debug> {
        if n == 0 {
            return Box::new("zero");
        }
        if n == 1 {
            return Box::new(ready(1).await);
        }
        Box::new(vec![n])
    }
    #[coframe::coroutine]
    async fn slice(texts: &'static [String; 1], n: u32) -> &'static [String] {
        if n == 0 {
            return &[];
        }
        ready(()).await;
        texts
    }
    #[coframe::coroutine]
    async fn function(n: u32) -> fn(u32) -> u32 {
        if n == 0 {
            return |n| n + 1;
        }
        u32::count_ones
    }
    let all: Vec<_> = (0..3).map(|n| format!("{:?}", block_on(boxed(n)).unwrap())).collect();
    assert_eq!(all, ["\"zero\"", "1", "[2]"]);
    let texts = Box::leak(Box::new([String::new()]));
    assert_eq!(block_on(slice(texts, 0)).unwrap().len() + block_on(slice(texts, 1)).unwrap().len(), 1);
    assert_eq!(block_on(function(0)).unwrap()(7) + block_on(function(1)).unwrap()(7), 11);
}

#[test]
fn one_may_call_itself_boxed() {
    #[coframe::coroutine]
    async fn down(n: u32) -> u32 {
        if n == 0 {
            raise!(ValueError("bottom"));
        }
        match attempt! { Box::pin(down(n - 1)).await } {
            Err(_) if n == 3 => n,
            other => coframe::or_raise!(other),
        }
    }
    assert_eq!(block_on(down(5)).unwrap(), 3);
    assert!(block_on(down(2)).is_err());
}

#[test]
fn items_and_macros_in_a_body() {
    #[coframe::coroutine]
    async fn items() -> u32 {
        const STEP: u32 = 2;
        const CODE: u32 = 3;
        fn double(n: u32) -> u32 {
            n * STEP
        }
        macro_rules! inner {
            ($e:expr) => {
                $e + STEP
            };
        }
        let frame = ready(CODE).await;
        let exception = inner!(ready(1).await);
        #[coframe::coroutine]
        async fn nested(value: u32) -> u32 {
            ready(value).await
        }
        let returned = nested(4).await;
        double(frame) + exception + returned
    }
    assert_eq!(block_on(items()).unwrap(), 13);
}

#[test]
fn a_level_costs_no_more_than_a_few_words() {
    #[coframe::coroutine]
    async fn level_0(trace: &Trace) {
        let room = [0_u8; 256];
        trace.turn("x").await;
        std::hint::black_box(&room);
    }
    macro_rules! level {
        ($($name:ident of $inner:ident)*) => {$(
            #[coframe::coroutine]
            async fn $name(trace: &Trace) {
                $inner(trace).await
            }
        )*};
    }
    level!(level_1 of level_0 level_2 of level_1 level_3 of level_2 level_4 of level_3);
    let trace = Trace::default();
    let sizes = [
        size_of_val(&level_0(&trace)),
        size_of_val(&level_1(&trace)),
        size_of_val(&level_2(&trace)),
        size_of_val(&level_3(&trace)),
        size_of_val(&level_4(&trace)),
    ];
    let steps: Vec<usize> = sizes.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(steps.iter().all(|step| *step == steps[0] && *step < 200), "{sizes:?}");
}
