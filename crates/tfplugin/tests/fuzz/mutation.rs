//! Blind mutation of byte strings.

/// Numbers that look random and are the same for the same seed (`SplitMix64`).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the limit, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        usize::try_from(self.next() % limit).unwrap_or(0)
    }

    pub fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.next() % 256).unwrap_or(0)
    }
}

/// What has a meaning in one of the forms, or a limit in it.
const TOKENS: [&[u8]; 32] = [
    b"\xc0",
    b"\xc2",
    b"\xd4\x00\x00",
    b"\xc7\x03\x0c\x81\x01\xc2",
    b"\xc7\x09\x0c\x82\x01\xc2\x02\xa4arn:",
    b"\xc9\xff\xff\xff\xff\x0c",
    b"\xdb\xff\xff\xff\xff",
    b"\xdd\x7f\xff\xff\xff",
    b"\xdf\x7f\xff\xff\xff",
    b"\x92\xc4\x09\"dynamic\"",
    b"\x92\xc4\x08\"number\"",
    b"\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00",
    b"\xcb\x7f\xef\xff\xff\xff\xff\xff\xff",
    b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00",
    b"\xac1e1000000000",
    b"\xb61e-9223372036854775808",
    b"\xab1e999999999",
    b"-0.0",
    b"1e-400",
    b"184467440737095516160",
    b"null",
    b"true",
    b"\"\\ud800\"",
    b"{\"type\":\"dynamic\",\"value\":",
    b"[\"object\",{\"a\":\"string\"},[\"a\"]]",
    b"[[[[[[[[",
    b"{}",
    b"\xcc\x88",
    b"\xc3\xbc",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"$serde_json::private::Number",
];

/// Longer inputs only take longer.
const MAX_BYTES: usize = 16 << 10;

/// Another input, one to four changes away. `others`: the corpus, of which parts are taken.
pub fn mutated(random: &mut Random, bytes: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = (at + 1 + random.below(16)).min(bytes.len());
        match random.below(9) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 if at < bytes.len() => bytes[at] = random.byte(),
            2 => insert(&mut bytes, at, random.of::<&[u8]>(&TOKENS)),
            3 => drop(bytes.splice(at..end, random.of(&TOKENS).iter().copied())),
            4 => drop(bytes.drain(at..end)),
            5 => {
                let part = bytes[at..end].repeat(1 + random.below(200));
                insert(&mut bytes, at, &part);
            }
            6 => bytes.truncate(at),
            7 if !others.is_empty() => {
                let other = random.of(others);
                let from = random.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
            _ => insert(&mut bytes, at, &[random.byte()]),
        }
        bytes.truncate(MAX_BYTES);
    }
    bytes
}

fn insert(bytes: &mut Vec<u8>, at: usize, part: &[u8]) {
    bytes.splice(at..at, part.iter().copied());
}
