//! What may be missing now that a function has not answered an event, and what makes up for it.

use super::dead_letter::Event;

/// What follows from an event that was not answered.
pub(super) struct Consequence {
    /// What may not have happened.
    pub(super) at_stake: Option<&'static str>,
    /// What Caretaker does about it.
    pub(super) done: Option<&'static str>,
    /// What cannot be told from the dead letter.
    pub(super) unknown: &'static str,
}

/// The consequence for the function of that name, as people know it.
pub(super) fn consequence(name: &str, event: &Event) -> Consequence {
    match (name, event) {
        ("off-hours", Event::CloudFormation { .. }) => Consequence {
            at_stake: Some(
                "The stack waits for an answer; if it is being deleted, services may still be at \
                 rest",
            ),
            done: None,
            unknown: "Which services are still at rest",
        },
        // No tick repeats what a person asked for.
        ("off-hours", Event::Asked { .. }) => Consequence {
            at_stake: Some("What was asked for may not have been done"),
            done: None,
            unknown: "Whether whoever asked has noticed",
        },
        ("off-hours", _) => Consequence {
            at_stake: Some("Services may not have rested or woken at their time"),
            done: Some(
                "Nothing about this event. The next tick, every five minutes, tries again whatever \
                 is still to be done",
            ),
            unknown: "Whether the ticks since then have succeeded",
        },
        ("budget-guard", Event::Asked { .. }) => Consequence {
            at_stake: Some("What was asked for may not have been done"),
            done: None,
            unknown: "Whether whoever asked has noticed",
        },
        ("budget-guard", _) => Consequence {
            at_stake: Some("A budget may have been spent without a warning or a stop"),
            done: Some(
                "Nothing about this event. The next look at the budgets, every hour, decides anew",
            ),
            unknown: "Whether the looks since then have succeeded",
        },
        ("spot-drain", Event::Asked { .. }) => Consequence {
            at_stake: Some("What was asked for may not have been done"),
            done: None,
            unknown: "Whether whoever asked has noticed",
        },
        ("spot-drain", _) => Consequence {
            at_stake: Some("Instances may have gone with their tasks on them"),
            done: Some(
                "Nothing about this event. The next tick, every minute while drains are open and \
                 every hour, looks at whatever is still open",
            ),
            unknown: "Whether the ticks since then have succeeded",
        },
        ("pager", _) => Consequence {
            at_stake: Some("Nobody was told what a notice says"),
            done: Some("Sent this page in its place"),
            unknown: "What else the notice says",
        },
        _ => Consequence {
            at_stake: None,
            done: None,
            unknown: "What should have followed from the event",
        },
    }
}
