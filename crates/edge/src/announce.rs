//! Puts notices on the event bus, where the pager hears them.

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use domain::announcement::Announcement;

use crate::{Edge, Failure};

/// `PutEvents` takes at most 10 entries.
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>.
const ENTRIES: usize = 10;

/// Puts the notices on the bus, then remembers those that it took: a crash in between repeats a
/// notice and never loses one. One that cannot be put or remembered does not keep the others from
/// people; the first such trouble is the answer.
pub(crate) async fn announce(edge: &Edge, announcements: &[Announcement]) -> Result<(), Failure> {
    let mut trouble = Ok(());
    for batch in announcements.chunks(ENTRIES) {
        let taken = match put(edge, batch).await {
            Ok(taken) => taken,
            Err(failure) => {
                trouble = trouble.and(Err(failure));
                continue;
            }
        };
        for (one, taken) in batch.iter().zip(taken) {
            let remembered = match taken {
                Ok(()) => remember(edge, one).await,
                refused => refused,
            };
            trouble = trouble.and(remembered);
        }
    }
    trouble
}

/// Puts a batch on the bus; whether each was taken. EventBridge answers 200 and says of each entry
/// whether it refused it.
async fn put(edge: &Edge, batch: &[Announcement]) -> Result<Vec<Result<(), Failure>>, Failure> {
    const CALL: &str = "PutEvents";
    let entries = batch.iter().map(|one| {
        PutEventsRequestEntry::builder()
            .event_bus_name(&edge.event_bus)
            .source(notices::SOURCE)
            .detail_type(notices::DETAIL_TYPE)
            .resources(&one.notice.resource)
            .detail(notices::encode(&one.notice).to_string())
            .build()
    });
    let call = edge
        .events
        .put_events()
        .set_entries(Some(entries.collect()));
    let reply = call.send().await.map_err(Failure::call(CALL))?;
    if reply.failed_entry_count() == 0 {
        return Ok(batch.iter().map(|_| Ok(())).collect());
    }
    let results = reply
        .entries()
        .iter()
        .map(|entry| match entry.error_code() {
            None => Ok(()),
            Some(code) => Err(Failure::Refused {
                call: CALL,
                reason: entry.error_message().unwrap_or(code).to_owned(),
            }),
        });
    Ok(results.collect())
}

