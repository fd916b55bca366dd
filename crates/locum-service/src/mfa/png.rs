//! Black-and-white pictures as PNG files (ISO/IEC 15948), not compressed: a few kilobytes, and no library.

/// A square picture, one bit a pixel.
pub(crate) struct Bitmap {
    side: usize,
    /// Each row begins with its filter, none, and ends with the bits of its last byte that no pixel has.
    rows: Vec<u8>,
}

impl Bitmap {
    /// Draws a picture of `side` by `side` pixels; `is_black` gets column and row.
    pub(crate) fn draw(side: usize, is_black: impl Fn(usize, usize) -> bool) -> Self {
        let mut rows = Vec::with_capacity(side.saturating_mul(side / 8 + 2));
        for y in 0..side {
            rows.push(0);
            rows.extend((0..side.div_ceil(8)).map(|byte| {
                (0..8).fold(0, |bits: u8, bit| {
                    let x = byte.saturating_mul(8).saturating_add(bit);
                    bits << 1 | u8::from(!is_black(x, y))
                })
            }));
        }
        Self { side, rows }
    }

    /// The picture as a file.
    pub(crate) fn png(&self) -> Vec<u8> {
        let side = u32::try_from(self.side).unwrap_or(0).to_be_bytes();
        let mut header = [side, side].concat();
        // Bit depth one, greyscale; deflate, the one filter method, not interlaced.
        header.extend([1, 0, 0, 0, 0]);
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        chunk(&mut file, *b"IHDR", &header);
        chunk(&mut file, *b"IDAT", &stored(&self.rows));
        chunk(&mut file, *b"IEND", &[]);
        file
    }
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    file.extend(u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
    file.extend(kind);
    file.extend(data);
    file.extend(crc32(kind.iter().chain(data)).to_be_bytes());
}

/// A zlib stream (RFC 1950) of stored blocks (RFC 1951 §3.2.4).
fn stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = data.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let len = u16::try_from(block.len()).unwrap_or(u16::MAX);
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(len.to_le_bytes());
        stream.extend((!len).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler32(data).to_be_bytes());
    stream
}

fn crc32<'b>(bytes: impl Iterator<Item = &'b u8>) -> u32 {
    !bytes.fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            let carry = if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
            crc >> 1 ^ carry
        })
    })
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1, 0), |(a, b): (u32, u32), byte| {
        let a = a.wrapping_add(u32::from(*byte)) % 65_521;
        (a, b.wrapping_add(a) % 65_521)
    });
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksums_of_a_well_known_text() {
        assert_eq!(crc32(b"123456789".iter()), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn a_decoder_sees_the_picture_that_was_drawn() {
        // More than one stored block, and a side that no byte ends with.
        for side in [1, 7, 9, 803] {
            let is_black = |x: usize, y: usize| (x * 31 + y * 17) % 7 < 3;
            let file = Bitmap::draw(side, is_black).png();
            let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
            let mut rows = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut rows).unwrap();
            assert_eq!((info.width, info.height), (side as u32, side as u32));
            assert_eq!(
                (info.color_type, info.bit_depth),
                (png::ColorType::Grayscale, png::BitDepth::One)
            );
            for y in 0..side {
                for x in 0..side {
                    let black = rows[y * info.line_size + x / 8] >> (7 - x % 8) & 1 == 0;
                    assert_eq!(black, is_black(x, y), "{x} {y}");
                }
            }
        }
    }
}
