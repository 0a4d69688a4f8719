//! Random text from the operating system's source.

/// A text of `length` characters, each drawn evenly from `alphabet` (at most 256 characters).
///
/// # Panics
///
/// When the operating system has no randomness to give. Nothing that follows could be kept safe
/// then, and the panic is answered with a 500 like any other.
pub(crate) fn text(length: usize, alphabet: &[u8]) -> String {
    // Bytes at or above the largest multiple of the alphabet's length are drawn again, so that no
    // character comes up more often than another.
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut bytes = [0; 64];
    while text.len() < length {
        fill(&mut bytes);
        for &byte in bytes.iter().filter(|byte| usize::from(**byte) < fair) {
            if text.len() < length {
                text.push(char::from(alphabet[usize::from(byte) % alphabet.len()]));
            }
        }
    }
    text
}

/// A number below `bound` (at most 256), evenly drawn.
pub(crate) fn below(bound: usize) -> usize {
    let fair = 256 - 256 % bound;
    loop {
        let mut byte = [0];
        fill(&mut byte);
        if usize::from(byte[0]) < fair {
            return usize::from(byte[0]) % bound;
        }
    }
}

pub(crate) fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system has a source of randomness");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_its_length_and_only_characters_of_its_alphabet() {
        for length in [0, 1, 32, 200] {
            let text = text(length, b"abc");
            assert_eq!(text.len(), length);
            assert!(text.bytes().all(|byte| b"abc".contains(&byte)));
        }
    }

    #[test]
    fn every_number_below_the_bound_comes_up() {
        let mut seen = [false; 5];
        while seen.contains(&false) {
            seen[below(5)] = true;
        }
    }
}
