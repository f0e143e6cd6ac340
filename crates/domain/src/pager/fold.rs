//! Text for places that know few characters: the subject of a message and an SMS.

/// Printable ASCII: known letters and signs in their plain form, anything else as `?`.
pub(super) fn ascii(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match plain_form(character) {
            Some(plain) => folded.push_str(plain),
            None if character == ' ' || character.is_ascii_graphic() => folded.push(character),
            // One mark for a word in a script that ASCII does not have.
            None if folded.ends_with('?') => {}
            None => folded.push('?'),
        }
    }
    folded
}

/// ASCII that is also in the basic GSM 7-bit alphabet, where every character takes one septet.
/// `[ ] { } \ | ~ ^` take two there, and a grave accent is not there at all
/// (3GPP TS 23.038, <https://www.etsi.org/deliver/etsi_ts/123000_123099/123038/>).
pub(super) fn gsm(text: &str) -> String {
    ascii(text)
        .chars()
        .map(|character| match character {
            '[' | '{' => '(',
            ']' | '}' => ')',
            // Not a slash: two of them after a colon would be a link.
            '\\' | '|' | '~' => '-',
            '^' | '`' => '\'',
            other => other,
        })
        .collect()
}

fn plain_form(character: char) -> Option<&'static str> {
    Some(match character {
        'á' | 'à' | 'â' | 'ã' | 'å' => "a",
        'Á' | 'À' | 'Â' | 'Ã' | 'Å' => "A",
        'ä' | 'æ' => "ae",
        'Ä' | 'Æ' => "Ae",
        'ç' => "c",
        'Ç' => "C",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'É' | 'È' | 'Ê' | 'Ë' => "E",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'Í' | 'Ì' | 'Î' | 'Ï' => "I",
        'ñ' => "n",
        'Ñ' => "N",
        'ó' | 'ò' | 'ô' | 'õ' => "o",
        'Ó' | 'Ò' | 'Ô' | 'Õ' => "O",
        'ö' | 'ø' => "oe",
        'Ö' | 'Ø' => "Oe",
        'ß' => "ss",
        'ú' | 'ù' | 'û' => "u",
        'Ú' | 'Ù' | 'Û' => "U",
        'ü' => "ue",
        'Ü' => "Ue",
        '‘' | '’' | '‹' | '›' => "'",
        '“' | '”' | '„' | '«' | '»' => "\"",
        '–' | '—' | '−' => "-",
        '…' => "...",
        '×' => "x",
        '€' => "EUR",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The basic table of 3GPP TS 23.038 as far as it is ASCII.
    const GSM_BASIC: &str = "@$_ !\"#%&'()*+,-./0123456789:;<=>?\
        ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    #[test]
    fn letters_of_western_europe_keep_their_sound() {
        assert_eq!(
            ascii("Größe à la carte – 3 × 5 €"),
            "Groesse a la carte - 3 x 5 EUR"
        );
    }

    #[test]
    fn another_script_is_one_mark_a_word() {
        assert_eq!(ascii("東京 down 😀"), "? down ?");
    }

    #[test]
    fn brackets_cost_one_septet_in_an_sms() {
        assert_eq!(gsm("a[.]b {c} ~d|e\\f^g"), "a(.)b (c) -d-e-f'g");
    }

    proptest! {
        #[test]
        fn an_sms_has_only_signs_of_the_basic_alphabet(text in any::<String>()) {
            prop_assert!(gsm(&text).chars().all(|character| GSM_BASIC.contains(character)));
        }

        #[test]
        fn a_subject_is_printable_ascii(text in any::<String>()) {
            prop_assert!(ascii(&text).bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        }
    }
}