/// Remembers that a notice was put, or that it is over.
async fn remember(edge: &Edge, one: &Announcement) -> Result<(), Failure> {
    let (subject, kind) = (&one.key.subject, one.key.kind);
    match &one.told {
        Some(told) => edge.ledger.announced(subject, kind, told).await?,
        None => edge.ledger.withdrawn(subject, kind).await?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::announcement::{ConcernKey, Told};
    use domain::notice::{Kind, Next, Notice, Severity};
    use serde_json::{Value, json};

    use super::*;
    use crate::script::{DUSK, Script, arn};

    /// A tag of this service cannot be read, or can be again.
    fn announcement(service: &str, over: bool) -> Announcement {
        let since = DUSK.parse().unwrap();
        let told = Told {
            text: "Mon-Fri 8-20".to_owned(),
            since,
        };
        Announcement {
            key: ConcernKey {
                subject: arn(service),
                kind: Kind::MalformedTag.name(),
            },
            told: (!over).then_some(told),
            notice: Notice {
                kind: Kind::MalformedTag,
                severity: Severity::Digest,
                resource: arn(service),
                cluster: None,
                service: None,
                title: format!("{service} has a tag that cannot be read"),
                facts: Vec::new(),
                done: None,
                next: Next {
                    what: "Correct it.".to_owned(),
                    command: None,
                },
                unknown: None,
                since,
                at: since,
                dedupe: service.to_owned(),
                resolved: over,
            },
        }
    }

    async fn announced(script: &Script, announcements: &[Announcement]) -> Result<(), Failure> {
        announce(&script.edge(), announcements).await
    }

    #[tokio::test]
    async fn a_notice_goes_on_the_bus_and_is_remembered_after_that() {
        let script = Script::default()
            .answer("PutEvents", json!({ "FailedEntryCount": 0 }))
            .answer("PutItem", json!({}))
            .answer("DeleteItem", json!({}));
        let both = [announcement("api", false), announcement("web", true)];
        announced(&script, &both).await.unwrap();
        assert_eq!(script.called(), ["PutEvents", "PutItem", "DeleteItem"]);
        let entry = &script.inputs("PutEvents")[0]["Entries"][0];
        assert_eq!(entry["EventBusName"], "default");
        assert_eq!(entry["Source"], notices::SOURCE);
        assert_eq!(entry["DetailType"], notices::DETAIL_TYPE);
        assert_eq!(entry["Resources"], json!([arn("api")]));
        let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
        assert_eq!(detail["title"], "api has a tag that cannot be read");
        let key = |service| format!("concern#malformed-tag#{}", arn(service));
        assert_eq!(script.inputs("PutItem")[0]["Item"]["sk"]["S"], key("api"));
        assert_eq!(script.inputs("DeleteItem")[0]["Key"]["sk"]["S"], key("web"));
    }

    #[tokio::test]
    async fn an_entry_refused_in_a_200_is_a_failure_and_is_not_remembered_and_the_others_are() {
        let refused = json!({
            "FailedEntryCount": 1,
            "Entries": [{ "EventId": "1" }, { "ErrorCode": "InternalFailure", "ErrorMessage": "try later" }],
        });
        let script = Script::default()
            .answer("PutEvents", refused)
            .answer("PutItem", json!({}));
        let both = [announcement("api", false), announcement("web", false)];
        let failure = announced(&script, &both).await.unwrap_err();
        assert_eq!(failure.to_string(), "PutEvents was refused: try later");
        let key = format!("concern#malformed-tag#{}", arn("api"));
        assert_eq!(script.called(), ["PutEvents", "PutItem"]);
        assert_eq!(script.inputs("PutItem")[0]["Item"]["sk"]["S"], key);
    }

    #[tokio::test]
    async fn a_notice_that_cannot_be_remembered_does_not_keep_the_others_from_people() {
        let taken = || json!({ "FailedEntryCount": 0 });
        let mut script = Script::default()
            .answer("PutEvents", taken())
            .answer("PutEvents", taken());
        for _ in 0..11 {
            script = script.refuse("PutItem", "AccessDeniedException");
        }
        let eleven: Vec<Announcement> = (0..11)
            .map(|number| announcement(&format!("service-{number}"), false))
            .collect();
        announced(&script, &eleven).await.unwrap_err();
        assert_eq!(script.inputs("PutEvents").len(), 2);
    }

    #[tokio::test]
    async fn a_call_that_is_refused_is_a_failure_and_nothing_is_remembered() {
        let script = Script::default().refuse("PutEvents", "AccessDeniedException");
        let failure = announced(&script, &[announcement("api", false)]).await;
        assert_eq!(
            failure.unwrap_err().to_string(),
            "PutEvents did not succeed"
        );
        assert_eq!(script.called(), ["PutEvents"]);
    }

    #[tokio::test]
    async fn an_eleventh_notice_takes_a_second_call_which_does_not_undo_the_first() {
        let mut script = Script::default()
            .answer("PutEvents", json!({ "FailedEntryCount": 0 }))
            .refuse("PutEvents", "AccessDeniedException");
        for _ in 0..10 {
            script = script.answer("PutItem", json!({}));
        }
        let eleven: Vec<Announcement> = (0..11)
            .map(|number| announcement(&format!("service-{number}"), false))
            .collect();
        announced(&script, &eleven).await.unwrap_err();
        assert_eq!(
            script.inputs("PutEvents")[0]["Entries"]
                .as_array()
                .unwrap()
                .len(),
            10
        );
        assert_eq!(script.inputs("PutItem").len(), 10);
    }
}
