//! A small model of ECS, of a registry, of alarms and of our ledger, in which a plan is applied step
//! by step and can die before any of them.

use std::collections::{BTreeMap, BTreeSet};

use domain::announcement::{ConcernKey, Told};
use domain::arn::ServiceArn;
use domain::notice::Notice;
use domain::resting::Kind;
use domain::rollback::{
    Act, Alarm, AlarmState, Attempt, Balancer, Cause, Container, Definition, DefinitionArn,
    DefinitionStatus, Deployment, DeploymentId, Event, Freeze, Hand, How, Image, ImageAt, ImageRef,
    Mode, Moment, Needed, Observed, Order, Plan, Policy, Ports, RanImage, Reason, Record, Revision,
    RevisionArn, Rollout, Running, Says, Service, Sign, Status, Stopped, Strategy, TargetGroup,
    Wants, Watching, What, decide, wants,
};
use domain::tag::Tagged;
use jiff::{SignedDuration, Timestamp};

use crate::made::{
    ACCOUNT, GROUP, REGION, WEB, attempt, by_digest, by_tag, definition, deployment, digest, mins,
    noon, repository, revision_arn, says, service,
};

/// What can be unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Of {
    Services,
    Attempts,
    Revisions,
    Definitions,
    Images,
    Needed,
    TargetGroups,
    Stopped,
    Running,
    Alarms,
}

/// A service and what ECS knows of it.
#[derive(Clone, Debug)]
pub(crate) struct Svc {
    pub(crate) of: Service,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) stopped: Vec<Stopped>,
    pub(crate) running: Vec<Running>,
    pub(crate) alarms: Vec<Alarm>,
    pub(crate) gone: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) policy: Policy,
    pub(crate) services: BTreeMap<ServiceArn, Svc>,
    pub(crate) definitions: BTreeMap<DefinitionArn, Definition>,
    pub(crate) revisions: BTreeMap<RevisionArn, Revision>,
    pub(crate) images: BTreeMap<ImageAt, Image>,
    pub(crate) needed: BTreeMap<Needed, bool>,
    pub(crate) target_groups: BTreeMap<String, TargetGroup>,
    pub(crate) unreadable: BTreeSet<Of>,
    pub(crate) records: BTreeMap<ServiceArn, Record>,
    pub(crate) frozen: Option<Freeze>,
    pub(crate) announced: BTreeMap<ConcernKey, Told>,
    pub(crate) ticking: bool,
    /// Whether everything is looked at before anybody asks, which is quicker.
    pub(crate) eager: bool,
    /// Every notice, in order.
    pub(crate) notices: Vec<Notice>,
    /// Every act that was tried, and whether it had an effect.
    pub(crate) acts: Vec<(Act, bool)>,
    /// The last answer about each service.
    pub(crate) reasons: BTreeMap<ServiceArn, Reason>,
    /// The deployments that a rollback brought.
    pub(crate) rollbacks: BTreeSet<DeploymentId>,
    next: u64,
}

pub(crate) fn world() -> World {
    World {
        now: noon(),
        policy: Policy::default(),
        services: BTreeMap::new(),
        definitions: BTreeMap::new(),
        revisions: BTreeMap::new(),
        images: BTreeMap::new(),
        needed: BTreeMap::new(),
        target_groups: BTreeMap::new(),
        unreadable: BTreeSet::new(),
        records: BTreeMap::new(),
        frozen: None,
        announced: BTreeMap::new(),
        ticking: false,
        eager: false,
        notices: Vec::new(),
        acts: Vec::new(),
        reasons: BTreeMap::new(),
        rollbacks: BTreeSet::new(),
        next: 1,
    }
}

/// A service of two tasks that proved good with the definition 5, is rolled back by us, and that ECS
/// watches without rolling back.
pub(crate) fn shop() -> World {
    let mut world = world();
    world.serves(WEB);
    world.released(WEB, 5);
    world
}

