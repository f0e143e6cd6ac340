//! What is told of fleets and services: surges, and tasks that are not replaced.

use super::drains::counted;
use super::strategies;
use super::subject;
use crate::arn::ServiceArn;
use crate::concern::{Concern, Over};
use crate::drain::decision::Steps;
use crate::drain::instance::ending::{end, lacking};
use crate::drain::moment::Moment;
use crate::drain::seen::service::Service;
use crate::drain::seen::surge::Incident;
use crate::drain::seen::world::{Fleet, Observed};
use crate::drain::surge::fallback::given_back;
use crate::drain::surge::watch::{self, Lack};
use crate::drain::surge::{Change, Tallies, Tally, fleet, size};
use crate::notice::{Fact, Kind, Next, Severity, fact};

/// How many pools or services a notice names.
const NAMED: usize = 5;

/// The surges that last.
pub(in crate::drain) fn surges(
    changes: &[Change],
    tallies: &Tallies<'_>,
    observed: &Observed,
    moment: Moment<'_>,
) -> Vec<Concern> {
    let nothing = Tally::default();
    changes
        .iter()
        .filter_map(|change| Some((change.after.as_ref()?, change)))
        .map(|(incident, _)| {
            let tally = tallies.get(&incident.scope).unwrap_or(&nothing);
            surge(incident, tally, tallies, observed, moment)
        })
        .collect()
}

fn surge(
    incident: &Incident,
    tally: &Tally<'_>,
    tallies: &Tallies<'_>,
    observed: &Observed,
    moment: Moment<'_>,
) -> Concern {
    let scope = &incident.scope;
    let subject = subject::scope(scope, moment);
    let mut concern = Concern::about(subject, Kind::SpotSurge, incident.since);
    let size = size(scope, tally, observed);
    concern.severity = Severity::Page;
    concern.title = format!("{scope}: a surge of Spot interruptions");
    // Told again when it has doubled, and when services were raised for it; not with every loss.
    let told = observed.announced.get(&concern.key());
    let told = told.and_then(|told| told.text.split(',').next()?.parse().ok());
    let still = |told: &u32| incident.peak < told.saturating_mul(2);
    concern.text = told.filter(still).unwrap_or(incident.peak).to_string();
    if strategies::is_raised(incident) {
        concern.text.push_str(strategies::RAISED);
    }
    let minutes = moment.policy.surge.window.as_mins();
    let within = format!("{minutes} minutes");
    let of = size.map(|size| format!(" of {size}")).unwrap_or_default();
    concern.facts.push(fact(
        &format!("Lost within {within}"),
        format!("{}{of}", tally.lost()),
    ));
    if tally.placements > 0 {
        let value = counted(
            usize::try_from(tally.placements).unwrap_or(0),
            "service",
            "services",
        );
        concern.facts.push(fact("No place for tasks of", value));
    }
    concern.facts.extend(fleet(scope, observed).map(there_now));
    concern.facts.extend(pools(incident, tallies));
    concern.done = Some(done(incident, moment));
    let group = fleet(scope, observed).and_then(|fleet| fleet.group.as_ref());
    concern.next = Next {
        what: "See whether capacity comes back and whether services run as many tasks as they \
               should. If it does not, other instance types or On-Demand capacity help."
            .to_owned(),
        command: group.map(|group| {
            format!(
                "aws autoscaling describe-scaling-activities --auto-scaling-group-name {group} \
                 --max-items 10"
            )
        }),
    };
    if size.is_none() {
        concern.unknown = Some("How large the fleet is".to_owned());
    }
    concern
}

/// How many of a fleet are there, or were when they were counted.
fn there_now(fleet: &Fleet) -> Fact {
    match fleet.counted {
        None => fact(
            "In service",
            format!("{} of {}", fleet.in_service, fleet.desired),
        ),
        Some(at) => fact(
            "Tasks when they were counted",
            format!("{}, {at}", fleet.desired),
        ),
    }
}

/// The pools that lost most.
fn pools(incident: &Incident, tallies: &Tallies<'_>) -> Vec<Fact> {
    let of = tallies
        .iter()
        .filter(|(scope, _)| scope.fleet() == &incident.scope && scope.pool().is_some());
    let mut pools: Vec<(u32, String)> = of
        .filter_map(|(scope, tally)| Some((tally.lost(), scope.pool()?.to_string())))
        .collect();
    pools.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    let named = pools.into_iter().take(NAMED);
    named.map(|(lost, pool)| fact(&pool, lost)).collect()
}

