//! A gzip stream that unpacks to as many zero bytes as asked, about a hundred and fifty times its own size.

/// The most a stream unpacks to.
const MOST: u64 = 1 << 30;
/// The longest run one back-reference can stand for.
const RUN: u64 = 258;

/// The packed bytes.
pub(super) fn zeros(count: u64) -> Vec<u8> {
    let count = count.clamp(1, MOST);
    let runs = (count - 1) / RUN;
    let mut stream = Bits { bytes: vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], pending: 0, held: 0 };
    // One final block with the fixed Huffman codes: a literal zero, then runs of 258 at distance 1.
    stream.push(0b011, 3);
    stream.literal_zero();
    for _ in 0..runs {
        stream.code(0b1100_0101, 8);
        stream.code(0, 5);
    }
    for _ in 0..(count - 1) % RUN {
        stream.literal_zero();
    }
    stream.code(0, 7);
    let mut bytes = stream.finish();
    bytes.extend_from_slice(&checksum_of_zeros(count).to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(count & 0xffff_ffff).unwrap_or_default().to_le_bytes());
    bytes
}

struct Bits {
    bytes: Vec<u8>,
    pending: u64,
    held: u32,
}

impl Bits {
    fn push(&mut self, value: u64, width: u32) {
        self.pending |= value << self.held;
        self.held += width;
        while self.held >= 8 {
            self.bytes.push(u8::try_from(self.pending & 0xff).unwrap_or_default());
            self.pending >>= 8;
            self.held -= 8;
        }
    }

    /// Huffman codes stand with their highest bit first.
    fn code(&mut self, value: u64, width: u32) {
        for bit in (0..width).rev() {
            self.push((value >> bit) & 1, 1);
        }
    }

    fn literal_zero(&mut self) {
        self.code(0b0011_0000, 8);
    }

    fn finish(mut self) -> Vec<u8> {
        if self.held > 0 {
            self.push(0, 8 - self.held);
        }
        self.bytes
    }
}

fn checksum_of_zeros(count: u64) -> u32 {
    let mut sum = u32::MAX;
    let mut table = [0_u32; 256];
    for (index, entry) in (0_u32..).zip(table.iter_mut()) {
        *entry = (0..8).fold(index, |value, _| if value & 1 == 1 { (value >> 1) ^ 0xedb8_8320 } else { value >> 1 });
    }
    for _ in 0..count {
        let index = usize::try_from(sum & 0xff).unwrap_or_default();
        sum = (sum >> 8) ^ table.get(index).copied().unwrap_or_default();
    }
    !sum
}
