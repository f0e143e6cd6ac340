//! Which clusters the permissions reach: the template's parameter `Clusters`, by name.

use std::convert::Infallible;
use std::str::FromStr;

/// Names of clusters, in which `*` stands for any characters, as in the policy of the role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach(Vec<String>);

impl FromStr for Reach {
    type Err = Infallible;

    /// Reads names separated by commas; the template checks each of them.
    fn from_str(names: &str) -> Result<Self, Infallible> {
        Ok(Self(
            names
                .split(',')
                .map(|name| name.trim().to_owned())
                .collect(),
        ))
    }
}

impl Reach {
    /// Whether the services of the cluster of this name may be touched.
    pub fn covers(&self, cluster: &str) -> bool {
        self.0.iter().any(|pattern| matches(pattern, cluster))
    }
}

/// Whether `name` is what `pattern` says.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|tail| {
            (0..=tail.len()).any(|at| tail.get(at..).is_some_and(|tail| matches(rest, tail)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters_and_nothing_else_does() {
        let named = |reach: &str, cluster: &str| reach.parse::<Reach>().unwrap().covers(cluster);
        assert!(named("*", "prod") && named("prod", "prod") && named("dev-*,prod", "dev-a"));
        assert!(named("*-eu-*", "shop-eu-1") && named("a*b*c", "a-b-b-c"));
        assert!(!named("prod", "prod-2") && !named("prod", "pro") && !named("dev-*", "prod"));
        assert!(!named("a*b", "a-b-c"));
    }
}
