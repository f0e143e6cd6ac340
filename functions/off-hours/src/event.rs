//! Theirs, then ours: an event of any kind → what it asks for.

use domain::arn::ServiceArn;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use shell::json;

use crate::Invocation;
use crate::ask::Question;
use crate::command;
use crate::deletion::Deletion;
use crate::failure::Failure;
use crate::forecast::Forecast;
use crate::observe::Scope;
use crate::settings::Settings;

/// What an event asks for.
#[derive(Debug)]
pub(crate) enum Request {
    /// Look, decide, act.
    Work(Work),
    /// Answer, change nothing.
    Ask(Question),
    /// Compute edges; no look at AWS at all.
    Forecast(Forecast),
    /// The stack of the suite is created, updated or deleted.
    Deletion(Deletion),
    /// Nothing: the event is not for this function, for this reason.
    NotForUs(&'static str),
}

/// Work, and where to look.
#[derive(Debug)]
pub(crate) struct Work {
    /// What identifies the event, the same when it is delivered again.
    pub event: String,
    /// When it came about, likewise. A direct invocation has no time of its own but the one at
    /// which it comes: whoever waits for its answer is the one to repeat it.
    pub came: Timestamp,
    /// What kind of event it is.
    pub kind: &'static str,
    /// Where to look.
    pub scope: Scope,
}

/// EventBridge's envelope, as far as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Envelope {
    id: String,
    detail_type: String,
    source: String,
    time: String,
    #[serde(default)]
    resources: Vec<String>,
    detail: Value,
}

impl Envelope {
    /// When the event came about.
    fn came(&self) -> Result<Timestamp, Failure> {
        let time = self.time.parse();
        time.map_err(|_| Failure::unusable("time", "is no instant"))
    }
}

/// Reads an event.
pub(crate) fn parse(
    event: Value,
    settings: &Settings,
    invocation: &Invocation,
) -> Result<Request, Failure> {
    if event.get("RequestType").is_some() {
        return Deletion::parse(event).map(Request::Deletion);
    }
    if event.get("detail-type").is_some() {
        return envelope(json::read(event)?, settings);
    }
    let (action, fields) = json::action(event)?;
    command::direct(&action, fields, settings, invocation)
}

fn envelope(envelope: Envelope, settings: &Settings) -> Result<Request, Failure> {
    // What EventBridge Scheduler sends where the schedule names no input of its own.
    // Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    if envelope.source == "aws.scheduler" {
        return Ok(Request::Work(Work {
            came: envelope.came()?,
            event: envelope.id,
            kind: "tick",
            scope: Scope::Everything,
        }));
    }
    if envelope.source != "aws.ecs" {
        return Ok(Request::NotForUs("not-from-ecs"));
    }
    let service = match envelope.detail_type.as_str() {
        "AWS API Call via CloudTrail" => called(&envelope.detail, settings),
        "ECS Deployment State Change" => deployed(&envelope),
        _ => Err("not-about-a-service"),
    };
    Ok(match service {
        Ok(service) => Request::Work(Work {
            came: envelope.came()?,
            event: envelope.id,
            kind: "service-changed",
            scope: Scope::Service(service),
        }),
        Err(why) => Request::NotForUs(why),
    })
}

/// A `CreateService` or `UpdateService` call by somebody else.
///
/// The reply names the service by its ARN. Our own calls come from a session of this function's
/// role, whose name is the function's; they are where a loop would begin, so they end here.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/logging-using-cloudtrail.html>.
fn called(detail: &Value, settings: &Settings) -> Result<ServiceArn, &'static str> {
    let text = |pointer: &str| detail.pointer(pointer).and_then(Value::as_str);
    if !matches!(text("/eventName"), Some("CreateService" | "UpdateService")) {
        return Err("not-about-a-service");
    }
    if text("/errorCode").is_some() {
        return Err("a-call-that-failed");
    }
    let principal = text("/userIdentity/principalId").unwrap_or_default();
    if principal.rsplit(':').next() == Some(&settings.function) {
        return Err("our-own-call");
    }
    text("/responseElements/service/serviceArn")
        .and_then(|arn| ServiceArn::parse(arn).ok())
        .ok_or("an-untaggable-service")
}

