//! The part of the cluster query language that asks for EC2 instances by id.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html>.

/// The ids that `ec2InstanceId == id` or `ec2InstanceId in [id, id]` asks for; none if the expression
/// is another one.
pub(super) fn wanted(expression: &str) -> Option<Vec<String>> {
    let rest = expression
        .trim()
        .strip_prefix("ec2InstanceId")?
        .trim_start();
    if let Some(id) = rest.strip_prefix("==") {
        let id = id.trim();
        return is_id(id).then(|| vec![id.to_owned()]);
    }
    let list = rest.strip_prefix("in")?.trim();
    let list = list.strip_prefix('[')?.strip_suffix(']')?;
    let ids: Vec<&str> = list.split(',').map(str::trim).collect();
    let good = ids.iter().all(|id| is_id(id));
    good.then(|| ids.into_iter().map(str::to_owned).collect())
}

fn is_id(text: &str) -> bool {
    let digits = text.strip_prefix("i-").or(text.strip_prefix("mi-"));
    digits.is_some_and(|it| !it.is_empty() && it.chars().all(|c| c.is_ascii_hexdigit()))
}
