//! `MessagePack` tokens as bytes, each in its shortest form.

/// Appends tokens to a byte string.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn nil(&mut self) {
        self.0.push(0xc0);
    }

    pub(super) fn bool(&mut self, truth: bool) {
        self.0.push(if truth { 0xc3 } else { 0xc2 });
    }

    pub(super) fn signed(&mut self, value: i64) {
        if let Ok(value) = u64::try_from(value) {
            self.unsigned(value);
        } else if let Ok(value) = i8::try_from(value) {
            if value < -32 {
                self.0.push(0xd0);
            }
            self.0.extend(value.to_be_bytes());
        } else if let Ok(value) = i16::try_from(value) {
            self.marked(0xd1, value.to_be_bytes());
        } else if let Ok(value) = i32::try_from(value) {
            self.marked(0xd2, value.to_be_bytes());
        } else {
            self.marked(0xd3, value.to_be_bytes());
        }
    }

    pub(super) fn unsigned(&mut self, value: u64) {
        if let Ok(value) = u8::try_from(value) {
            if value > 0x7f {
                self.0.push(0xcc);
            }
            self.0.push(value);
        } else if let Ok(value) = u16::try_from(value) {
            self.marked(0xcd, value.to_be_bytes());
        } else if let Ok(value) = u32::try_from(value) {
            self.marked(0xce, value.to_be_bytes());
        } else {
            self.marked(0xcf, value.to_be_bytes());
        }
    }

    pub(super) fn float(&mut self, value: f64) {
        self.marked(0xcb, value.to_be_bytes());
    }

    pub(super) fn string(&mut self, text: &str) {
        self.head(text.len(), Some((0xa0, 31)), Some(0xd9), [0xda, 0xdb]);
        self.0.extend(text.as_bytes());
    }

    pub(super) fn bin(&mut self, bytes: &[u8]) {
        self.head(bytes.len(), None, Some(0xc4), [0xc5, 0xc6]);
        self.0.extend(bytes);
    }

    pub(super) fn array(&mut self, length: usize) {
        self.head(length, Some((0x90, 15)), None, [0xdc, 0xdd]);
    }

    pub(super) fn map(&mut self, length: usize) {
        self.head(length, Some((0x80, 15)), None, [0xde, 0xdf]);
    }

    pub(super) fn ext(&mut self, code: i8, payload: &[u8]) {
        match payload.len() {
            length @ (1 | 2 | 4 | 8 | 16) => {
                self.0
                    .push(0xd4 + u8::try_from(length.ilog2()).unwrap_or(0));
            }
            length => self.head(length, None, Some(0xc7), [0xc8, 0xc9]),
        }
        self.0.extend(code.to_be_bytes());
        self.0.extend(payload);
    }

    fn marked<const N: usize>(&mut self, marker: u8, bytes: [u8; N]) {
        self.0.push(marker);
        self.0.extend(bytes);
    }

    /// The marker and length: within the marker if `tiny` allows, else behind it in 1, 2 or 4
    /// bytes. `byte` is `None` where no form with 1 byte exists.
    fn head(&mut self, length: usize, tiny: Option<(u8, u8)>, byte: Option<u8>, wide: [u8; 2]) {
        if let (Some((marker, most)), Ok(length)) = (tiny, u8::try_from(length))
            && length <= most
        {
            return self.0.push(marker | length);
        }
        if let (Some(marker), Ok(length)) = (byte, u8::try_from(length)) {
            return self.marked(marker, length.to_be_bytes());
        }
        match u16::try_from(length) {
            Ok(length) => self.marked(wide[0], length.to_be_bytes()),
            // More than 4 GiB cannot come to be: messages end at 256 MiB.
            Err(_) => self.marked(
                wide[1],
                u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes(),
            ),
        }
    }
}
