//! Runs of the function in the model: observe, decide, apply, and crash.

use std::sync::Arc;

use domain::arn::ServiceArn;
use domain::hold::Hold;
use domain::hours::holidays::Holidays;
use domain::hours::zone::Zone;
use domain::off_hours::{
    Extent, Group, Intent, Moment, Observed, Plan, Policy, Service, decide, needs_bounds,
};
use domain::order::{Asked, Order};
use domain::rest::Claim;
use domain::resting::{Action, Errand, Live, Reason, Sight, Subject};
use domain::tag::Tags;
use jiff::{SignedDuration, Timestamp};

use crate::made::on;
use crate::shown;
use crate::world::{World, arn, group_arn, register};

/// The rules that the tests play by.
pub(crate) fn policy() -> Policy {
    Policy {
        default_zone: Zone::UTC,
        holidays: Arc::new(Holidays::parse("").unwrap()),
        night_grace: SignedDuration::from_mins(15),
        deployment_patience: SignedDuration::from_mins(60),
        wave_timeout: SignedDuration::from_mins(20),
        watches_budgets: true,
    }
}

/// How long a run may take: its claims end before the next tick.
pub(crate) const TIMEOUT: SignedDuration = SignedDuration::from_mins(4);

/// What one run decided.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) plan: Plan,
}

impl World {
    /// A run that succeeds.
    pub(crate) fn tick(&mut self, at: &str) -> Run {
        self.run(on(at), usize::MAX)
    }

    /// Runs at each of these moments; the last of them.
    pub(crate) fn ticks<'t>(&mut self, at: impl IntoIterator<Item = &'t str>) -> Run {
        at.into_iter().map(|at| self.tick(at)).last().unwrap()
    }

    /// A run that crashes after so many steps.
    pub(crate) fn crash(&mut self, at: &str, after: usize) -> Run {
        self.run(on(at), after)
    }

    pub(crate) fn run(&mut self, now: Timestamp, steps: usize) -> Run {
        self.runs += 1;
        let run = format!("run-{}", self.runs);
        self.run_as(&run, now, steps)
    }

    /// A run under an id that may have run before, as when Lambda delivers an event again.
    pub(crate) fn run_as(&mut self, run: &str, now: Timestamp, steps: usize) -> Run {
        self.tasks_start();
        let plan = self.plan(run, now);
        self.apply(&plan, steps);
        self.asked.clear();
        Run { plan }
    }

    /// The plan that a run would make now.
    pub(crate) fn plan(&self, run: &str, now: Timestamp) -> Plan {
        let policy = Policy {
            watches_budgets: !self.unguarded,
            ..policy()
        };
        let claim = Claim {
            run: run.to_owned(),
            until: now + TIMEOUT,
        };
        let moment = Moment {
            policy: &policy,
            claim: &claim,
            closing: self.closing,
            now,
        };
        let mut observed = self.observe(&policy, now);
        for arn in needs_bounds(&observed, moment) {
            let theirs = self.services[&arn].live.as_ref().unwrap().bounds;
            if let Sight::Live(live) = &mut observed.services.get_mut(&arn).unwrap().sight {
                live.bounds = theirs;
            }
        }
        decide(&observed, moment)
    }

    /// Since the last run, the tasks that can have started or stopped.
    pub(crate) fn tasks_start(&mut self) {
        for thing in self.services.values_mut() {
            if let Some(live) = &mut thing.live {
                live.running = live.desired.min(thing.stuck_at.unwrap_or(u32::MAX));
            }
        }
    }

    /// The scope, looked at as the function does: without the scalable targets.
    fn observe(&self, policy: &Policy, now: Timestamp) -> Observed {
        let no_tags = Tags::new();
        let seen = self.services.iter();
        let seen = seen.filter(|(arn, _)| !self.unseen.contains(*arn));
        let services = seen.map(|(arn, thing)| {
            let cluster = self.clusters.get(arn.cluster()).unwrap_or(&no_tags);
            let mut service = Service {
                intent: Intent::of(&thing.tags, cluster, policy),
                order: self.ledger.orders.get(arn).cloned(),
                asked: self.asked.get(arn).map(|asked| asked_at(asked, now)),
                rest: self.ledger.services.get(arn).cloned(),
                sight: Sight::NotLookedAt,
            };
            if service.worth_a_look(now) {
                service.sight = without_bounds(thing.live.as_ref());
            } else if self.extent == Extent::Remembered {
                service.intent = Intent::of(&no_tags, &no_tags, policy);
            }
            (arn.clone(), service)
        });
        let groups = self.groups.iter().map(|(arn, fleet)| {
            let group = Group {
                intent: Intent::of(&fleet.tags, &no_tags, policy),
                rest: self.ledger.groups.get(arn).cloned(),
                live: fleet.live.clone(),
            };
            (arn.clone(), group)
        });
        Observed {
            services: services.collect(),
            groups: groups.collect(),
            announced: self.ledger.announced.clone(),
            closing: self.closing,
            extent: self.extent,
            partly: self.unseen.iter().map(ServiceArn::cluster_arn).collect(),
        }
    }

    /// Applies a plan: each errand up to its first refused step, all of it up to so many steps.
    pub(crate) fn apply(&mut self, plan: &Plan, steps: usize) {
        let mut left = steps;
        for errand in &plan.errands {
            for action in &errand.actions {
                if left == 0 {
                    return;
                }
                left -= 1;
                if !self.step(action) {
                    break;
                }
            }
        }
        for announcement in &plan.announcements {
            match announcement.told.clone() {
                Some(told) => self.ledger.announced.insert(announcement.key.clone(), told),
                None => self.ledger.announced.remove(&announcement.key),
            };
        }
    }

    /// Takes one step; false if it was refused.
    pub(crate) fn step(&mut self, action: &Action) -> bool {
        let ledger = &mut self.ledger;
        match action {
            Action::RecordService {
                service,
                rest,
                replaces,
            } => {
                let allowed = ledger.services.get(service).map(|rest| rest.version) == *replaces;
                if allowed {
                    ledger.services.insert(service.clone(), (**rest).clone());
                }
                allowed
            }
            Action::RecordGroup {
                group,
                rest,
                replaces,
            } => {
                let allowed = ledger.groups.get(group).map(|rest| rest.version) == *replaces;
                if allowed {
                    ledger.groups.insert(group.clone(), (**rest).clone());
                }
                allowed
            }
            Action::CloseService { service, version } => {
                let allowed = ledger.services.get(service).map(|rest| rest.version);
                allowed == Some(*version) && ledger.services.remove(service).is_some()
            }
            Action::CloseGroup { group, version } => {
                let allowed = ledger.groups.get(group).map(|rest| rest.version);
                allowed == Some(*version) && ledger.groups.remove(group).is_some()
            }
            Action::Order { service, order } => {
                ledger.orders.insert(service.clone(), order.clone());
                true
            }
            Action::WithdrawOrder { service, order } => {
                ledger.orders.get(service) == Some(order) && ledger.orders.remove(service).is_some()
            }
            _ => self.change(action),
        }
    }

    /// One call that changes the stack; refused where there is nothing to change.
    fn change(&mut self, action: &Action) -> bool {
        self.calls.push(action.clone());
        match action {
            Action::RegisterScalableTarget { service, bounds } => {
                let live = self.services.get_mut(service).and_then(|t| t.live.as_mut());
                live.filter(|live| live.bounds.is_some())
                    .map(|live| register(live, *bounds))
                    .is_some()
            }
            Action::UpdateService { service, desired } => {
                let live = self.services.get_mut(service).and_then(|t| t.live.as_mut());
                live.map(|live| live.desired = *desired).is_some()
            }
            Action::UpdateAutoScalingGroup { group, min } => {
                let live = self.groups.get_mut(group).and_then(|f| f.live.as_mut());
                live.map(|live| live.min = *min).is_some()
            }
            other => panic!("{other:?} changes no stack"),
        }
    }
}

