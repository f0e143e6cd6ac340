//! Digests: in the form of SHA-256, the same on every run.

/// What `sha256:` is followed by.
const DIGITS: usize = 64;

/// A digest that this text has and no other is likely to have. It is no SHA-256: nobody holds the
/// bytes of an image against it here.
pub(super) fn digest(text: &str) -> String {
    let mut state = text.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    let mut digits = String::with_capacity(DIGITS);
    while digits.len() < DIGITS {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        digits.push_str(&format!("{:016x}", mixed ^ (mixed >> 27)));
    }
    format!("sha256:{digits}")
}

/// Whether a text has the form of a digest. ECR refuses what has not: the pattern of `ImageDigest`,
/// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html>, of which
/// registries take SHA-256 in small letters.
pub(super) fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:");
    let small = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
    digits.is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(small))
}