fn done(incident: &Incident, moment: Moment<'_>) -> String {
    let base = incident.fallback.as_ref().map(|raised| {
        format!(
            "raised the On-Demand base of {} from {} to {}",
            raised.group, raised.saved, raised.written
        )
    });
    let services = strategies::raised(incident, moment);
    together("Drains every instance that EC2 warns of", [base, services])
}

/// What was done, and what else.
fn together(first: &str, others: [Option<String>; 2]) -> String {
    let mut all = first.to_owned();
    for other in others.into_iter().flatten() {
        all.push_str(", and ");
        all.push_str(&other);
    }
    all
}

/// What is said when a surge is over.
pub(super) fn surge_over(kind: Kind, change: Option<&Change>, observed: &Observed) -> Option<Over> {
    let mut facts = Vec::new();
    let scope = change.map(|change| &change.scope);
    let fleet = scope.and_then(|scope| fleet(scope, observed));
    facts.extend(fleet.map(there_now));
    let before = change.and_then(|change| change.before.as_ref());
    facts.extend(before.map(|before| fact("Most losses at once", before.peak)));
    let back = before.and_then(|before| given_back(before, observed));
    let back = back.map(|raised| {
        format!(
            "gave {} its On-Demand base of {} back",
            raised.group, raised.saved
        )
    });
    let services = before.and_then(|before| strategies::given_back(before, observed));
    let drained = "Drained every instance that EC2 warned of";
    let title = scope.map_or_else(
        || "the surge of Spot interruptions is over".to_owned(),
        |scope| format!("{scope}: the surge of Spot interruptions is over"),
    );
    Some(Over {
        kind,
        title: Some(title),
        facts,
        done: Some(together(drained, [back, services])),
    })
}

/// Services that lost a task to Spot and have none in its place.
pub(in crate::drain) fn not_replaced(
    steps: &Steps<'_>,
    observed: &Observed,
    moment: Moment<'_>,
) -> Vec<Concern> {
    let mut lacks = watch::overdue(observed, moment);
    let records = steps.iter().filter_map(|(id, step)| {
        // What is closed in this round is told of before it is forgotten.
        step.drain.as_ref().or_else(|| {
            step.outcome.as_ref()?;
            observed.drains.get(*id)
        })
    });
    for drain in records.filter(|drain| drain.settled.is_some()) {
        let since = end(drain).unwrap_or(drain.opened);
        if moment.now < since + moment.policy.replacement {
            continue;
        }
        for service in lacking(drain) {
            let lack = lacks.entry(service.clone()).or_insert(Lack {
                since,
                trouble: None,
            });
            lack.since = lack.since.min(since);
        }
    }
    // What was told stands until it is seen to be over.
    for service in watch::told(observed) {
        lacks.entry(service).or_insert(Lack {
            since: moment.now,
            trouble: None,
        });
    }
    lacks
        .into_iter()
        .filter_map(|(arn, lack)| {
            let service = observed.services.get(&arn)?.as_ref().ok()?.as_ref()?;
            let whole = crate::drain::instance::ending::is_whole(&arn, observed)?;
            (!whole).then(|| lacks_tasks(&arn, service, &lack))
        })
        .collect()
}

fn lacks_tasks(arn: &ServiceArn, service: &Service, lack: &Lack) -> Concern {
    let mut concern = Concern::about(arn.as_str(), Kind::SpotTaskNotReplaced, lack.since);
    let (running, desired) = (service.running, service.desired);
    let serves_too_little = running == 0 || running < service.floor();
    if serves_too_little {
        concern.severity = Severity::Page;
    }
    concern.title = format!("{arn}: a task that Spot took is not replaced");
    concern.text = format!("{serves_too_little}");
    concern.facts = vec![fact("Running tasks", format!("{running} of {desired}"))];
    let trouble = lack.trouble.as_ref().or(service.trouble.as_ref());
    concern
        .facts
        .extend(trouble.map(|trouble| fact("ECS says", trouble)));
    concern.next = Next {
        what: "See in the events of the service why ECS does not place another task.".to_owned(),
        command: Some(format!(
            "aws ecs describe-services --cluster {} --services {} --query \
             'services[0].events[:5].message'",
            arn.cluster(),
            arn.name()
        )),
    };
    concern
}
