//! What an invocation changed, read from its calls.

use std::collections::BTreeSet;

use crate::journal::Record;
use crate::lambda::Invocation;

/// How the operations begin that only read.
const READS: [&str; 6] = ["Describe", "Get", "List", "Query", "Scan", "BatchGet"];

/// How a function has itself woken again: it says when to look, not what is done.
const WAKING: [&str; 3] = ["events:EnableRule", "events:DisableRule", "sqs:SendMessage"];

/// The actions by which an invocation changed something, among the calls that were made since it
/// began. What it writes down for itself, in DynamoDB, is no change that people see.
pub(super) fn wrote(calls: &[Record], invocation: &Invocation) -> BTreeSet<String> {
    calls
        .iter()
        .filter(|call| call.caller == invocation.function && call.refused.is_none())
        .filter(|call| changes(&call.action))
        .map(|call| call.action.clone())
        .collect()
}

fn changes(action: &str) -> bool {
    let (service, operation) = action.split_once(':').unwrap_or_default();
    let reads = READS.iter().any(|read| operation.starts_with(read));
    service != "dynamodb" && !reads && !WAKING.contains(&action)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn call(caller: &str, action: &str, refused: Option<&str>) -> Record {
        Record {
            at: jiff::Timestamp::UNIX_EPOCH,
            caller: caller.to_owned(),
            action: action.to_owned(),
            input: Value::Null,
            refused: refused.map(str::to_owned),
            output: Value::Null,
        }
    }

    #[test]
    fn what_is_read_or_remembered_or_refused_is_no_change() {
        let invocation = Invocation {
            function: "spot-drain".to_owned(),
            event: Value::Null,
            request_id: None,
        };
        let calls = [
            call("spot-drain", "ecs:DescribeTasks", None),
            call("spot-drain", "dynamodb:PutItem", None),
            call("spot-drain", "sqs:SendMessage", None),
            call("spot-drain", "ecs:StopTask", None),
            call("spot-drain", "ecs:StopTask", None),
            call(
                "spot-drain",
                "ecs:UpdateService",
                Some("ThrottlingException"),
            ),
            call("off-hours", "ecs:UpdateService", None),
        ];
        let wrote = wrote(&calls, &invocation);
        assert_eq!(wrote.into_iter().collect::<Vec<_>>(), ["ecs:StopTask"]);
    }
}
