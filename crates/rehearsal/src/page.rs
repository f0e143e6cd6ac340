//! Pages of a list, as the APIs with tokens hand them out.

/// A token that no page ever carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnknownToken;

/// One page of `items` and the token of the next one, if there is more.
///
/// The token is the position as text; callers must treat it as opaque, like AWS's.
pub(crate) fn page<T>(
    items: Vec<T>,
    token: Option<&str>,
    size: usize,
) -> Result<(Vec<T>, Option<String>), UnknownToken> {
    let start = match token.filter(|token| !token.is_empty()) {
        Some(token) => token.parse().map_err(|_| UnknownToken)?,
        None => 0,
    };
    let end = items.len().min(start + size);
    let next = (end < items.len()).then(|| end.to_string());
    Ok((items.into_iter().skip(start).take(size).collect(), next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_put_together_are_the_list() {
        let all: Vec<u32> = (0..23).collect();
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let (items, next) = page(all.clone(), token.as_deref(), 10).unwrap();
            assert!(items.len() <= 10);
            seen.extend(items);
            token = next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn a_full_last_page_carries_no_token() {
        assert_eq!(page(vec![1, 2], None, 2), Ok((vec![1, 2], None)));
    }

    #[test]
    fn a_strange_token_is_refused() {
        assert_eq!(page(vec![1], Some("x"), 2), Err(UnknownToken));
    }
}
