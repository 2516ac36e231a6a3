use coframe::{CoroutineExt, Step, yield_, yield_from};

#[coframe::coroutine(yield = u32, derive(Clone, Serialize, Deserialize))]
fn inner(n: u32) -> String {
    let mut text = String::new();
    for i in 0..=n {
        text.push_str(&i.to_string());
        yield_!(i);
    }
    text
}

#[coframe::coroutine(yield = u32, derive(Clone, Serialize, Deserialize))]
fn outer(names: Vec<String>) -> Vec<String> {
    let mut all = Vec::new();
    for (name) in names {
        let got = yield_from!(inner(2));
        all.push(name + &got);
        yield_!('step: 100);
    }
    yield_from!([7, 8, 9]);
    all
}

#[test]
fn all_points() {
    let names = || vec!["a".to_owned(), "b".to_owned()];
    let mut co = outer(names());
    let mut step = 0;
    loop {
        let text = serde_json::to_string(&co).unwrap();
        let bytes = postcard::to_allocvec(&co).unwrap();
        println!("{text} {}", bytes.len());
        let mut other = outer(vec![]);
        other.restore(&mut serde_json::Deserializer::from_str(&text)).unwrap();
        assert_eq!(serde_json::to_string(&other).unwrap(), text);
        let mut other = outer(vec![]);
        other.restore(&mut postcard::Deserializer::from_bytes(&bytes)).unwrap();
        assert_eq!(other.clone().collect::<Vec<_>>(), co.clone().collect::<Vec<_>>());
        assert_eq!(serde_json::to_string(&other).unwrap(), text);
        match co.start() {
            Ok(Step::Yielded(_)) => {}
            Ok(Step::Returned(all)) => {
                assert_eq!(all, ["a012", "b012"]);
                println!("{}", serde_json::to_string(&co).unwrap());
                break;
            }
            Err(e) => panic!("{e}"),
        }
        step += 1;
    }
    assert_eq!(step, 11);
}
