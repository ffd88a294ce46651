//! The tokens of `MessagePack`.
//!
//! Owns how bytes are cut into tokens. Lengths are checked against what is left before anything
//! is allocated for them.

use crate::wire::WireError;

/// One token; an array or map is followed by its elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Nil,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Str(&'a str),
    Bin(&'a [u8]),
    Array(usize),
    Map(usize),
    Ext(i8, &'a [u8]),
}

/// Reads tokens from the front of a byte string.
pub(super) struct Reader<'a>(&'a [u8]);

type Result<T> = std::result::Result<T, WireError>;

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        match self.0.split_at_checked(length) {
            Some((taken, rest)) => {
                self.0 = rest;
                Ok(taken)
            }
            None => Err(WireError::new("the value ends too early")),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N)?);
        Ok(bytes)
    }

    /// A big-endian length of so many bytes.
    fn length(&mut self, width: usize) -> Result<usize> {
        let bytes = self.take(width)?;
        Ok(bytes
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte)))
    }

    fn string(&mut self, length: usize) -> Result<Token<'a>> {
        str::from_utf8(self.take(length)?)
            .map(Token::Str)
            .map_err(|_| WireError::new("a text is not UTF-8"))
    }

    /// Every element takes a byte at least, so no more can follow than bytes are left.
    fn elements(&self, length: usize, bytes_each: usize) -> Result<usize> {
        if length > self.0.len() / bytes_each {
            return Err(WireError::new("the value ends too early"));
        }
        Ok(length)
    }

    fn sequence(&mut self, length: usize) -> Result<Token<'a>> {
        self.elements(length, 1).map(Token::Array)
    }

    fn mapping(&mut self, length: usize) -> Result<Token<'a>> {
        self.elements(length, 2).map(Token::Map)
    }

    fn extension(&mut self, length: usize) -> Result<Token<'a>> {
        let code = i8::from_be_bytes(self.array()?);
        Ok(Token::Ext(code, self.take(length)?))
    }

    /// The next token.
    pub(super) fn token(&mut self) -> Result<Token<'a>> {
        let [marker] = self.array()?;
        match marker {
            0x00..=0x7f => Ok(Token::Unsigned(marker.into())),
            0x80..=0x8f => self.mapping((marker & 0x0f).into()),
            0x90..=0x9f => self.sequence((marker & 0x0f).into()),
            0xa0..=0xbf => self.string((marker & 0x1f).into()),
            0xc0 => Ok(Token::Nil),
            0xc1 => Err(WireError::new("byte 0xc1 begins no value")),
            0xc2 => Ok(Token::Bool(false)),
            0xc3 => Ok(Token::Bool(true)),
            0xc4..=0xc6 => {
                let length = self.length(1 << (marker - 0xc4))?;
                self.take(length).map(Token::Bin)
            }
            0xc7..=0xc9 => {
                let length = self.length(1 << (marker - 0xc7))?;
                self.extension(length)
            }
            0xca => Ok(Token::Float(f32::from_be_bytes(self.array()?).into())),
            0xcb => Ok(Token::Float(f64::from_be_bytes(self.array()?))),
            0xcc => Ok(Token::Unsigned(u8::from_be_bytes(self.array()?).into())),
            0xcd => Ok(Token::Unsigned(u16::from_be_bytes(self.array()?).into())),
            0xce => Ok(Token::Unsigned(u32::from_be_bytes(self.array()?).into())),
            0xcf => Ok(Token::Unsigned(u64::from_be_bytes(self.array()?))),
            0xd0 => Ok(Token::Signed(i8::from_be_bytes(self.array()?).into())),
            0xd1 => Ok(Token::Signed(i16::from_be_bytes(self.array()?).into())),
            0xd2 => Ok(Token::Signed(i32::from_be_bytes(self.array()?).into())),
            0xd3 => Ok(Token::Signed(i64::from_be_bytes(self.array()?))),
            0xd4..=0xd8 => self.extension(1 << (marker - 0xd4)),
            0xd9..=0xdb => {
                let length = self.length(1 << (marker - 0xd9))?;
                self.string(length)
            }
            0xdc | 0xdd => {
                let length = self.length(2 << (marker - 0xdc))?;
                self.sequence(length)
            }
            0xde | 0xdf => {
                let length = self.length(2 << (marker - 0xde))?;
                self.mapping(length)
            }
            0xe0..=0xff => Ok(Token::Signed(i8::from_be_bytes([marker]).into())),
        }
    }
}
