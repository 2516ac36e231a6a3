use coframe::Exception;

struct Page {
    links: Vec<&'static str>,
}

fn follow(_link: &str) -> Result<(), Exception> {
    Ok(())
}

#[coframe::coroutine(yield = usize)]
fn crawl(page: Page) {
    let outcome = attempt! {
        yield_!(0);
        for link in &page.links {
            or_raise!(follow(link));
        }
        page.links
    };
    yield_!(or_raise!(outcome).len());
}

fn main() {
    drop(crawl(Page { links: Vec::new() }));
}
