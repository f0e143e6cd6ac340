//! A page as the message that SNS takes: one JSON object with a text for every protocol.

use domain::pager::{CustomNotification, Page};
use serde_json::{Value, json};

/// The message of a page, for `MessageStructure=json`. `default` is required, and every protocol
/// without a text of its own gets it (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
pub(crate) fn message(page: &Page) -> String {
    let chat = custom_notification(&page.chat).to_string();
    json!({
        "default": chat,
        "https": chat,
        "email": page.email,
        "sms": page.sms,
    })
    .to_string()
}

/// The event schema of Amazon Q Developer in chat applications
/// (<https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html>).
fn custom_notification(chat: &CustomNotification) -> Value {
    json!({
        "version": "1.0",
        "source": "custom",
        "content": {
            "textType": "client-markdown",
            "title": chat.title,
            "description": chat.description,
            "nextSteps": chat.next_steps,
            "keywords": chat.keywords,
        },
        "metadata": {
            "threadId": chat.thread_id,
            "summary": chat.summary,
            "eventType": chat.event_type,
            "relatedResources": chat.related_resources,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat_of(text: &str) -> CustomNotification {
        CustomNotification {
            title: text.chars().take(250).collect(),
            description: text.chars().take(8_000).collect(),
            next_steps: vec![text.chars().take(350).collect(); 2],
            keywords: vec![text.chars().take(75).collect(); 6],
            thread_id: text.chars().take(1_000).collect(),
            summary: text.chars().take(250).collect(),
            event_type: "malformed-tag".to_owned(),
            related_resources: vec![text.chars().take(300).collect()],
        }
    }

    /// The largest texts that a page may have, of the characters that grow most on their way: each
    /// quotation mark is escaped in the notification, in the message and once more by SNS.
    #[test]
    fn the_largest_page_fits_into_a_message() {
        for piece in ["\"", "\\", "\n", "😀"] {
            let text = piece.repeat(16_000);
            let page = Page {
                subject: "ALARM: ".to_owned(),
                chat: chat_of(&text),
                sms: text.chars().take(140).collect(),
                email: text,
            };
            let delivered = Value::String(message(&page)).to_string();
            assert!(delivered.len() <= 262_144, "{piece:?}: {}", delivered.len());
        }
    }
}
