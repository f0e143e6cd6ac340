//! What a function that subscribes to a topic is invoked with.

use serde_json::{Value, json};

use super::publish::Received;

/// The invocation event for a message that a function received.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>; in it the names are
/// spelled `SigningCertUrl` and `UnsubscribeUrl`, unlike in an HTTP notification.
pub fn lambda_event(received: &Received) -> Value {
    let region = received.topic.split(':').nth(3).unwrap_or_default();
    let host = format!("https://sns.{region}.amazonaws.com");
    json!({
        "Records": [{
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": received.subscription,
            "Sns": {
                "Type": "Notification",
                "MessageId": received.message_id,
                "TopicArn": received.topic,
                "Subject": received.subject,
                "Message": received.message,
                "Timestamp": format!("{:.3}", received.at),
                "SignatureVersion": "1",
                "Signature": "rehearsal",
                "SigningCertUrl": format!("{host}/SimpleNotificationService-rehearsal.pem"),
                "UnsubscribeUrl": format!(
                    "{host}/?Action=Unsubscribe&SubscriptionArn={}",
                    received.subscription
                ),
                "MessageAttributes": {}
            }
        }]
    })
}