// What happens in ECS.
impl World {
    /// A service that is there and was never deployed.
    pub(crate) fn serves(&mut self, name: &str) {
        let of = Service {
            active: true,
            kind: Kind::Replica,
            mode: Tagged::Says(Mode::Auto),
            migration: None,
            desired: 2,
            running: 0,
            deployments: Vec::new(),
            breaker: Watching {
                on: true,
                rollback: false,
            },
            alarms: Watching::default(),
            strategy: Strategy::Rolling,
            current: None,
            balancers: Vec::new(),
            stack_busy: None,
            held: false,
            troubles: BTreeMap::new(),
        };
        let svc = Svc {
            of,
            attempts: Vec::new(),
            stopped: Vec::new(),
            running: Vec::new(),
            alarms: Vec::new(),
            gone: false,
        };
        self.services.insert(service(name), svc);
    }

    pub(crate) fn at(&mut self, name: &str) -> &mut Svc {
        self.services.get_mut(&service(name)).unwrap()
    }

    /// Puts the service behind a target group.
    pub(crate) fn balanced(&mut self, name: &str) {
        self.at(name).of.balancers = vec![Balancer {
            target_group: GROUP.to_owned(),
            container: "app".to_owned(),
            port: 8080,
        }];
        let group = TargetGroup {
            ports: Ports {
                traffic: 8080,
                health: "traffic-port".to_owned(),
            },
            healthy: 2,
        };
        self.target_groups.insert(GROUP.to_owned(), group);
    }

    /// Ties an alarm to a service.
    pub(crate) fn alarm(&mut self, name: &str, alarm: &str, state: AlarmState) {
        let changed_at = self.now;
        let alarms = &mut self.at(name).alarms;
        alarms.retain(|known| known.name != alarm);
        alarms.push(Alarm {
            name: alarm.to_owned(),
            state,
            changed_at,
            suppressed: false,
        });
    }

    /// Registers a revision of the task definition of a service, whose image has the tag `vNUMBER`
    /// and the digest of the same number, unless it is there already.
    pub(crate) fn defines(&mut self, name: &str, number: u32) -> DefinitionArn {
        let family = name.rsplit('/').next().unwrap();
        let arn = definition(family, number);
        if !self.definitions.contains_key(&arn) {
            self.pushes(name, &format!("v{number}"), number);
            let image = format!("{}:v{number}", repository(family));
            self.definitions.insert(arn.clone(), defined(&image));
        }
        arn
    }

    /// Pushes an image to the repository of a service.
    pub(crate) fn pushes(&mut self, name: &str, tag: &str, bytes: u32) {
        let family = name.rsplit('/').next().unwrap();
        let image = Image {
            digest: digest(bytes),
            platforms: BTreeSet::new(),
        };
        self.images.insert(by_tag(family, tag), image.clone());
        self.images.insert(by_digest(family, &digest(bytes)), image);
    }

    /// Somebody deploys a task definition: ECS begins a deployment of it.
    pub(crate) fn deploys(&mut self, name: &str, number: u32) -> DeploymentId {
        let arn = self.defines(name, number);
        self.begins(name, &arn)
    }

    pub(crate) fn begins(&mut self, name: &str, arn: &DefinitionArn) -> DeploymentId {
        let id = self.begins_alone(name, arn);
        let (number, now) = (self.next, self.now);
        let images = self.resolves(arn);
        let revision = revision_arn(name, number);
        let brings = Revision {
            definition: arn.clone(),
            images,
            created_at: now,
        };
        self.revisions.insert(revision.clone(), brings);
        let svc = self.at(name);
        let source = svc
            .attempts
            .iter()
            .rev()
            .find_map(|attempt| match attempt.status {
                Status::Successful => attempt.target.clone(),
                Status::RollbackSuccessful => attempt.rolled_back_to.clone(),
                _ => None,
            });
        let mut new = attempt(name, number, now);
        new.target = Some(revision);
        new.sources = source.into_iter().collect();
        new.requested = Some(svc.of.desired);
        // What was under way gives way.
        for old in &mut svc.attempts {
            if old.status.is_in_flight() {
                old.status = Status::Stopped;
                old.finished_at = Some(now);
            }
        }
        svc.of.current = Some(new.arn.clone());
        svc.attempts.push(new);
        id
    }

