//! The chat text: a custom notification of Amazon Q Developer in chat applications.

use super::story::Story;
use crate::cut::cut;

// The limits of the schema
// (https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html).
const TITLE: usize = 250;
const DESCRIPTION: usize = 8_000;
const NEXT_STEP: usize = 350;
const KEYWORD: usize = 75;

/// The fields of a custom notification that Caretaker uses. Their JSON is written by the function.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CustomNotification {
    /// The headline.
    pub title: String,
    /// The text.
    pub description: String,
    /// What to do, in order.
    pub next_steps: Vec<String>,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// What later messages about the same incident share, so that they are one thread.
    pub thread_id: String,
    /// The line that stands on the first message of the thread.
    pub summary: String,
    /// The kind of notice.
    pub event_type: String,
    /// What it is about.
    pub related_resources: Vec<String>,
}

pub(super) fn notification(story: &Story) -> CustomNotification {
    let title = cut(&format!("{}: {}", story.state(), story.title), TITLE);
    CustomNotification {
        summary: title.clone(),
        title,
        description: cut(&description(story), DESCRIPTION),
        next_steps: next_steps(story),
        keywords: keywords(story),
        thread_id: story.incident.clone(),
        event_type: story.kind.to_owned(),
        related_resources: vec![story.resource.clone()],
    }
}

fn description(story: &Story) -> String {
    let mut paragraphs = vec![story.since.clone()];
    paragraphs.extend(story.meaning.clone());
    paragraphs.extend(story.facts.iter().map(|fact| format!("• {fact}")));
    paragraphs.push(format!("Done already: {}", story.done));
    paragraphs.extend(
        story
            .unknown
            .as_ref()
            .map(|text| format!("Not known: {text}")),
    );
    paragraphs.extend(story.late.clone());
    paragraphs.join("\n")
}

/// A command is a step of its own, so that it can be copied whole. It always fits.
fn next_steps(story: &Story) -> Vec<String> {
    let what = cut(&story.next, NEXT_STEP);
    let command = story.command.as_ref().map(|command| format!("`{command}`"));
    [what].into_iter().chain(command).collect()
}

fn keywords(story: &Story) -> Vec<String> {
    [story.kind, &story.stack, &story.account, &story.region]
        .into_iter()
        .chain(story.names.iter().map(String::as_str))
        .map(|word| cut(word, KEYWORD))
        .collect()
}