/// A deployment that ended. The service's ARN is in `resources`.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html>.
fn deployed(envelope: &Envelope) -> Result<ServiceArn, &'static str> {
    let name = envelope.detail.get("eventName").and_then(Value::as_str);
    if name != Some("SERVICE_DEPLOYMENT_COMPLETED") {
        return Err("a-deployment-that-has-not-ended");
    }
    let arn = envelope
        .resources
        .first()
        .map(String::as_str)
        .unwrap_or_default();
    ServiceArn::parse(arn).map_err(|_| "an-untaggable-service")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What one of the sample events asks for, in a line.
    fn asked(event: &str) -> String {
        let event: Value = serde_json::from_str(event).unwrap();
        let invocation = Invocation {
            id: "request-1".to_owned(),
            now: "2026-11-19T20:00:00Z".parse().unwrap(),
            deadline: "2026-11-19T20:04:30Z".parse().unwrap(),
        };
        match parse(event, &crate::settings::tests::settings(), &invocation) {
            Ok(request) => format!("{request:?}"),
            Err(failure) => format!("{}: {failure}", failure.kind()),
        }
    }

    /// A sample event by its name.
    fn event(name: &str) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/off-hours");
        std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap()
    }

    #[test]
    fn a_tick_looks_at_everything_under_the_schedules_own_id() {
        assert_eq!(
            asked(&event("tick")),
            "Work(Work { event: \"6d3c4c38-27a2-4d5f-9d0e-6f1a3a5f0c11\", came: 2026-11-19T19:00:00Z, kind: \"tick\", scope: Everything })"
        );
    }

    #[test]
    fn an_event_without_its_time_is_refused_and_never_taken_for_one_of_now() {
        let tick = event("tick");
        let without = tick.replace("\"time\"", "\"when\"");
        let missing = "UnusableEvent: time: missing field";
        assert!(asked(&without).starts_with(missing));
        let odd = tick.replace("2026-11-19T19:00:00Z", "this evening");
        assert_eq!(asked(&odd), "UnusableEvent: time: is no instant");
    }

    #[test]
    fn a_service_created_or_updated_by_a_person_is_looked_at_alone() {
        for name in [
            "service-created",
            "service-updated-by-a-person",
            "deployment-completed",
        ] {
            let asked = asked(&event(name));
            assert!(asked.contains("Service(ServiceArn(\"arn:aws:ecs:eu-central-1:123456789012:service/prod/api\"))"), "{asked}");
        }
    }

    #[test]
    fn our_own_update_ends_here() {
        assert_eq!(
            asked(&event("our-own-update")),
            "NotForUs(\"our-own-call\")"
        );
    }

    #[test]
    fn a_session_with_a_similar_name_is_not_our_own() {
        let theirs = event("our-own-update").replace(":caretaker-off-hours", ":team-off-hours");
        assert!(asked(&theirs).starts_with("Work("), "{}", asked(&theirs));
    }

    #[test]
    fn what_is_not_for_us_has_a_named_reason() {
        assert_eq!(
            asked(&event("task-stopped")),
            "NotForUs(\"not-about-a-service\")"
        );
        assert_eq!(
            asked(&event("deployment-in-progress")),
            "NotForUs(\"a-deployment-that-has-not-ended\")"
        );
        assert_eq!(
            asked(&event("deployment-of-a-short-arn")),
            "NotForUs(\"an-untaggable-service\")"
        );
    }

    #[test]
    fn a_person_can_hold_and_lift_with_a_local_time() {
        let until = "until: 2099-12-31T21:00:00Z";
        assert!(asked(&event("rest")).contains("asked: Rest(Hold { by: \"ana\", why: \"load test of the database\", since: 2026-11-19T20:00:00Z, until: Some(2099-12-31T21:00:00Z) })"));
        assert!(asked(&event("wake")).contains(until));
    }

    #[test]
    fn bad_input_names_its_field() {
        assert_eq!(
            asked(&event("rest-until-soon")),
            "UnusableEvent: until: \"soon\" is no moment; for example 2026-11-26T21:00:00Z or \"2026-11-26 22:00 Europe/Berlin\""
        );
        let bad = [
            ("{}", "UnusableEvent: action: is missing"),
            (
                r#"{"action":"dance"}"#,
                "UnusableEvent: action: \"dance\" is none; expected tick, forecast, lint, status, rest or wake",
            ),
            (
                r#"{"action":"rest","why":"x","by":"ana"}"#,
                "UnusableEvent: service: missing field",
            ),
            (
                r#"{"action":"rest","service":1,"why":"x","by":"ana"}"#,
                "UnusableEvent: service: invalid type: integer `1`, expected a string",
            ),
            (
                r#"{"action":"status","servce":"a/b"}"#,
                "UnusableEvent: servce: unknown field",
            ),
            (
                r#"{"action":"rest","service":"a/b","why":" ","by":"ana"}"#,
                "UnusableEvent: why: is empty",
            ),
            (
                r#"{"action":"rest","service":"a/b","why":"x","by":"ana","til":"y"}"#,
                "UnusableEvent: til: unknown field",
            ),
            (
                r#"{"action":"rest","service":"a/b","until":"2026-01-01T00:00:00Z","why":"x","by":"ana"}"#,
                "UnusableEvent: until: is past",
            ),
            (
                r#"{"action":"forecast","hours":"Mon-Fri 8-20","from":"2026-11-01T00:00:00Z","to":"2026-11-02T00:00:00Z"}"#,
                "UnusableEvent: hours: at column 9",
            ),
            (
                r#"{"action":"forecast","hours":"always","from":"2026-11-03T00:00:00Z","to":"2026-11-02T00:00:00Z"}"#,
                "UnusableEvent: to: is before from",
            ),
            (
                r#"{"action":"forecast","hours":"always","from":"yesterday","to":"2026-11-02T00:00:00Z"}"#,
                "UnusableEvent: from: \"yesterday\" is no instant",
            ),
        ];
        for (event, expected) in bad {
            let asked = asked(event);
            assert!(asked.starts_with(expected), "{event}: {asked}");
        }
    }

    #[test]
    fn the_deletion_of_the_suite_is_recognised() {
        assert!(
            asked(&event("suite-deleted")).starts_with("Deletion(Deletion { request_type: Delete")
        );
    }
}