    /// A deployment without an attempt of its own, as when ECS rolls back.
    fn begins_alone(&mut self, name: &str, arn: &DefinitionArn) -> DeploymentId {
        self.next += 1;
        let (id, now) = (deployment(self.next), self.now);
        let svc = self.at(name);
        for old in &mut svc.of.deployments {
            old.primary = false;
        }
        let desired = svc.of.desired;
        svc.of.deployments.insert(
            0,
            Deployment {
                id: id.clone(),
                primary: true,
                definition: arn.clone(),
                rollout: Rollout::InProgress,
                reason: None,
                failed_tasks: 0,
                desired,
                running: 0,
                pending: desired,
                created_at: now,
                updated_at: now,
            },
        );
        id
    }

    fn resolves(&self, arn: &DefinitionArn) -> Vec<RanImage> {
        let containers = &self.definitions[arn].containers;
        let ran = containers.iter().map(|(name, container)| {
            let image = container.image.clone().ok();
            let found = image
                .as_ref()
                .and_then(|image| self.images.get(&image.lookup()));
            RanImage {
                container: name.clone(),
                digest: found.map(|found| found.digest.clone()),
                image,
            }
        });
        ran.collect()
    }

    pub(crate) fn primary(&self, name: &str) -> &Deployment {
        self.services[&service(name)].of.primary().unwrap()
    }

    pub(crate) fn primary_id(&self, name: &str) -> DeploymentId {
        self.primary(name).id.clone()
    }

    /// The number of the task definition that is PRIMARY.
    pub(crate) fn runs(&self, name: &str) -> u32 {
        let definition = self.primary(name).definition.to_string();
        definition.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// The newest deployment is complete.
    pub(crate) fn completes(&mut self, name: &str) -> DeploymentId {
        let now = self.now;
        let definition = self.primary(name).definition.clone();
        let images = self.resolves(&definition);
        let digests: BTreeMap<_, _> = images
            .into_iter()
            .filter_map(|image| Some((image.container, image.digest?)))
            .collect();
        let svc = self.at(name);
        svc.of.deployments.retain(|one| one.primary);
        let desired = svc.of.desired;
        svc.of.running = desired;
        let primary = &mut svc.of.deployments[0];
        primary.rollout = Rollout::Completed;
        primary.running = desired;
        primary.pending = 0;
        primary.updated_at = now;
        let id = primary.id.clone();
        let task = Running {
            started_by: id.clone(),
            digests,
        };
        svc.running = vec![task; usize::try_from(desired).unwrap()];
        if let Some(newest) = svc.attempts.last_mut() {
            newest.status = match newest.status {
                Status::RollbackInProgress | Status::RollbackRequested => {
                    Status::RollbackSuccessful
                }
                Status::RollbackSuccessful => Status::RollbackSuccessful,
                _ => Status::Successful,
            };
            newest.finished_at = Some(now);
        }
        id
    }

    /// The newest deployment failed.
    pub(crate) fn fails(&mut self, name: &str) -> DeploymentId {
        let now = self.now;
        let svc = self.at(name);
        let rolls_back = svc.of.breaker.rolls_back();
        let primary = &mut svc.of.deployments[0];
        primary.rollout = Rollout::Failed;
        primary.updated_at = now;
        let id = primary.id.clone();
        let newest = svc.attempts.last_mut().unwrap();
        newest.breaker_triggered = true;
        if newest.status.is_rollback() {
            newest.status = Status::RollbackFailed;
            newest.finished_at = Some(now);
        } else if !rolls_back {
            newest.status = Status::Stopped;
            newest.finished_at = Some(now);
        }
        id
    }

    /// ECS rolls the newest attempt back.
    pub(crate) fn ecs_rolls_back(&mut self, name: &str) -> DeploymentId {
        let svc = self.at(name);
        let newest = svc.attempts.last_mut().unwrap();
        newest.status = Status::RollbackInProgress;
        newest.rolled_back_to = newest.sources.first().cloned();
        let back = newest.rolled_back_to.clone().unwrap();
        let definition = self.revisions[&back].definition.clone();
        let id = self.begins_alone(name, &definition);
        self.rollbacks.insert(id.clone());
        id
    }

    /// A release that proves good: deployed, complete, and watched to its end.
    pub(crate) fn released(&mut self, name: &str, number: u32) {
        let id = self.deploys(name, number);
        self.hears([says(name, &id, Event::InProgress)]);
        self.passes(mins(2));
        self.completes(name);
        self.hears([says(name, &id, Event::Completed)]);
        self.passes(mins(20));
    }

    /// A release that fails at once.
    pub(crate) fn breaks(&mut self, name: &str, number: u32) -> DeploymentId {
        let id = self.deploys(name, number);
        self.hears([says(name, &id, Event::InProgress)]);
        self.passes(mins(4));
        for ago in [3, 2, 1] {
            let at = self.now - mins(ago);
            let crash = crate::made::crash(&id, at);
            self.at(name).stopped.push(crash);
        }
        self.fails(name);
        id
    }
}

/// A task definition of one container.
pub(crate) fn defined(image: &str) -> Definition {
    Definition {
        status: DefinitionStatus::Active,
        containers: BTreeMap::from([(
            "app".to_owned(),
            Container {
                image: ImageRef::parse(image),
                ports: vec![8080],
            },
        )]),
        needs: Vec::new(),
        migration: None,
        copy: None,
    }
}

// What we do.
impl World {
    pub(crate) fn moment(&self) -> Moment<'_> {
        Moment {
            policy: &self.policy,
            account: ACCOUNT,
            region: REGION,
            now: self.now,
        }
    }

