//! Guarding the guard: is the budget still there, and can its messages still reach us?
//!
//! Nothing here stops the guard: it looks every hour by itself. But a message comes hours before
//! anybody would look at a budget that has lost its notifications.

use super::finding::Finding;
use super::prose::AlertType;
use super::reading::Threshold;
use super::topic::Topic;

/// What guards a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    /// Its notifications.
    pub notifications: Vec<Notification>,
    /// The topics that it should publish to, as far as they could be read.
    pub topics: Vec<Topic>,
}

/// A notification, and who gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// What it watches.
    pub alert: AlertType,
    /// Its threshold.
    pub threshold: Threshold,
    /// The addresses of its subscribers: ARNs of topics and e-mail addresses.
    pub subscribers: Vec<String>,
}

impl Guarded {
    /// What is not as it should be, in a fixed order.
    pub fn findings(&self, account: &str, topics: &[String]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let reaches = |notification: &Notification| {
            let subscribers = &notification.subscribers;
            subscribers.iter().any(|address| topics.contains(address))
        };
        if self.notifications.is_empty() {
            findings.push(Finding::NoNotification);
        } else if !self.notifications.iter().any(reaches) {
            findings.push(Finding::NotOurTopic);
        }
        let lonely = self
            .notifications
            .iter()
            .filter(|n| n.subscribers.is_empty());
        findings.extend(lonely.map(|notification| Finding::NoSubscriber {
            notification: notification.threshold.shown(notification.alert),
        }));
        for topic in &self.topics {
            findings.extend(topic.findings(account));
        }
        findings.sort();
        findings.dedup();
        findings
    }
}
