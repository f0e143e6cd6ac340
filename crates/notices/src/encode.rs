//! From a notice to its wire form.

use domain::cut::cut;
use domain::notice::{Fact, Notice};
use serde_json::{Value, json};

use crate::VERSION;

// Together these keep a notice below the smallest limit on its way, the 262,144 bytes of a
// PutEvents entry, even if every character takes the six bytes of a JSON escape
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/events/CalculatePutEventsEntrySize.html).
const NAME: usize = 255;
const RESOURCE: usize = 2_048;
const INCIDENT: usize = 2_500;
const TITLE: usize = 300;
const SENTENCES: usize = 2_000;
const COMMAND: usize = 1_000;
const LABEL: usize = 60;
const VALUE: usize = 300;
const FACTS: usize = 40;

/// The detail of the event that carries `notice`. A text that is too long for the bus is cut, and
/// says so; a fact too many is left out, and counted in the last one.
pub fn encode(notice: &Notice) -> Value {
    json!({
        "version": VERSION,
        "kind": notice.kind.name(),
        "severity": notice.severity.name(),
        "resource": cut(&notice.resource, RESOURCE),
        "cluster": optional(notice.cluster.as_deref(), NAME),
        "service": optional(notice.service.as_deref(), NAME),
        "title": cut(&notice.title, TITLE),
        "facts": facts(&notice.facts),
        "done": optional(notice.done.as_deref(), SENTENCES),
        "next": {
            "what": cut(&notice.next.what, SENTENCES),
            "command": optional(notice.next.command.as_deref(), COMMAND),
        },
        "unknown": optional(notice.unknown.as_deref(), SENTENCES),
        "since": notice.since.to_string(),
        "at": notice.at.to_string(),
        "dedupe": cut(&notice.dedupe, INCIDENT),
        "resolved": notice.resolved,
    })
}

fn optional(text: Option<&str>, limit: usize) -> Option<String> {
    text.map(|text| cut(text, limit))
}

fn facts(facts: &[Fact]) -> Vec<Value> {
    if facts.len() <= FACTS {
        return facts.iter().map(fact).collect();
    }
    let left_out = facts.len() - (FACTS - 1);
    facts
        .iter()
        .take(FACTS - 1)
        .map(fact)
        .chain([json!({ "label": "More", "value": format!("… +{left_out}") })])
        .collect()
}

fn fact(fact: &Fact) -> Value {
    json!({ "label": cut(&fact.label, LABEL), "value": cut(&fact.value, VALUE) })
}
