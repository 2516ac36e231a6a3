use std::ops::AddAssign;

#[derive(Default)]
struct Total(u32);

impl AddAssign<u32> for Total {
    fn add_assign(&mut self, other: u32) {
        self.0 += other;
    }
}

#[coframe::coroutine(yield = u32, send = u32)]
fn sum(totals: &mut [Total]) {
    let index = 1;
    totals[index] += yield_!(1);
    yield_!(totals[index].0);
}

fn main() {
    let _ = sum(&mut [Total::default(), Total::default()]);
}
