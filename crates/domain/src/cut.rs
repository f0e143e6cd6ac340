//! Cutting a text that is longer than its place allows, and saying how much is missing.

/// `text` as it is if it has at most `limit` characters. Otherwise its beginning and `… +N`, where
/// N counts the characters left out; `limit` characters at most, and never half a character.
pub fn cut(text: &str, limit: usize) -> String {
    cut_with(text, limit, "… +")
}

/// [`cut`] for a place that knows no `…`: the mark is `... +N`.
pub fn cut_ascii(text: &str, limit: usize) -> String {
    cut_with(text, limit, "... +")
}

fn cut_with(text: &str, limit: usize, mark: &str) -> String {
    let length = text.chars().count();
    if length <= limit {
        return text.to_owned();
    }
    // The number left out has at most as many digits as the whole length has.
    let digits = length.to_string().len();
    let kept = limit.saturating_sub(mark.chars().count() + digits);
    let beginning: String = text.chars().take(kept).collect();
    let marked = format!("{beginning}{mark}{}", length - kept);
    // Only a limit that is too small for the mark itself is left to cut.
    marked.chars().take(limit).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_that_fits_is_left_alone() {
        assert_eq!(cut("Grüße", 5), "Grüße");
    }

    #[test]
    fn a_long_text_says_how_many_characters_are_missing() {
        assert_eq!(cut("abcdefghijklmno", 10), "abcde… +10");
        assert_eq!(cut_ascii("abcdefghijklmnopq", 12), "abcde... +12");
    }

    #[test]
    fn an_emoji_is_kept_whole_or_left_out() {
        assert_eq!(cut("😀😀😀😀😀😀😀", 6), "😀😀… +5");
    }

    proptest! {
        #[test]
        fn the_result_is_within_the_limit(text in "\\PC{0,80}", limit in 0usize..100) {
            prop_assert!(cut(&text, limit).chars().count() <= limit);
            prop_assert!(cut_ascii(&text, limit).chars().count() <= limit);
        }

        #[test]
        fn what_was_cut_once_is_not_cut_again(text in "\\PC{0,80}", limit in 0usize..100) {
            let once = cut(&text, limit);
            prop_assert_eq!(cut(&once, limit), once);
        }

        #[test]
        fn what_is_kept_and_what_is_counted_make_the_whole(text in "[a-z]{0,80}", limit in 8usize..90) {
            let short = cut(&text, limit);
            let whole = match short.split_once("… +") {
                Some((kept, missing)) => kept.len() + missing.parse::<usize>().unwrap(),
                None => short.len(),
            };
            prop_assert_eq!(whole, text.len());
        }
    }
}
