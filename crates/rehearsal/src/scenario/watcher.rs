//! From what happened in the account to what is told of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::machines::{Machine, Machines, told};
use super::merged::merged;
use super::timeline::{Change, Page};
use crate::journal::{Happening, What};

/// Turns happenings into changes; knows the counts before.
#[derive(Debug, Default)]
pub(super) struct Watcher {
    seen: usize,
    desired: BTreeMap<String, u32>,
    steady: BTreeMap<String, u32>,
    instances: BTreeMap<String, u32>,
    machines: Machines,
}

impl Watcher {
    /// What changed since the last look.
    pub(super) fn look(&mut self, happenings: &[Happening]) -> Vec<(Timestamp, Change)> {
        let new = happenings.get(self.seen..).unwrap_or_default();
        self.seen = happenings.len();
        let changes = new.iter().flat_map(|happening| {
            let changes = self.changes(happening);
            changes.into_iter().map(|change| (happening.at, change))
        });
        merged(changes.collect())
    }

    fn changes(&mut self, happening: &Happening) -> Vec<Change> {
        let subject = &happening.subject;
        match &happening.what {
            What::Tasks { desired, running } => self.tasks(subject, *desired, *running),
            What::Instances(count) => {
                let from = self.instances.insert(subject.clone(), *count);
                from.filter(|from| from != count)
                    .map(|from| Change::Instances {
                        group: subject.clone(),
                        from,
                        to: *count,
                    })
                    .into_iter()
                    .collect()
            }
            What::Event(event) => match notice(event) {
                Some(notice) => vec![notice],
                None => self.machines.event(event, happening.at),
            },
            What::ContainerInstance(status) => {
                let change = self.machines.status(subject, status, happening.at);
                change.into_iter().collect()
            }
            What::Emptied => {
                let change = self.machines.emptied(subject, happening.at);
                change.into_iter().collect()
            }
            What::Killed { .. } => vec![Change::Killed {
                service: subject.clone(),
                tasks: 1,
            }],
            What::Stopped {
                instance,
                by,
                reason,
            } => {
                let warned = instance.as_ref();
                let after = warned.and_then(|id| self.machines.since_warning(id, happening.at));
                vec![Change::Stopped {
                    service: subject.clone(),
                    by: by.clone(),
                    after,
                    reasons: vec![reason.clone()],
                }]
            }
            What::HookCompleted {
                hook,
                result,
                timed_out,
            } => {
                let what = Machine::Hook {
                    hook: hook.clone(),
                    result,
                    timed_out: *timed_out,
                };
                vec![told(subject, what)]
            }
            What::Published(message) => vec![Change::Page(page(message))],
            What::Alert(letter) => vec![Change::Note {
                subject: subject.clone(),
                text: alert(letter),
            }],
            What::Alarm(state) => vec![Change::Note {
                subject: subject.clone(),
                text: format!("alarm {state}"),
            }],
            What::Deployment { state, .. } => match *state {
                "FAILED" => vec![Change::Note {
                    subject: subject.clone(),
                    text: "deployment FAILED".to_owned(),
                }],
                _ => Vec::new(),
            },
            What::Note(text) => vec![Change::Note {
                subject: subject.clone(),
                text: text.clone(),
            }],
        }
    }

    fn tasks(&mut self, service: &str, desired: u32, running: u32) -> Vec<Change> {
        let mut changes = Vec::new();
        let before = self.desired.insert(service.to_owned(), desired);
        if let Some(from) = before.filter(|from| *from != desired) {
            changes.push(Change::Desired {
                service: service.to_owned(),
                from,
                to: desired,
            });
        }
        if running == desired && self.steady.insert(service.to_owned(), running) != Some(running) {
            changes.push(Change::Steady {
                service: service.to_owned(),
                running,
            });
        }
        changes
    }
}

/// A notice of ours, if the event is one; AWS's own events show in what they cause.
fn notice(event: &Value) -> Option<Change> {
    if event["source"] != "caretaker" {
        return None;
    }
    let detail = &event["detail"];
    let text = |member: &str| detail[member].as_str();
    Some(Change::Notice {
        kind: text("kind")
            .or(event["detail-type"].as_str())
            .unwrap_or("notice")
            .to_owned(),
        title: text("title").unwrap_or_default().to_owned(),
    })
}

/// A letter of AWS Budgets in a line. It is not a page: a function reads it.
fn alert(letter: &Value) -> String {
    let text = |member: &str| letter[member].as_str().unwrap_or_default();
    let (kind, address) = (text("Type"), text("Address"));
    match letter["Refused"].as_str() {
        None => format!("alert ({kind}) to {address}"),
        Some(refusal) => format!("alert ({kind}) did not reach {address}: {refusal}"),
    }
}

/// The e-mail form of a message, or else its default form.
fn page(message: &Value) -> Page {
    let texts = &message["Message"];
    let text = ["email", "default"]
        .iter()
        .find_map(|protocol| texts[*protocol].as_str())
        .or(texts.as_str());
    Page {
        subject: message["Subject"]
            .as_str()
            .unwrap_or("(no subject)")
            .to_owned(),
        text: text.unwrap_or_default().to_owned(),
    }
}
