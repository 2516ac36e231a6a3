//! What is written in a format that people do not read, and that is worked out once.

use coframe::{CoroutineExt, State, Step, yield_};

#[coframe::coroutine(yield = u32, derive(Serialize, Deserialize))]
fn labelled(n: u32) {
    yield_!('first: n);
    yield_!(n + 1);
}

fn header(co: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(co).unwrap()["coroutine"].clone()
}

#[test]
fn the_bytes() {
    let mut co = labelled(7);
    for (position, label, locals) in [(0, "", &[7][..]), (1, "first", &[7]), (2, "", &[]), (u32::MAX, "", &[])] {
        // The first time, when they are known, and of another coroutine.
        let bytes = postcard::to_allocvec(&co).unwrap();
        assert_eq!(postcard::to_allocvec(&co).unwrap(), bytes);
        let header = header(&co);
        let hash = |field: &str| u64::from_str_radix(header[field].as_str().unwrap(), 16).unwrap().to_le_bytes();
        let mut expected = vec![32 + label.len() as u8];
        expected.extend(hash("source"));
        expected.extend(hash("shape"));
        expected.extend(u32::to_le_bytes(position));
        expected.extend(8_u32.to_le_bytes());
        expected.extend(b"labelled");
        expected.extend(label.as_bytes());
        expected.extend(locals);
        assert_eq!(bytes, expected, "at {position}");
        _ = co.start();
    }
}

#[coframe::coroutine(yield = T, derive(Serialize, Deserialize))]
fn twice<T: Copy + serde::Serialize + serde::de::DeserializeOwned>(value: T) {
    yield_!(value);
    yield_!(value);
}

#[test]
fn instances_of_a_generic_function() {
    let (mut small, mut large, mut text) = (twice(7_u8), twice(7_u64), twice('7'));
    for _ in 0..2 {
        let small_bytes = postcard::to_allocvec(&small).unwrap();
        let large_bytes = postcard::to_allocvec(&large).unwrap();
        let text_bytes = postcard::to_allocvec(&text).unwrap();
        // Nothing but the shape of their locals tells them apart.
        assert_eq!(small_bytes.len(), large_bytes.len());
        assert_ne!(small_bytes, large_bytes);

        let mut other = twice(0_u8);
        for bytes in [&large_bytes, &text_bytes] {
            assert!(other.restore(&mut postcard::Deserializer::from_bytes(bytes)).is_err());
            assert_eq!(other.state(), State::Created);
        }
        other.restore(&mut postcard::Deserializer::from_bytes(&small_bytes)).unwrap();
        assert_eq!(other.next(), Some(7));
        let mut other = twice(0_u64);
        assert!(other.restore(&mut postcard::Deserializer::from_bytes(&small_bytes)).is_err());
        other.restore(&mut postcard::Deserializer::from_bytes(&large_bytes)).unwrap();
        assert_eq!(other.next(), Some(7));
        let mut other = twice(' ');
        other.restore(&mut postcard::Deserializer::from_bytes(&text_bytes)).unwrap();
        assert_eq!(other.next(), Some('7'));

        (_, _, _) = (small.next(), large.next(), text.next());
    }
}

mod v1 {
    #[coframe::coroutine(yield = u32, derive(Serialize, Deserialize))]
    pub(super) fn job(n: u32) {
        coframe::yield_!('kept: n);
        coframe::yield_!('lost: n);
        coframe::yield_!(n);
    }
}

mod v2 {
    #[coframe::coroutine(yield = u32, derive(Serialize, Deserialize))]
    pub(super) fn job(n: u32) {
        coframe::yield_!(n);
        coframe::yield_!('kept: n + 1);
        coframe::yield_!(n + 2);
        coframe::yield_!(n + 3);
    }
}

/// The same answers as in a format with names, whether the header is that of the source as it is or is taken apart.
#[test]
fn what_does_not_fit() {
    let refused = |bytes: &[u8]| v2::job(0).restore(&mut postcard::Deserializer::from_bytes(bytes)).is_err();
    let mut old = v1::job(40);
    let created = postcard::to_allocvec(&old).unwrap();
    old.next();
    let kept = postcard::to_allocvec(&old).unwrap();
    old.next();
    let lost = postcard::to_allocvec(&old).unwrap();
    old.next();
    let unlabelled = postcard::to_allocvec(&old).unwrap();
    assert_eq!(old.start().unwrap(), Step::Returned(()));
    let over = postcard::to_allocvec(&old).unwrap();

    let restored = |bytes: &[u8]| {
        let mut co = v2::job(0);
        co.restore(&mut postcard::Deserializer::from_bytes(bytes)).unwrap();
        co.collect::<Vec<_>>()
    };
    assert_eq!(restored(&created), [40, 41, 42, 43]);
    assert_eq!(restored(&kept), [42, 43]);
    assert!(refused(&lost) && refused(&unlabelled));
    assert!(restored(&over).is_empty());
    assert!(refused(&postcard::to_allocvec(&labelled(1)).unwrap()));
    // Bytes that are too few for a header, and a name that is longer than what there is.
    assert!(refused(&[0]) && refused(&[16; 17]));
    let mut long_name = kept.clone();
    long_name[21] = 200;
    assert!(refused(&long_name));
}
