//! MD5, by which SQS lets senders check what it received: <https://www.rfc-editor.org/rfc/rfc1321>.

use std::collections::BTreeMap;

use serde_json::Value;

/// How far each step rotates, four to a round.
const ROTATIONS: [[u32; 4]; 4] = [
    [7, 12, 17, 22],
    [5, 9, 14, 20],
    [4, 11, 16, 23],
    [6, 10, 15, 21],
];

/// The digest in hexadecimal digits.
pub(super) fn md5(bytes: &[u8]) -> String {
    let mut message = bytes.to_vec();
    message.push(0x80);
    while message.len() % 64 != 56 {
        message.push(0);
    }
    let bits = u64::try_from(bytes.len()).unwrap_or_default() * 8;
    message.extend(bits.to_le_bytes());
    let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for block in message.chunks_exact(64) {
        state = mixed(state, block);
    }
    let bytes = state.iter().flat_map(|word: &u32| word.to_le_bytes());
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

fn mixed(state: [u32; 4], block: &[u8]) -> [u32; 4] {
    let word = |index: usize| {
        let bytes = block.iter().skip(index * 4).take(4).rev();
        bytes.fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
    };
    let [mut a, mut b, mut c, mut d] = state;
    for step in 0..64 {
        let (mix, index) = match step / 16 {
            0 => ((b & c) | (!b & d), step),
            1 => ((d & b) | (!d & c), 5 * step + 1),
            2 => (b ^ c ^ d, 3 * step + 5),
            _ => (c ^ (b | !d), 7 * step),
        };
        let sum = a
            .wrapping_add(mix)
            .wrapping_add(sine(step))
            .wrapping_add(word(index % 16));
        let turned = sum.rotate_left(ROTATIONS[step / 16][step % 4]);
        (a, d, c, b) = (d, c, b, b.wrapping_add(turned));
    }
    let [was_a, was_b, was_c, was_d] = state;
    [
        was_a.wrapping_add(a),
        was_b.wrapping_add(b),
        was_c.wrapping_add(c),
        was_d.wrapping_add(d),
    ]
}

/// The constant of a step: the first 32 bits of the sine's fraction.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the RFC defines it so"
)]
fn sine(step: usize) -> u32 {
    (((step + 1) as f64).sin().abs() * 4_294_967_296.0) as u32
}

/// The digest of message attributes; none without any.
///
/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation>.
pub(super) fn of_attributes(attributes: &BTreeMap<String, Value>) -> Option<String> {
    let mut bytes = Vec::new();
    for (name, attribute) in attributes {
        let kind = attribute["DataType"].as_str().unwrap_or_default();
        push(&mut bytes, name);
        push(&mut bytes, kind);
        bytes.push(if kind.starts_with("Binary") { 2 } else { 1 });
        push(
            &mut bytes,
            attribute["StringValue"].as_str().unwrap_or_default(),
        );
    }
    (!attributes.is_empty()).then(|| md5(&bytes))
}

/// The length in four bytes, then the text.
fn push(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Section A.5 of the RFC.
    #[test]
    fn the_test_suite_of_the_rfc_holds() {
        for (text, digest) in [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a",
            ),
        ] {
            assert_eq!(md5(text.as_bytes()), digest);
        }
    }

    #[test]
    fn without_attributes_there_is_no_digest_of_them() {
        assert_eq!(of_attributes(&BTreeMap::new()), None);
        let one = json!({"DataType": "String", "StringValue": "b"});
        let digest = of_attributes(&BTreeMap::from([("a".to_owned(), one)]));
        assert_eq!(
            digest,
            Some(md5(b"\0\0\0\x01a\0\0\0\x06String\x01\0\0\0\x01b"))
        );
    }
}
