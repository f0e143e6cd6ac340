//! What a rest saved, told when it ends: in the report, in the journal, and as metrics.
//!
//! Quiet ticks ask for the sizes of tasks ahead, a few at a time, so that the tick that wakes
//! everything need not.

use domain::off_hours::Observed;
use domain::off_hours::savings::{Rested, Saving, saving};
use domain::resting::{Errand, Live, Reason, Sight, Subject};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::Aws;
use edge::errand::Ending;
use edge::sizes::ask;

/// A task still costs after its service went to rest: until its targets are deregistered, by
/// default after five minutes, and it has stopped.
/// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html>.
const TAIL: SignedDuration = SignedDuration::from_mins(5);

/// What one rest saved.
#[derive(Debug)]
pub(crate) struct Saved {
    service: String,
    task_hours: f64,
    usd: Result<String, String>,
}

/// What the rests saved that ended in this run.
pub(crate) async fn of(
    aws: &Aws,
    observed: &Observed,
    errands: &[(&Errand, &Ending)],
    now: Timestamp,
) -> Vec<Saved> {
    let woken: Vec<(&Errand, &Live, u32, SignedDuration)> = errands
        .iter()
        .filter(|(errand, ending)| errand.reason == Reason::Wakes && matches!(ending, Ending::Done))
        .filter_map(|(errand, _)| rested(observed, errand, now))
        .collect();
    ask(
        &aws.edge,
        woken
            .iter()
            .map(|(_, live, _, _)| live.task_definition.as_str()),
    )
    .await;
    woken
        .into_iter()
        .map(|(errand, live, tasks, off)| saved(aws, errand, live, tasks, off))
        .collect()
}

/// Asks ahead for the sizes of what is at rest.
pub(crate) async fn ask_ahead(aws: &Aws, observed: &Observed) {
    let resting = observed
        .services
        .values()
        .filter(|service| service.rest.is_some());
    let live = resting.filter_map(|service| match &service.sight {
        Sight::Live(live) if live.fargate_spot_percent.is_some() => {
            Some(live.task_definition.as_str())
        }
        _ => None,
    });
    ask(&aws.edge, live).await;
}

/// The service of an errand, how many tasks fewer it had, and for how long. A count that somebody
/// raised at rest is taken to have been so all the time: better too little than too much.
fn rested<'a>(
    observed: &'a Observed,
    errand: &'a Errand,
    now: Timestamp,
) -> Option<(&'a Errand, &'a Live, u32, SignedDuration)> {
    let Subject::Service(arn) = &errand.subject else {
        return None;
    };
    let service = observed.services.get(arn)?;
    let Sight::Live(live) = &service.sight else {
        return None;
    };
    let rest = service.rest.as_ref()?;
    let tasks = rest
        .saved
        .desired
        .saturating_sub(live.desired.max(rest.written.desired));
    let off = now.duration_since(rest.settled?);
    // Tasks on instances cost nothing by themselves.
    (tasks > 0 && live.fargate_spot_percent.is_some()).then_some((errand, live, tasks, off))
}

fn saved(aws: &Aws, errand: &Errand, live: &Live, tasks: u32, off: SignedDuration) -> Saved {
    let usd = match aws.edge.shapes.get(&live.task_definition) {
        None => Err("the size of its tasks is not known yet".to_owned()),
        Some(None) => Err("its task definition states no size".to_owned()),
        Some(Some(shape)) => {
            let rested = Rested::Fargate {
                region: region_of(errand.subject.arn()),
                shape,
                spot_percent: live.fargate_spot_percent.unwrap_or(0),
                spot_hour: None,
            };
            match saving(&rested, tasks, off, TAIL) {
                Saving::Known { usd } => Ok(usd.to_string()),
                Saving::Unknown { why } => Err(why.to_string()),
            }
        }
    };
    let seconds = off.saturating_sub(TAIL).as_secs_f64().max(0.0);
    Saved {
        service: errand.subject.to_string(),
        task_hours: f64::from(tasks) * seconds / 3600.0,
        usd,
    }
}

fn region_of(arn: &str) -> String {
    arn.split(':').nth(3).unwrap_or_default().to_owned()
}

