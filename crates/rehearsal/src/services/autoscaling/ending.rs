//! How a group's instances go.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::group::{Group, REGISTER};
use super::hooks::{Hook, OF_ECS, Verdict};
use super::instance::{Instance, Phase};
use super::news::News;
use crate::services::events::later;

/// How long an instance takes to go.
const TERMINATE: SignedDuration = SignedDuration::from_secs(60);

/// What a group must know to end an instance.
pub(super) struct Ending<'a> {
    /// The time.
    pub(super) now: Timestamp,
    /// The instances that ECS has yet to drain.
    pub(super) busy: &'a BTreeSet<String>,
    /// Where tokens come from.
    pub(super) tokens: &'a mut dyn FnMut() -> String,
}

impl Group {
    /// Ends what is too much: first what is still starting, then the oldest; and what is at risk
    /// and has been replaced.
    pub(super) fn shrink(&mut self, ending: &mut Ending<'_>) -> Vec<News> {
        if !self.may("Terminate") {
            return Vec::new();
        }
        let staying = self.count(|one| one.phase.stays());
        let too_many = staying.saturating_sub(self.desired + self.replacements());
        let mut candidates: Vec<&Instance> = self
            .instances
            .iter()
            .filter(|one| one.phase.stays())
            .collect();
        candidates.sort_by_key(|one| one.phase.serves());
        let surplus: Vec<String> = candidates
            .into_iter()
            .take(too_many as usize)
            .map(|one| one.id.clone())
            .collect();
        let mut told = Vec::new();
        for id in surplus {
            told.extend(self.end(&id, ending));
        }
        told.extend(self.retire(ending));
        told
    }

    /// Ends what is at risk and has been replaced: its replacement is in service.
    fn retire(&mut self, ending: &mut Ending<'_>) -> Vec<News> {
        if !self.capacity_rebalance {
            return Vec::new();
        }
        let replaced = self.in_service().saturating_sub(self.desired);
        let at_risk = self.instances.iter();
        let at_risk: Vec<String> = at_risk
            .filter(|one| one.at_risk && one.phase.serves())
            .take(replaced as usize)
            .map(|one| one.id.clone())
            .collect();
        let ended = at_risk.iter();
        ended
            .flat_map(|id| self.end(id, ending))
            .collect::<Vec<_>>()
    }

    /// An instance is to end: at once, or when its hooks are completed. One that is not in service
    /// yet has none; that is a choice.
    pub(super) fn end(&mut self, id: &str, ending: &mut Ending<'_>) -> Vec<News> {
        let now = ending.now;
        let mut hooks = self.hooks.clone();
        if ending.busy.contains(id) {
            hooks.push(Hook::of_ecs());
        }
        let Some(instance) = self.staying(id) else {
            return Vec::new();
        };
        if hooks.is_empty() || !instance.phase.serves() {
            let until = later(now, TERMINATE);
            instance.phase = Phase::Terminating { until };
            return instance.ends().into_iter().collect();
        }
        instance.phase = Phase::Waiting;
        let mut told = Vec::new();
        for hook in hooks {
            let action = hook.begin((ending.tokens)(), now);
            told.push(News::Waits {
                instance: instance.id.clone(),
                token: action.token.clone(),
                hook,
            });
            instance.actions.push(action);
        }
        told
    }

    /// The instances that wait for ECS to drain them.
    pub(super) fn wait_for_ecs(&self) -> impl Iterator<Item = &Instance> {
        let waits = |one: &&Instance| one.actions.iter().any(|action| action.hook == OF_ECS);
        self.instances.iter().filter(waits)
    }

    fn staying(&mut self, id: &str) -> Option<&mut Instance> {
        let mut instances = self.instances.iter_mut();
        instances.find(|one| one.id == id && one.phase.stays())
    }

    /// A lifecycle action of an instance ends.
    pub(super) fn conclude(
        &mut self,
        id: &str,
        hook: &str,
        verdict: Verdict,
        now: Timestamp,
    ) -> Vec<News> {
        let instances = self.instances.iter_mut();
        let waiting = instances.filter(|one| one.id == id);
        waiting
            .flat_map(|one| one.conclude(hook, verdict, false, now))
            .collect()
    }

    /// The lifecycle actions of a hook end, whoever waits for them.
    pub(super) fn conclude_all(
        &mut self,
        hook: &str,
        verdict: Verdict,
        now: Timestamp,
    ) -> Vec<News> {
        let instances = self.instances.iter_mut();
        instances
            .flat_map(|one| one.conclude(hook, verdict, false, now))
            .collect()
    }

    /// Moves every instance to where it is by now.
    pub(super) fn pass_time(&mut self, now: Timestamp) -> Vec<News> {
        let mut told = Vec::new();
        let hooks = self.hooks.clone();
        for instance in &mut self.instances {
            match instance.phase {
                Phase::Pending { until } if until <= now => {
                    let registered = later(until, REGISTER);
                    instance.phase = Phase::InService { registered };
                    told.push(News::Runs(instance.id.clone()));
                }
                Phase::Waiting => {
                    let actions = instance.actions.iter();
                    let late = actions.filter(|action| action.until <= now);
                    let late: Vec<String> = late.map(|action| action.hook.clone()).collect();
                    for name in late {
                        let hook = hooks.iter().find(|hook| hook.name == name);
                        let default = hook.map_or(Verdict::Abandon, |hook| hook.default);
                        told.extend(instance.conclude(&name, default, true, now));
                    }
                }
                _ => {}
            }
        }
        let over = |one: &Instance| matches!(one.phase, Phase::Terminating { until } | Phase::Proceeding { until } if until <= now);
        let gone = self.instances.iter().filter(|one| over(one) && !one.gone);
        told.extend(gone.map(|one| News::Gone(one.id.clone())));
        self.instances.retain(|one| !over(one));
        told
    }
}

impl Instance {
    /// ABANDON "stops any remaining actions, such as other lifecycle hooks, while CONTINUE allows
    /// any other lifecycle hooks to complete":
    /// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html>.
    fn conclude(
        &mut self,
        hook: &str,
        verdict: Verdict,
        timed_out: bool,
        now: Timestamp,
    ) -> Vec<News> {
        let before = self.actions.len();
        self.actions.retain(|action| action.hook != hook);
        if self.actions.len() == before {
            return Vec::new();
        }
        let mut told = vec![News::Concluded {
            instance: self.id.clone(),
            hook: hook.to_owned(),
            verdict,
            timed_out,
        }];
        if verdict == Verdict::Abandon {
            self.actions.clear();
        }
        if self.actions.is_empty() {
            let until = later(now, TERMINATE);
            self.phase = Phase::Proceeding { until };
            told.extend(self.ends());
        }
        told
    }

    /// Its machine is told to shut down, unless there is none any more.
    fn ends(&self) -> Option<News> {
        (!self.gone).then(|| News::Ends(self.id.clone()))
    }
}
