//! Puts notices on the event bus, where the pager hears them.

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use domain::off_hours::Announcement;

use crate::{Aws, Failure, Settings};

/// `PutEvents` takes at most 10 entries.
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>.
const ENTRIES: usize = 10;

/// Puts the notices on the bus, then remembers them: a crash in between repeats a notice, which
/// the pager recognises, and never loses one.
pub(crate) async fn announce(
    aws: &Aws,
    settings: &Settings,
    announcements: &[Announcement],
) -> Result<(), Failure> {
    const CALL: &str = "PutEvents";
    for batch in announcements.chunks(ENTRIES) {
        let entries = batch.iter().map(|one| {
            PutEventsRequestEntry::builder()
                .event_bus_name(&settings.event_bus)
                .source(notices::SOURCE)
                .detail_type(notices::DETAIL_TYPE)
                .resources(&one.notice.resource)
                .detail(notices::encode(&one.notice).to_string())
                .build()
        });
        let call = aws.events.put_events().set_entries(Some(entries.collect()));
        let reply = call.send().await.map_err(Failure::call(CALL))?;
        // EventBridge answers 200 and counts what it refused.
        if reply.failed_entry_count() > 0 {
            let refused = reply
                .entries()
                .iter()
                .find_map(|entry| entry.error_message());
            return Err(Failure::Refused {
                call: CALL,
                reason: refused.unwrap_or("no reason given").to_owned(),
            });
        }
        for one in batch {
            match &one.told {
                Some(told) => {
                    aws.ledger
                        .announced(&one.key.subject, one.key.kind, told)
                        .await?
                }
                None => aws.ledger.withdrawn(&one.key.subject, one.key.kind).await?,
            }
        }
    }
    Ok(())
}