impl Saved {
    /// For the report and the journal.
    pub(crate) fn shown(&self) -> Value {
        let (usd, unknown) = match &self.usd {
            Ok(usd) => (Some(usd), None),
            Err(why) => (None, Some(why)),
        };
        json!({ "service": self.service, "task_hours": self.task_hours, "usd": usd, "unknown": unknown })
    }

    /// A line in CloudWatch's embedded metric format, which becomes metrics without a call.
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
    pub(crate) fn metric(&self, at: Timestamp) -> Value {
        let usd = self
            .usd
            .as_ref()
            .ok()
            .and_then(|usd| usd.parse::<f64>().ok());
        let mut metrics = vec![json!({ "Name": "SavedTaskHours", "Unit": "None" })];
        metrics.extend(usd.map(|_| json!({ "Name": "SavedUSD", "Unit": "None" })));
        let mut line = json!({
            "_aws": {
                "Timestamp": at.as_millisecond(),
                "CloudWatchMetrics": [{ "Namespace": "Caretaker", "Dimensions": [["Service"]], "Metrics": metrics }],
            },
            "Service": self.service,
            "SavedTaskHours": self.task_hours,
        });
        if let Some(usd) = usd {
            line["SavedUSD"] = json!(usd);
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use domain::arn::ServiceArn;
    use domain::resting::Kind;

    use super::*;
    use crate::script::{DUSK, Script, aws};
    use crate::settings::tests::settings;

    #[test]
    fn a_saving_is_a_metric_with_money_where_there_is_a_price_and_task_hours_in_any_case() {
        let saved = |usd| Saved {
            service: "prod/api".to_owned(),
            task_hours: 36.0,
            usd,
        };
        let at = "2026-11-20T07:00:00Z".parse().unwrap();
        let priced = saved(Ok("1.777320".to_owned())).metric(at);
        assert_eq!(priced["SavedUSD"], 1.77732);
        assert_eq!(
            priced["_aws"]["CloudWatchMetrics"][0]["Metrics"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        let unpriced = saved(Err("no price".to_owned())).metric(at);
        assert_eq!(
            (&unpriced["SavedTaskHours"], unpriced.get("SavedUSD")),
            (&json!(36.0), None)
        );
    }

    const SERVICE: &str = "arn:aws:ecs:us-east-1:123456789012:service/prod/api";

    /// What three tasks saved that were at rest for this long, and their task definition's size.
    async fn saved_in(off: SignedDuration, definition: Value) -> Saved {
        let created_at = DUSK.parse().unwrap();
        let live = Live {
            active: true,
            kind: Kind::Replica,
            desired: 0,
            running: 0,
            created_at,
            bounds: None,
            deployment: None,
            task_definition: "api:1".to_owned(),
            fargate_spot_percent: Some(0),
        };
        let errand = Errand {
            subject: Subject::Service(ServiceArn::parse(SERVICE).unwrap()),
            reason: Reason::Wakes,
            actions: Vec::new(),
        };
        let script = Script::default().answer("DescribeTaskDefinition", definition);
        let aws = aws(&script, &settings());
        ask(&aws.edge, [live.task_definition.as_str()].into_iter()).await;
        saved(&aws, &errand, &live, 3, off)
    }

    #[tokio::test]
    async fn a_night_of_three_tasks_has_its_price_without_the_tail() {
        let definition = json!({ "taskDefinition": { "cpu": "1024", "memory": "2048" } });
        let night = SignedDuration::from_hours(12).saturating_add(TAIL);
        let saved = saved_in(night, definition.clone()).await;
        assert_eq!(
            (saved.task_hours, saved.usd),
            (36.0, Ok("1.77732".to_owned()))
        );
        let saved = saved_in(SignedDuration::from_mins(4), definition).await;
        assert_eq!((saved.task_hours, saved.usd), (0.0, Ok("0".to_owned())));
    }

    #[tokio::test]
    async fn a_saving_without_a_size_is_unknown_and_never_zero() {
        let night = SignedDuration::from_hours(12);
        let unknown = |saved: Saved| saved.usd.unwrap_err();
        let stated = saved_in(night, json!({ "taskDefinition": {} })).await;
        assert_eq!(unknown(stated), "its task definition states no size");
        let unanswered = saved_in(night, json!("no answer")).await;
        assert_eq!(
            unknown(unanswered),
            "the size of its tasks is not known yet"
        );
    }
}