/// What is asked, as the function reads it: since now.
fn asked_at(asked: &Asked, now: Timestamp) -> Asked {
    match asked.clone() {
        Asked::Rest(hold) => Asked::Rest(Hold { since: now, ..hold }),
        Asked::Wake(order) => Asked::Wake(order.map(|order| Order {
            since: now,
            ..order
        })),
    }
}

fn without_bounds(live: Option<&Live>) -> Sight {
    live.cloned().map_or(Sight::Missing, |live| {
        Sight::Live(Live {
            bounds: None,
            ..live
        })
    })
}

impl Run {
    pub(crate) fn reason(&self, name: &str) -> Reason {
        self.verdict(&Subject::Service(arn(name)))
    }

    pub(crate) fn reason_of_group(&self, name: &str) -> Reason {
        self.verdict(&Subject::Group(group_arn(name)))
    }

    fn verdict(&self, subject: &Subject) -> Reason {
        let verdict = self.plan.verdicts.iter().find(|v| v.subject == *subject);
        verdict.unwrap().reason.clone()
    }

    fn errand(&self, subject: &Subject) -> Option<&Errand> {
        self.plan.errands.iter().find(|e| e.subject == *subject)
    }

    /// The steps planned for a service, each in a few words.
    pub(crate) fn steps(&self, name: &str) -> Vec<String> {
        let errand = self.errand(&Subject::Service(arn(name)));
        errand.map_or_else(Vec::new, shown::steps)
    }

    /// The same for a group.
    pub(crate) fn steps_of_group(&self, name: &str) -> Vec<String> {
        let errand = self.errand(&Subject::Group(group_arn(name)));
        errand.map_or_else(Vec::new, shown::steps)
    }

    /// Whom the errands are for, in their order.
    pub(crate) fn order(&self) -> Vec<String> {
        let errands = self.plan.errands.iter();
        errands.map(|errand| errand.subject.to_string()).collect()
    }

    /// What is announced: the kind, and `over` for what is withdrawn.
    pub(crate) fn announced(&self) -> Vec<String> {
        let announcements = self.plan.announcements.iter();
        announcements.map(shown::announcement).collect()
    }
}
