//! Counting the frames that a message comes in.
//!
//! The protocol library puts the frames of a message together and bounds their bytes, not their
//! number; frames without bytes would go on for ever. So the frame headers are followed on their way
//! to it.

/// Follows the frames of one direction of one connection.
#[derive(Debug)]
pub(super) struct Fragments {
    most: u64,
    /// Frames of the message that is under way.
    seen: u64,
    header: [u8; 14],
    have: usize,
    /// Bytes of the current frame's payload that are still to come.
    payload: u64,
}

/// A message comes in more frames than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

impl Fragments {
    pub(super) fn new(most: u64) -> Self {
        Fragments { most, seen: 0, header: [0; 14], have: 0, payload: 0 }
    }

    /// Follows these bytes.
    pub(super) fn follow(&mut self, mut bytes: &[u8]) -> Result<(), TooMany> {
        loop {
            if self.payload > 0 {
                let skipped = self.payload.min(bytes.len() as u64);
                self.payload -= skipped;
                bytes = &bytes[usize::try_from(skipped).unwrap_or(bytes.len())..];
            }
            let Some((first, rest)) = bytes.split_first() else {
                return Ok(());
            };
            self.header[self.have] = *first;
            self.have += 1;
            bytes = rest;
            if self.have >= 2 && self.have == self.header_length() {
                self.begin_frame()?;
            }
        }
    }

    /// RFC 6455, section 5.2.
    fn header_length(&self) -> usize {
        let length = match self.header[1] & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let mask = if self.header[1] & 0x80 == 0 { 0 } else { 4 };
        2 + length + mask
    }

    fn begin_frame(&mut self) -> Result<(), TooMany> {
        self.have = 0;
        let number = |bytes: &[u8]| bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
        self.payload = match self.header[1] & 0x7f {
            126 => number(&self.header[2..4]),
            127 => number(&self.header[2..10]),
            length => u64::from(length),
        };
        let (is_final, is_control) = (self.header[0] & 0x80 != 0, self.header[0] & 0x08 != 0);
        if is_control {
            return Ok(());
        }
        self.seen += 1;
        if self.seen > self.most {
            return Err(TooMany);
        }
        if is_final {
            self.seen = 0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A masked frame with this first byte.
    fn frame(first: u8, payload: usize) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload {
            0..126 => bytes.push(0x80 | payload as u8),
            126..65536 => {
                bytes.push(0x80 | 126);
                bytes.extend((payload as u16).to_be_bytes());
            }
            _ => {
                bytes.push(0x80 | 127);
                bytes.extend((payload as u64).to_be_bytes());
            }
        }
        bytes.extend([1, 2, 3, 4]);
        bytes.resize(bytes.len() + payload, 0xff);
        bytes
    }

    fn follow(frames: &[Vec<u8>], chunk: usize) -> Result<(), TooMany> {
        let mut fragments = Fragments::new(3);
        frames.concat().chunks(chunk).try_for_each(|bytes| fragments.follow(bytes))
    }

    #[test]
    fn only_the_frames_of_one_message_count_however_they_are_cut() {
        let message = [frame(0x01, 70_000), frame(0x89, 5), frame(0x00, 300), frame(0x80, 0)];
        let twice = [message.clone(), message].concat();
        for chunk in [1, 2, 7, 4096, 1 << 20] {
            assert_eq!(follow(&twice, chunk), Ok(()));
        }
    }

    #[test]
    fn one_frame_too_many_is_noticed_even_without_bytes() {
        let frames = [frame(0x02, 0), frame(0x00, 0), frame(0x00, 0), frame(0x00, 0)];
        for chunk in [1, 3, 1 << 20] {
            assert_eq!(follow(&frames, chunk), Err(TooMany));
        }
    }
}
