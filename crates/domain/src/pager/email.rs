//! The mail: plain prose that a person can act on at three in the morning.

use super::story::Story;
use crate::cut::cut;

/// Ours, not SNS's: with the chat text twice beside it and everything escaped, the message stays
/// below the 262,144 bytes of SNS (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
const LETTER: usize = 16_000;

pub(super) fn letter(story: &Story) -> String {
    let mut paragraphs = vec![format!("{}.", story.title), story.since.clone()];
    paragraphs.extend(story.meaning.clone());
    if !story.facts.is_empty() {
        paragraphs.push(facts(story));
    }
    paragraphs.push(format!("What Caretaker has done: {}", story.done));
    paragraphs.push(format!("What to do: {}", story.next));
    paragraphs.extend(
        story
            .command
            .as_ref()
            .map(|command| format!("    {command}")),
    );
    paragraphs.extend(unknown(story));
    paragraphs.extend(story.late.clone());
    paragraphs.push(signature(story));
    cut(&paragraphs.join("\n\n"), LETTER)
}

fn facts(story: &Story) -> String {
    let heading = if story.resolved {
        "How it stands:"
    } else {
        "How bad it is:"
    };
    let lines = story.facts.iter().map(|fact| format!("  {fact}"));
    [heading.to_owned()]
        .into_iter()
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

fn unknown(story: &Story) -> Option<String> {
    let unknown = story.unknown.as_ref()?;
    Some(format!("What Caretaker does not know: {unknown}"))
}

fn signature(story: &Story) -> String {
    format!(
        "Caretaker ({}), account {}, {}\nAbout: {}\nIncident: {}",
        story.stack, story.account, story.region, story.resource, story.incident
    )
}