    /// A minute after another, as long as anybody asks for them.
    pub(crate) fn passes(&mut self, time: SignedDuration) {
        let end = self.now + time;
        while self.now + mins(1) <= end {
            self.now += mins(1);
            if self.ticking {
                self.hears([Says::Minute]);
            }
        }
        self.now = end;
    }

    pub(crate) fn hears(&mut self, says: impl IntoIterator<Item = Says>) -> Plan {
        self.hears_and_dies(says, usize::MAX)
    }

    pub(crate) fn sweeps(&mut self) -> Plan {
        self.hears([Says::Sweep { slice: 0 }])
    }

    pub(crate) fn failed(&mut self, name: &str, id: &DeploymentId) -> Plan {
        self.hears([says(name, id, Event::Failed)])
    }

    pub(crate) fn orders(&mut self, what: What) -> Plan {
        self.hears([Says::Order(Order {
            by: "ana".to_owned(),
            why: "it is wrong".to_owned(),
            what,
        })])
    }

    /// A round that dies after so many steps of its plan.
    pub(crate) fn hears_and_dies(
        &mut self,
        says: impl IntoIterator<Item = Says>,
        steps: usize,
    ) -> Plan {
        let plan = self.plan(says);
        self.apply(&plan, steps);
        plan
    }

    /// What would be done.
    pub(crate) fn plan(&self, says: impl IntoIterator<Item = Says>) -> Plan {
        let signs: Vec<Sign> = says
            .into_iter()
            .enumerate()
            .map(|(number, says)| Sign {
                id: format!("message-{number}"),
                at: self.now,
                says,
            })
            .collect();
        let sweeps = |sign: &Sign| matches!(sign.says, Says::Sweep { .. });
        let mut observed = Observed {
            swept: if signs.iter().any(sweeps) {
                self.services.keys().cloned().collect()
            } else {
                BTreeSet::new()
            },
            all_open: domain::rollback::needs_all_open(&signs),
            frozen: self.frozen.clone(),
            announced: self.announced.clone(),
            ..Observed::default()
        };
        let named = domain::rollback::named(&signs);
        for (arn, record) in &self.records {
            let swept = observed.swept.contains(arn);
            if named.contains(arn) || swept || (observed.all_open && record.is_open()) {
                observed.records.insert(arn.clone(), record.clone());
            } else if record.is_open() {
                let other = domain::rollback::Elsewhere::of(record);
                observed.elsewhere.insert(arn.clone(), other);
            }
        }
        observed.signs = signs;
        if self.eager {
            self.looks(self.everything(), &mut observed);
        }
        for _ in 0..40 {
            let wants = wants(&observed, self.moment());
            if wants.is_empty() {
                return decide(&observed, self.moment());
            }
            self.looks(wants, &mut observed);
        }
        panic!("it is never satisfied");
    }

