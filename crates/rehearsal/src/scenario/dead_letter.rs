//! From an event that was given up to the function that reads the queue it lands in.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::lambda::deliveries::Delivery;
use crate::lambda::{Ended, Invocation};
use crate::template::Template;

/// The invocations of those who are fed from the failed function's on-failure queue.
pub(super) fn invocations(
    template: &Template,
    delivery: &Delivery,
    ended: &Ended,
    why: &str,
    now: Timestamp,
) -> Vec<Invocation> {
    let failed = template.function(&delivery.invocation.function);
    let Some((failed, queue)) =
        failed.and_then(|failed| Some((failed, failed.on_failure.as_ref()?)))
    else {
        return Vec::new();
    };
    let record = record(&failed.arn, delivery, ended, why, now);
    template
        .functions
        .iter()
        .filter(|reader| reader.queues.contains(queue))
        .map(|reader| Invocation {
            function: reader.name.clone(),
            event: message(queue, &record, now),
            request_id: None,
        })
        .collect()
}

/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>.
fn record(arn: &str, delivery: &Delivery, ended: &Ended, why: &str, now: Timestamp) -> Value {
    let response = match ended {
        Ended::Failed {
            error_type,
            message,
        } => json!({"errorType": error_type, "errorMessage": message}),
        Ended::Crashed(how) => json!({"errorType": "Runtime.ExitError", "errorMessage": how}),
        Ended::TimedOut => json!({"errorMessage": "Task timed out"}),
        Ended::Ok(_) | Ended::Throttled => Value::Null,
    };
    json!({
        "version": "1.0",
        "timestamp": now.to_string(),
        "requestContext": {
            "functionArn": format!("{arn}:$LATEST"),
            "condition": why,
            "approximateInvokeCount": delivery.failures + 1,
        },
        "requestPayload": delivery.invocation.event,
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "responsePayload": response,
    })
}

/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>.
fn message(queue: &str, body: &Value, now: Timestamp) -> Value {
    json!({
        "Records": [{
            "messageId": format!("{:08x}-0000-4000-8000-000000000000", now.as_second()),
            "receiptHandle": "rehearsal",
            "body": body.to_string(),
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": now.as_millisecond().to_string(),
            },
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": queue,
            "awsRegion": queue.split(':').nth(3),
        }],
    })
}