    fn everything(&self) -> Wants {
        let all: BTreeSet<ServiceArn> = self.services.keys().cloned().collect();
        Wants {
            services: all.clone(),
            attempts_of: all.clone(),
            revisions: self.revisions.keys().cloned().collect(),
            definitions: self.definitions.keys().cloned().collect(),
            images: self.images.keys().cloned().collect(),
            needed: BTreeSet::new(),
            target_groups: self.target_groups.keys().cloned().collect(),
            stopped_of: all.clone(),
            running_of: all.clone(),
            alarms_of: all,
        }
    }

    fn looks(&self, wants: Wants, observed: &mut Observed) {
        let denied = |of: Of| self.unreadable.contains(&of);
        let read = |of: Of| {
            if denied(of) {
                Err("AccessDenied".to_owned())
            } else {
                Ok(())
            }
        };
        for arn in wants.services {
            let svc = self.services.get(&arn).filter(|svc| !svc.gone);
            let found = read(Of::Services).map(|()| svc.map(|svc| svc.of.clone()));
            assert!(
                observed.services.insert(arn, found).is_none(),
                "asked twice"
            );
        }
        for arn in wants.attempts_of {
            // The newest first, as ECS lists them.
            let mut found = self.services[&arn].attempts.clone();
            found.reverse();
            observed
                .attempts
                .insert(arn, read(Of::Attempts).map(|()| found));
        }
        for arn in wants.stopped_of {
            let found = self.services[&arn].stopped.clone();
            observed
                .stopped
                .insert(arn, read(Of::Stopped).map(|()| found));
        }
        for arn in wants.running_of {
            let found = self.services[&arn].running.clone();
            observed
                .running
                .insert(arn, read(Of::Running).map(|()| found));
        }
        for arn in wants.alarms_of {
            let found = self.services[&arn].alarms.clone();
            observed
                .alarms
                .insert(arn, read(Of::Alarms).map(|()| found));
        }
        for arn in wants.revisions {
            let found = self.revisions.get(&arn).cloned();
            observed
                .revisions
                .insert(arn, read(Of::Revisions).map(|()| found));
        }
        for arn in wants.definitions {
            let found = self.definitions.get(&arn).cloned();
            observed
                .definitions
                .insert(arn, read(Of::Definitions).map(|()| found));
        }
        for at in wants.images {
            let found = self.images.get(&at).cloned();
            observed.images.insert(at, read(Of::Images).map(|()| found));
        }
        for needed in wants.needed {
            let found = self.needed.get(&needed).copied().unwrap_or(true);
            observed
                .needed
                .insert(needed, read(Of::Needed).map(|()| found));
        }
        for arn in wants.target_groups {
            let found = self.target_groups.get(&arn).cloned();
            observed
                .target_groups
                .insert(arn, read(Of::TargetGroups).map(|()| found));
        }
    }

    /// Applies a plan, step by step.
    pub(crate) fn apply(&mut self, plan: &Plan, steps: usize) {
        let mut left = steps;
        let mut step = || {
            let goes_on = left > 0;
            left = left.saturating_sub(1);
            goes_on
        };
        if let Some(freeze) = &plan.freeze
            && step()
        {
            self.frozen.clone_from(&freeze.freeze);
        }
        let mut refused = BTreeSet::new();
        for write in &plan.records {
            if !step() {
                return;
            }
            let found = self
                .records
                .get(&write.service)
                .map(|record| record.version);
            if found == write.replaces {
                self.records
                    .insert(write.service.clone(), (*write.record).clone());
            } else {
                refused.insert(write.service.clone());
            }
        }
        for act in &plan.acts {
            if refused.contains(&act.service) {
                continue;
            }
            if !step() {
                return;
            }
            self.acts(act);
        }
        for announcement in &plan.announcements {
            if refused
                .iter()
                .any(|arn| arn.as_str() == announcement.key.subject)
            {
                continue;
            }
            if !step() {
                return;
            }
            self.notices.push(announcement.notice.clone());
            match &announcement.told {
                Some(told) => self
                    .announced
                    .insert(announcement.key.clone(), told.clone()),
                None => self.announced.remove(&announcement.key),
            };
        }
        for key in &plan.forgotten {
            self.announced.remove(key);
        }
        self.ticking = plan.ticking.unwrap_or(self.ticking);
        for decided in &plan.verdicts {
            if let Some(arn) = &decided.about {
                self.reasons.insert(arn.clone(), decided.reason.clone());
            }
        }
    }

    /// What ECS makes of an act. What must never happen is looked at here, whatever the test is
    /// about.
    fn acts(&mut self, act: &Act) {
        let name = format!("{}/{}", act.service.cluster(), act.service.name());
        let svc = &self.services[&act.service];
        assert!(svc.of.kind == Kind::Replica || svc.of.kind == Kind::Daemon);
        if self.primary_id(&name) != act.expects {
            self.acts.push((act.clone(), false));
            return;
        }
        let (desired, held) = (svc.of.desired, svc.of.held);
        assert!(desired > 0 && !held, "a service at rest was rolled back");
        let ordered = matches!(
            self.records.get(&act.service).and_then(|record| record.case.as_ref()),
            Some(case) if matches!(case.cause, Cause::Ordered { .. })
        );
        assert!(
            ordered || !self.rollbacks.contains(&act.expects),
            "a rollback was rolled back"
        );
        let intended = self.records[&act.service]
            .case
            .as_ref()
            .is_some_and(|case| matches!(&case.hand, Hand::Us(intent) if intent.how == act.how));
        assert!(intended, "an act without an intent in the ledger");
        let id = match &act.how {
            How::Stop { attempt } | How::Continue { attempt, .. } => {
                let newest = svc.attempts.last().unwrap();
                assert_eq!(newest.arn, *attempt, "another attempt is stopped");
                if !newest.status.is_in_flight() {
                    self.acts.push((act.clone(), false));
                    return;
                }
                self.ecs_rolls_back(&name)
            }
            How::Update => {
                assert!(
                    !svc.of.strategy.shifts()
                        || svc.attempts.iter().all(|a| !a.status.is_in_flight()),
                    "a service was updated in the middle of a shift"
                );
                let target = &act.target.release.definition;
                assert_eq!(self.definitions[target].status, DefinitionStatus::Active);
                if self.primary(&name).definition == *target {
                    self.acts.push((act.clone(), false));
                    return;
                }
                self.begins(&name, &target.clone())
            }
            How::Copy { pins, mark } => {
                let original = &act.target.release.definition;
                let mut copy = self.definitions[original].clone();
                copy.status = DefinitionStatus::Active;
                copy.copy = Some(mark.as_str().to_owned());
                for (container, digest) in pins {
                    let container = copy.containers.get_mut(container).unwrap();
                    let pinned = container.image.as_ref().unwrap().pinned(digest);
                    container.image = ImageRef::parse(&pinned);
                }
                let family = act.service.name();
                let number = 100 + u32::try_from(self.definitions.len()).unwrap();
                let arn = definition(family, number);
                self.definitions.insert(arn.clone(), copy);
                self.begins(&name, &arn)
            }
        };
        assert_eq!(self.at(&name).of.desired, desired, "the count was changed");
        self.rollbacks.insert(id);
        self.acts.push((act.clone(), true));
    }
}

// What is looked at.
impl World {
    pub(crate) fn record(&self, name: &str) -> &Record {
        &self.records[&service(name)]
    }

    pub(crate) fn reason(&self, name: &str) -> &Reason {
        &self.reasons[&service(name)]
    }

    /// The acts that had an effect.
    pub(crate) fn effects(&self) -> Vec<&Act> {
        let effects = self.acts.iter().filter(|(_, effect)| *effect);
        effects.map(|(act, _)| act).collect()
    }

    /// The kinds of notices so far, without those that say that something is over.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        let told = self.notices.iter().filter(|notice| !notice.resolved);
        told.map(|notice| notice.kind.name()).collect()
    }

    pub(crate) fn good(&self, name: &str) -> Vec<String> {
        let good = self.record(name).good.iter();
        good.map(|good| good.release.definition.to_string())
            .collect()
    }
}
