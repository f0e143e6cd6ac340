//! The model: clusters, machines, tasks, hooks and a ledger, in which plans are applied step by
//! step and can crash after any of them. What must never happen is looked for at every step.

use std::collections::{BTreeMap, BTreeSet};

use domain::announcement::{ConcernKey, Told};
use domain::arn::{ClusterArn, ContainerInstanceArn, ServiceArn, TaskArn};
use domain::drain::{
    Cluster, ContainerInstanceSeen, Counted, Drain, Exercise, Experiment, Fleet, Group,
    HookCallback, HookTimes, Incident, IndexWrite, InstanceId, Mark, Member, Mixed, Moment,
    Observed, Outcome, Owner, Place, Plan, Policy, Pool, Provider, Reason, Record, Says, Scope,
    Service, SetState, Sign, Size, Source, Status, StrategyStep, Task, Wants, Weight, Whereabouts,
    decide, fargate_fleet, named, needs_all_drains, urgent, wants,
};
use domain::notice::Notice;
use domain::resting::{Deployment, Kind};
use domain::tag::Tagged;
use jiff::{SignedDuration, Timestamp};

use crate::made::{ACCOUNT, GROUP, HOOK, REGION, at, berth, cluster, id, pool, service, task};

/// A machine of the model, and what is on it.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) cluster: ClusterArn,
    pub(crate) arn: ContainerInstanceArn,
    pub(crate) provider: Option<String>,
    pub(crate) pool: Pool,
    pub(crate) status: Status,
    pub(crate) version: i64,
    pub(crate) agent: bool,
    /// Since when it is DRAINING.
    pub(crate) draining: Option<Timestamp>,
    /// Who set it so: us, or somebody else.
    pub(crate) by_us: bool,
    pub(crate) tasks: BTreeMap<TaskArn, Running>,
    /// When it goes; EC2 asks nobody.
    pub(crate) taken: Option<Timestamp>,
    pub(crate) gone: bool,
    /// Whether the index knows it.
    pub(crate) indexed: bool,
    /// Whether the index knows its provider too, which events do not tell.
    pub(crate) asked: bool,
    /// How often we wrote to it.
    pub(crate) writes: u32,
    /// Whether it waits in a hook of ours, and until when.
    pub(crate) hook: Option<Timestamp>,
    pub(crate) completed: u32,
}

/// A task of the model.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    pub(crate) owner: Owner,
    pub(crate) wanted: bool,
    pub(crate) stops: Option<Timestamp>,
    pub(crate) stopped: Option<Timestamp>,
    pub(crate) code: Option<i32>,
    pub(crate) protected: bool,
    pub(crate) standalone: Tagged<domain::drain::Standalone>,
}

/// A service of the model.
#[derive(Clone, Debug)]
pub(crate) struct Serving {
    pub(crate) service: Service,
    /// How long after DRAINING the scheduler stops a task; none if it may not.
    pub(crate) leaves: Option<i64>,
    /// How long its containers take to stop.
    pub(crate) stops: i64,
    /// How long it takes until another task runs; none if there is no room.
    pub(crate) replaced: Option<i64>,
}

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) policy: Policy,
    pub(crate) machines: BTreeMap<InstanceId, Machine>,
    pub(crate) services: BTreeMap<ServiceArn, Serving>,
    pub(crate) clusters: BTreeMap<ClusterArn, Cluster>,
    pub(crate) providers: BTreeMap<String, Provider>,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) fleets: BTreeMap<Scope, Fleet>,
    /// Clusters that answer no call.
    pub(crate) denied: BTreeSet<ClusterArn>,
    /// Services of all clusters are read.
    pub(crate) surveys: bool,
    /// The tasks that a sweep counts on Fargate Spot.
    pub(crate) on_fargate_spot: BTreeMap<ClusterArn, u32>,
    /// Services whose strategies somebody else set since we did.
    pub(crate) hands_off: BTreeSet<ServiceArn>,
    // The ledger.
    pub(crate) drains: BTreeMap<InstanceId, Drain>,
    pub(crate) marks: BTreeMap<InstanceId, Mark>,
    pub(crate) counts: BTreeMap<String, Counted>,
    pub(crate) incidents: BTreeMap<String, Incident>,
    pub(crate) exercise: Option<Exercise>,
    pub(crate) experiments: BTreeMap<String, Experiment>,
    pub(crate) self_draining: BTreeSet<Scope>,
    pub(crate) sizes: BTreeMap<ClusterArn, Size>,
    pub(crate) announced: BTreeMap<ConcernKey, Told>,
    /// What somebody planned to look at, and the hop that it carries.
    pub(crate) looks: BTreeMap<Timestamp, u8>,
    looked: BTreeSet<Timestamp>,
    pub(crate) ticking: bool,
    // What happened.
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) notices: Vec<Notice>,
    /// For each instance, when its time is over, as far as that was heard.
    heard: BTreeMap<InstanceId, Timestamp>,
    pub(crate) calls: Calls,
    last_tick: Timestamp,
}

/// How many seconds a deployment takes.
const ROLLS: i64 = 90;

/// How many calls were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Calls {
    pub(crate) set: u32,
    pub(crate) stop: u32,
    pub(crate) beat: u32,
    pub(crate) tasks: u32,
    pub(crate) states: u32,
    pub(crate) located: u32,
    pub(crate) protection: u32,
    pub(crate) bases: Vec<(String, u32)>,
    pub(crate) strategies: Vec<(ServiceArn, Vec<Weight>)>,
}

/// An empty account; a cluster `prod` and a provider `spot` without managed draining.
pub(crate) fn world() -> World {
    let hooks = BTreeMap::from([(
        HOOK.to_owned(),
        HookTimes {
            heartbeat: SignedDuration::from_mins(10),
            longest: SignedDuration::from_hours(2),
        },
    )]);
    let group = Group {
        drain: Tagged::Absent,
        capacity_rebalance: false,
        hooks: Some(hooks),
        mixed: Some(Mixed {
            base: 0,
            percent_above: 0,
        }),
    };
    let provider = Provider {
        managed_draining: false,
        group: Some(GROUP.to_owned()),
    };
    let mut world = World {
        now: at(-3_600),
        policy: Policy::default(),
        machines: BTreeMap::new(),
        services: BTreeMap::new(),
        clusters: BTreeMap::new(),
        providers: BTreeMap::from([("spot".to_owned(), provider)]),
        groups: BTreeMap::from([(GROUP.to_owned(), group)]),
        fleets: BTreeMap::new(),
        denied: BTreeSet::new(),
        surveys: false,
        on_fargate_spot: BTreeMap::new(),
        hands_off: BTreeSet::new(),
        drains: BTreeMap::new(),
        marks: BTreeMap::new(),
        counts: BTreeMap::new(),
        incidents: BTreeMap::new(),
        exercise: None,
        experiments: BTreeMap::new(),
        self_draining: BTreeSet::new(),
        sizes: BTreeMap::new(),
        announced: BTreeMap::new(),
        looks: BTreeMap::new(),
        looked: BTreeSet::new(),
        ticking: false,
        outcomes: Vec::new(),
        notices: Vec::new(),
        heard: BTreeMap::new(),
        calls: Calls::default(),
        last_tick: at(-3_600),
    };
    world.cluster("prod");
    world
}

impl World {
    // What there is.

    pub(crate) fn cluster(&mut self, name: &str) -> &mut Cluster {
        self.clusters.entry(cluster(name)).or_insert(Cluster {
            drain: Tagged::Absent,
            standalone: Tagged::Absent,
        })
    }

    /// A machine in a cluster, in the provider `spot`.
    pub(crate) fn machine(&mut self, number: u32, within: &str) -> &mut Machine {
        self.cluster(within);
        let machine = Machine {
            cluster: cluster(within),
            arn: berth(within, number),
            provider: Some("spot".to_owned()),
            pool: pool("m6i.large", "eu-central-1a"),
            status: Status::Active,
            version: 1,
            agent: true,
            draining: None,
            by_us: false,
            tasks: BTreeMap::new(),
            taken: None,
            gone: false,
            indexed: true,
            asked: true,
            writes: 0,
            hook: None,
            completed: 0,
        };
        self.machines.insert(id(number), machine);
        let fleet = self
            .fleets
            .entry(Scope::Provider("spot".to_owned()))
            .or_default();
        fleet.group = Some(GROUP.to_owned());
        fleet.desired += 1;
        fleet.in_service += 1;
        fleet.spot += 1;
        let its = pool("m6i.large", "eu-central-1a");
        fleet.members.insert(id(number), its);
        self.machines.get_mut(&id(number)).unwrap()
    }

    /// The fleet of `spot` is that large.
    pub(crate) fn fleet(&mut self) -> &mut Fleet {
        self.fleets
            .entry(Scope::Provider("spot".to_owned()))
            .or_default()
    }

    pub(crate) fn at(&mut self, number: u32) -> &mut Machine {
        self.machines.get_mut(&id(number)).unwrap()
    }

    /// A service whose tasks leave so many seconds after DRAINING, or not by themselves.
    pub(crate) fn serves(&mut self, name: &str, leaves: Option<i64>) -> &mut Serving {
        let serving = Serving {
            service: Service {
                kind: Kind::Replica,
                desired: 0,
                running: 0,
                minimum_healthy: 100,
                maximum: 200,
                grace: SignedDuration::ZERO,
                balanced: false,
                checked: false,
                created_at: at(-90_000),
                deregistration: None,
                stop_timeout: None,
                spare: None,
                trouble: None,
                strategy: Vec::new(),
                deployment: None,
                drain: Tagged::Absent,
            },
            leaves,
            stops: 5,
            replaced: Some(60),
        };
        self.services.insert(service(name), serving);
        self.services.get_mut(&service(name)).unwrap()
    }

    /// A task of a service on a machine.
    pub(crate) fn runs(&mut self, name: &str, number: u32) -> TaskArn {
        let owner = service(name);
        let serving = self.services.get_mut(&owner).unwrap();
        serving.service.desired += 1;
        self.places(Owner::Service(owner.clone()), number)
    }

    /// A task of nobody on a machine.
    pub(crate) fn runs_alone(&mut self, group: &str, number: u32) -> TaskArn {
        self.places(Owner::Nobody(group.to_owned()), number)
    }

    fn places(&mut self, owner: Owner, number: u32) -> TaskArn {
        let machine = self.machines.get_mut(&id(number)).unwrap();
        let count = machine.tasks.len();
        let arn = task(machine.cluster.name(), &format!("t{number:04x}-{count:02}"));
        let running = Running {
            owner,
            wanted: true,
            stops: None,
            stopped: None,
            code: None,
            protected: false,
            standalone: Tagged::Absent,
        };
        machine.tasks.insert(arn.clone(), running);
        arn
    }

    // What happens in it.

    /// Time passes: looks and ticks come when they are due.
    pub(crate) fn until(&mut self, until: Timestamp) {
        loop {
            let tick = self
                .ticking
                .then(|| self.last_tick + SignedDuration::from_mins(1));
            let look = self.looks.keys().next().copied();
            let next = [tick, look].into_iter().flatten().min();
            let Some(next) = next.map(|next| next.max(self.now)).filter(|n| *n <= until) else {
                self.passes(until);
                return;
            };
            self.passes(next);
            let mut says = Vec::new();
            while let Some((at, hop)) = self.looks.pop_first() {
                if at > next {
                    self.looks.insert(at, hop);
                    break;
                }
                says.push(Says::Look { hop });
            }
            if tick.is_some_and(|tick| tick <= next) {
                self.last_tick = next;
                says.push(Says::Tick);
            }
            self.hears(says);
        }
    }

    /// What happens to machines and tasks by itself until then.
    fn passes(&mut self, until: Timestamp) {
        let from = self.now;
        self.now = until;
        for (id, machine) in &mut self.machines {
            let drained = machine.draining;
            for task in machine.tasks.values_mut() {
                let leaves = match &task.owner {
                    Owner::Service(owner) => self.services[owner].leaves,
                    Owner::Nobody(_) => None,
                };
                let scheduled = drained.zip(leaves).map(|(at, secs)| at + seconds(secs));
                if task.stops.is_none() && scheduled.is_some_and(|at| at <= until) {
                    task.wanted = false;
                    task.stops = scheduled.map(|at| at.max(from));
                }
                let before = |at: &Timestamp| machine.taken.is_none_or(|taken| *at <= taken);
                let stops = task.stops.filter(|at| *at <= until).filter(before);
                if let Some(stops) = stops
                    && task.stopped.is_none()
                {
                    task.stopped = Some(stops);
                    task.code = Some(0);
                }
            }
            if machine.taken.is_some_and(|taken| taken <= until) && !machine.gone {
                machine.gone = true;
                machine.status = Status::Inactive;
                machine.agent = false;
                machine.version += 1;
                for task in machine.tasks.values_mut() {
                    if task.stopped.is_none() {
                        (task.stopped, task.code) = (machine.taken, Some(137));
                        task.wanted = false;
                    }
                }
                for fleet in self.fleets.values_mut() {
                    if fleet.members.remove(id).is_some() {
                        fleet.in_service = fleet.in_service.saturating_sub(1);
                    }
                }
            }
        }
    }

    /// A round: this is heard now.
    pub(crate) fn hears(&mut self, says: impl IntoIterator<Item = Says>) -> Plan {
        let now = self.now;
        self.hears_of(says.into_iter().map(|says| (now, says)), usize::MAX)
    }

    /// A round about what was so at these moments; it crashes after so many steps.
    pub(crate) fn hears_of(
        &mut self,
        says: impl IntoIterator<Item = (Timestamp, Says)>,
        steps: usize,
    ) -> Plan {
        let signs = signs(says);
        self.notes(&signs);
        let mut observed = self.before_draining(&signs);
        let at_once = urgent(&observed, self.moment(&self.policy));
        let crashes = steps < at_once.len();
        self.drain(&at_once[..steps.min(at_once.len())]);
        self.look(&mut observed, |wants| wants);
        let plan = decide(&observed, self.moment(&self.policy));
        decided_the_same(&at_once, &plan);
        if !crashes {
            self.apply_rest(&plan, steps - at_once.len());
        }
        plan
    }

    /// What would be done.
    pub(crate) fn plan(&mut self, signs: &[Sign]) -> Plan {
        self.notes(signs);
        let observed = self.observe(signs);
        decide(&observed, self.moment(&self.policy))
    }

    fn notes(&mut self, signs: &[Sign]) {
        for sign in signs {
            self.note(sign);
        }
    }

    pub(crate) fn moment<'p>(&self, policy: &'p Policy) -> Moment<'p> {
        Moment {
            policy,
            account: ACCOUNT,
            region: REGION,
            now: self.now,
        }
    }

    /// What was heard says when the time of an instance is over.
    fn note(&mut self, sign: &Sign) {
        let at = sign.at.min(self.now);
        let mut over = |instance: &InstanceId, when: Timestamp| {
            let known = self.heard.entry(instance.clone()).or_insert(when);
            *known = (*known).min(when);
        };
        match &sign.says {
            Says::Warning { instance, .. } | Says::ReservationWarning { instance, .. } => {
                over(instance, at + seconds(120));
            }
            Says::State { instance, .. } => over(instance, at),
            Says::Evicted { instances, .. } => {
                for instance in instances {
                    over(instance, at);
                }
            }
            Says::Hook(call) => {
                if let Some(machine) = self.machines.get_mut(&call.instance)
                    && call.hook == HOOK
                {
                    machine
                        .hook
                        .get_or_insert(at + SignedDuration::from_hours(2));
                }
            }
            _ => {}
        }
    }

    /// A machine comes back after its end, as it was, and what was heard is of its former life.
    pub(crate) fn comes_back(&mut self, number: u32, status: Status) -> ContainerInstanceSeen {
        self.heard.remove(&id(number));
        let machine = self.at(number);
        (machine.gone, machine.taken, machine.agent) = (false, None, true);
        machine.status = status;
        machine.version += 1;
        machine.writes = 0;
        self.seen(number)
    }

    /// What ECS says of a machine.
    pub(crate) fn seen(&self, number: u32) -> ContainerInstanceSeen {
        let machine = &self.machines[&id(number)];
        ContainerInstanceSeen {
            instance: id(number),
            cluster: machine.cluster.clone(),
            arn: machine.arn.clone(),
            status: machine.status,
            version: machine.version,
            agent_connected: machine.agent,
            pool: Some(machine.pool.clone()),
        }
    }

    /// Somebody else sets a machine DRAINING.
    pub(crate) fn drained_by_others(&mut self, number: u32) {
        let now = self.now;
        let machine = self.at(number);
        machine.status = Status::Draining;
        machine.version += 1;
        machine.draining.get_or_insert(now);
        machine.by_us = false;
    }

    // What it looks at.

    pub(crate) fn observe(&mut self, signs: &[Sign]) -> Observed {
        let mut observed = self.remembered(signs);
        self.look(&mut observed, |wants| wants);
        observed
    }

    /// What is looked at before those that are lost are set DRAINING.
    pub(crate) fn before_draining(&mut self, signs: &[Sign]) -> Observed {
        let mut observed = self.remembered(signs);
        self.look(&mut observed, Wants::urgent);
        observed
    }

    /// What was heard, and what the ledger has of it.
    fn remembered(&self, signs: &[Sign]) -> Observed {
        let names = named(signs);
        let all = needs_all_drains(signs);
        let of = |id: &&InstanceId| all || names.contains(*id);
        let since = self.now - self.policy.surge.window;
        let mut observed = Observed {
            signs: signs.to_vec(),
            drains: self
                .drains
                .iter()
                .filter(|(id, _)| of(id))
                .map(|(id, drain)| (id.clone(), drain.clone()))
                .collect(),
            all_drains: all,
            marks: self.marks.clone(),
            counts: self
                .counts
                .values()
                .filter(|counted| counted.at > since)
                .cloned()
                .collect(),
            incidents: self.incidents.values().cloned().collect(),
            exercise: self.exercise.clone(),
            experiments: self.experiments.clone(),
            self_draining: self.self_draining.clone(),
            sizes: self.sizes.clone(),
            announced: self.announced.clone(),
            ..Observed::default()
        };
        for name in &names {
            let known = self.machines.get(name).filter(|machine| machine.indexed);
            if let Some(machine) = known {
                let place = match machine.asked {
                    true => place(machine, Source::Remembered),
                    false => place(machine, Source::Index),
                };
                observed
                    .instances
                    .insert(name.clone(), Whereabouts::At(vec![place]));
            }
        }
        let fargate = fargate_fleet(&self.sizes, self.now);
        let fargate = fargate.map(|(scope, fleet)| (scope, Some(fleet)));
        observed.fleets.extend(fargate);
        if self.surveys {
            self.survey(&mut observed);
        }
        if signs.iter().any(|sign| matches!(sign.says, Says::Sweep)) {
            observed.counted = self.on_fargate_spot.clone();
        }
        observed
    }

    fn survey(&self, observed: &mut Observed) {
        for arn in self.clusters.keys() {
            let its = |service: &&ServiceArn| service.cluster_arn() == *arn;
            let services = self.services.keys().filter(its);
            let read = services.map(|service| (service.clone(), self.read(service)));
            observed.surveys.insert(arn.clone(), read.collect());
        }
    }

    /// Answers those questions until there are none.
    fn look(&mut self, observed: &mut Observed, those: fn(Wants) -> Wants) {
        for round in 0.. {
            assert!(round < 8, "asks for ever: {:?}", self.wanted(observed));
            let wants = those(self.wanted(observed));
            if wants.is_empty() {
                return;
            }
            for id in &wants.locate {
                self.calls.located += 1;
                let found = self.locate(id);
                observed.instances.insert(id.clone(), found);
            }
            for (cluster, arns) in &wants.states_of {
                for arn in arns {
                    self.calls.states += 1;
                    self.state_of(cluster, arn, observed);
                }
            }
            for arn in &wants.clusters {
                let read = self.clusters.get(arn).cloned();
                let read = read.filter(|_| !self.denied.contains(arn));
                let read = read.ok_or_else(|| "AccessDeniedException".to_owned());
                observed.clusters.insert(arn.clone(), read);
            }
            for name in &wants.providers {
                let read = self.providers.get(name).cloned();
                let read = read.ok_or_else(|| "not found".to_owned());
                observed.providers.insert(name.clone(), read);
            }
            for name in wants.groups.iter().chain(&wants.hooks_of) {
                let read = self.groups.get(name).cloned();
                let read = read.ok_or_else(|| "not found".to_owned());
                observed.groups.insert(name.clone(), read);
            }
            for fleet in &wants.fleets {
                let size = self.fleets.get(fleet).cloned();
                observed.fleets.insert(fleet.clone(), size);
            }
            for id in &wants.tasks_of {
                self.calls.tasks += 1;
                let tasks = self.tasks_of(id);
                observed.tasks.insert(id.clone(), tasks);
            }
            for id in &wants.protection_of {
                let protected = self.protected(id);
                observed.protected.insert(id.clone(), Ok(protected));
            }
            for arn in &wants.services_of {
                let read = self.services.contains_key(arn).then(|| self.read(arn));
                observed.services.insert(arn.clone(), Ok(read));
            }
        }
    }

    fn wanted(&self, observed: &Observed) -> Wants {
        wants(observed, self.moment(&self.policy))
    }

    fn locate(&self, id: &InstanceId) -> Whereabouts {
        let Some(machine) = self.machines.get(id) else {
            return if self.denied.is_empty() {
                Whereabouts::Nowhere
            } else {
                Whereabouts::Unseen("AccessDeniedException".to_owned())
            };
        };
        if self.denied.contains(&machine.cluster) {
            return Whereabouts::Unseen("AccessDeniedException".to_owned());
        }
        if machine.gone {
            return Whereabouts::Nowhere;
        }
        Whereabouts::At(vec![place(machine, Source::Asked)])
    }

    fn state_of(&self, cluster: &ClusterArn, arn: &ContainerInstanceArn, observed: &mut Observed) {
        let found = self
            .machines
            .iter()
            .find(|(_, machine)| machine.arn == *arn);
        let (id, machine) = found.unwrap();
        if self.denied.contains(cluster) {
            observed.unseen.insert(arn.clone());
            return;
        }
        let place = place(machine, Source::Asked);
        observed
            .instances
            .insert(id.clone(), Whereabouts::At(vec![place]));
    }

    fn tasks_of(&self, id: &InstanceId) -> Result<BTreeMap<TaskArn, Task>, String> {
        let machine = &self.machines[id];
        if self.denied.contains(&machine.cluster) {
            return Err("AccessDeniedException".to_owned());
        }
        let read = |task: &Running| Task {
            owner: task.owner.clone(),
            last_status: if task.stopped.is_some() {
                "STOPPED".to_owned()
            } else if task.wanted {
                "RUNNING".to_owned()
            } else {
                "DEACTIVATING".to_owned()
            },
            wanted: task.wanted,
            standalone: task.standalone.clone(),
            stopped_at: task.stopped,
            exit_codes: task.code.into_iter().collect(),
        };
        let tasks = machine.tasks.iter();
        Ok(tasks.map(|(arn, task)| (arn.clone(), read(task))).collect())
    }

    fn protected(&mut self, id: &InstanceId) -> BTreeMap<TaskArn, Option<Timestamp>> {
        self.calls.protection += 1;
        let tasks = self.machines[id].tasks.iter();
        let protected = tasks.filter(|(_, task)| task.protected && task.wanted);
        let until = self.now + seconds(3_600);
        protected
            .map(|(arn, _)| (arn.clone(), Some(until)))
            .collect()
    }

    /// A service with as many tasks as run at this moment.
    fn read(&self, arn: &ServiceArn) -> Service {
        let serving = &self.services[arn];
        let of = |task: &&Running| task.owner.service() == Some(arn);
        let tasks = self.machines.values().flat_map(|m| m.tasks.values());
        let lacking = tasks.filter(of).filter(|task| {
            task.stopped.is_some_and(|stopped| {
                let there = serving.replaced.map(|secs| stopped + seconds(secs));
                there.is_none_or(|there| there > self.now)
            })
        });
        let lacking = u32::try_from(lacking.count()).unwrap();
        let mut service = serving.service.clone();
        service.running = service.desired.saturating_sub(lacking);
        if let Some(deployment) = &mut service.deployment {
            deployment.in_progress &= self.now < deployment.created_at + seconds(ROLLS);
        }
        service
    }

    // What it does.

    /// Applies a plan in its order; crashes after so many steps.
    pub(crate) fn apply(&mut self, plan: &Plan, steps: usize) {
        let at_once = steps.min(plan.drain.len());
        self.drain(&plan.drain[..at_once]);
        if at_once == plan.drain.len() {
            self.apply_rest(plan, steps - at_once);
        }
    }

    fn drain(&mut self, calls: &[SetState]) {
        for call in calls {
            self.set(call, Status::Draining, true);
        }
    }

    /// Applies what comes after those that are lost are set DRAINING.
    fn apply_rest(&mut self, plan: &Plan, steps: usize) {
        let mut left = steps;
        let mut step = || {
            let go = left > 0;
            left = left.saturating_sub(1);
            go
        };
        for at in &plan.looks {
            if !step() {
                return;
            }
            if self.looked.insert(*at) {
                self.looks.insert(*at, plan.hop);
            }
        }
        for hook in &plan.hooks {
            if !step() {
                return;
            }
            self.hook(hook.what, &hook.instance);
        }
        let mut refused = BTreeSet::new();
        for record in &plan.records {
            if !step() {
                return;
            }
            if !self.record(record) {
                refused.insert(record.instance.clone());
            }
        }
        if plan.ticking == Some(true) {
            if !step() {
                return;
            }
            if !self.ticking {
                self.last_tick = self.now;
            }
            self.ticking = true;
        }
        let accepted = |call: &SetState| SetState {
            cluster: call.cluster.clone(),
            members: call
                .members
                .iter()
                .filter(|member| !refused.contains(&member.instance))
                .cloned()
                .collect(),
        };
        for call in &plan.voluntary {
            if !step() {
                return;
            }
            self.set(&accepted(call), Status::Draining, false);
        }
        for call in &plan.undo {
            if !step() {
                return;
            }
            self.undo(&accepted(call));
        }
        for stop in &plan.stop_tasks {
            if !step() {
                return;
            }
            if !refused.contains(&stop.instance) {
                self.stop(&stop.instance, &stop.task, &stop.reason);
            }
        }
        for outcome in &plan.outcomes {
            if !step() {
                return;
            }
            let same =
                |one: &Outcome| one.instance == outcome.instance && one.first == outcome.first;
            if !self.outcomes.iter().any(same) {
                self.outcomes.push(outcome.clone());
            }
        }
        for write in &plan.index {
            if !step() {
                return;
            }
            self.remember(write);
        }
        for counted in &plan.counted {
            if !step() {
                return;
            }
            let key = counted.what.key().to_owned();
            self.counts.insert(key, counted.clone());
        }
        for write in &plan.experiments {
            if !step() {
                return;
            }
            let id = write.experiment.id.clone();
            let there = self.experiments.get(&id).map(|one| one.version);
            if there == write.replaces {
                self.experiments.insert(id, write.experiment.clone());
            }
        }
        let mut stale = BTreeSet::new();
        for write in &plan.incidents {
            if !step() {
                return;
            }
            let key = write.scope.key();
            assert_eq!(Scope::of_key(&key), Some(write.scope.clone()));
            let there = self.incidents.get(&key).map(|incident| incident.version);
            if there != write.replaces {
                stale.insert(key);
                continue;
            }
            match &write.incident {
                Some(incident) => self.incidents.insert(key, (**incident).clone()),
                None => self.incidents.remove(&key),
            };
        }
        for raise in &plan.fallback {
            if !step() {
                return;
            }
            if stale.contains(&raise.scope.key()) {
                continue;
            }
            self.calls.bases.push((raise.group.clone(), raise.to));
            let group = self.groups.get_mut(&raise.group).unwrap();
            let mixed = group.mixed.as_mut().unwrap();
            assert_eq!(mixed.base, raise.from);
            mixed.base = raise.to;
        }
        for given in &plan.strategies {
            if !step() {
                return;
            }
            if !stale.contains(&given.scope.key()) {
                self.give(given);
            }
        }
        for announcement in &plan.announcements {
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
        for record in &plan.closings {
            if !step() {
                return;
            }
            self.record(record);
        }
        if plan.ticking == Some(false) && step() {
            self.ticking = self.drains.values().any(domain::drain::needs_ticks);
        }
    }

    /// Writes a record, if the one there is the one that was read.
    fn record(&mut self, record: &Record) -> bool {
        let there = self.drains.get(&record.instance).map(|drain| drain.version);
        if there != record.replaces {
            return false;
        }
        match &record.drain {
            Some(drain) => {
                assert!(there.is_none_or(|there| drain.version > there));
                self.drains
                    .insert(record.instance.clone(), (**drain).clone());
            }
            None => {
                self.drains.remove(&record.instance);
            }
        }
        true
    }

    /// A service gets another strategy, with a deployment.
    fn give(&mut self, given: &StrategyStep) {
        let arn = &given.service;
        let before = self.read(arn);
        let off = Tagged::Says(domain::drain::Mode::Off);
        let cluster = &self.clusters[&arn.cluster_arn()];
        assert!(cluster.drain != off && before.drain != off, "out of scope");
        assert_eq!(before.kind, Kind::Replica);
        let rolls = before.deployment.is_some_and(|one| one.in_progress);
        assert!(!rolls, "{arn} is being deployed");
        assert!(!self.hands_off.contains(arn), "{arn} is somebody else's");
        assert_eq!(
            (&before.strategy, given.from == given.to),
            (&given.from, false)
        );
        assert!(given.to.iter().filter(|entry| entry.base > 0).count() <= 1);
        self.calls.strategies.push((arn.clone(), given.to.clone()));
        self.deploys(arn, Some(given.to.clone()));
    }

    /// Somebody deploys a service, with another strategy or with the one it has.
    pub(crate) fn deploys(&mut self, arn: &ServiceArn, strategy: Option<Vec<Weight>>) {
        let now = self.now;
        let service = &mut self.services.get_mut(arn).unwrap().service;
        service.strategy = strategy.unwrap_or_else(|| service.strategy.clone());
        service.deployment = Some(Deployment {
            id: format!("ecs-svc/{}", now.as_second()),
            created_at: now,
            in_progress: true,
        });
    }

    /// Whether a tag keeps a machine out of scope: its group's beats its cluster's.
    fn is_off(&self, machine: &Machine) -> bool {
        let group = &self.groups[GROUP].drain;
        let tag = match (&machine.provider, group) {
            (Some(_), Tagged::Says(_)) => group,
            _ => &self.clusters[&machine.cluster].drain,
        };
        *tag == Tagged::Says(domain::drain::Mode::Off)
    }

    fn in_scope(&self, machine: &Machine) {
        // Where nobody can ask in which group it is, its cluster's tag counts.
        let known = machine.asked || !self.denied.contains(&machine.cluster);
        assert!(!known || !self.is_off(machine), "it is out of scope");
    }

    fn in_time(&self, id: &InstanceId) {
        let over = self.heard.get(id).is_some_and(|over| *over <= self.now);
        assert!(!over, "{id} is written to when its time is over");
    }

    fn set(&mut self, call: &SetState, status: Status, certain: bool) {
        assert!(call.members.len() <= 10);
        self.calls.set += 1;
        for Member { instance, arn } in &call.members {
            self.in_time(instance);
            let machine = &self.machines[instance];
            self.in_scope(machine);
            assert_eq!((&machine.arn, &machine.cluster), (arn, &call.cluster));
            let recorded = self.drains.get(instance);
            assert!(certain || recorded.is_some(), "drained without a record");
            let now = self.now;
            let machine = self.machines.get_mut(instance).unwrap();
            machine.writes += 1;
            assert!(machine.writes < 12, "{instance} is written to for ever");
            if machine.status == Status::Active && !machine.gone {
                machine.status = status;
                machine.version += 1;
                machine.draining = Some(now);
                machine.by_us = true;
            }
        }
    }

    fn undo(&mut self, call: &SetState) {
        for Member { instance, .. } in &call.members {
            self.in_time(instance);
            let machine = self.machines.get_mut(instance).unwrap();
            machine.writes += 1;
            assert!(
                machine.by_us || machine.status == Status::Active,
                "{instance} was drained by somebody else"
            );
            if machine.status == Status::Draining {
                machine.status = Status::Active;
                machine.version += 1;
                machine.draining = None;
            }
        }
    }

    fn hook(&mut self, what: HookCallback, id: &InstanceId) {
        let Some(machine) = self.machines.get(id) else {
            assert_eq!(what, HookCallback::Complete);
            return;
        };
        let off = self.is_off(machine);
        let left = machine.tasks.values().any(|task| task.stopped.is_none());
        let over = self.heard.get(id).is_some_and(|over| *over <= self.now);
        let ends = machine.hook.is_some_and(|until| until <= self.now);
        match what {
            HookCallback::Heartbeat => {
                self.calls.beat += 1;
                // Of what it cannot see, it writes down nothing but that it waits.
                let blind = self.denied.contains(&machine.cluster);
                assert!(!over || blind, "a heartbeat when the time is over");
            }
            HookCallback::Complete => {
                let early = left && !over && !ends && !machine.gone && !off;
                assert!(
                    !early,
                    "{id} may go while a task is on it and there is time"
                );
                let now = self.now;
                let machine = self.machines.get_mut(id).unwrap();
                machine.completed += 1;
                if machine.hook.take().is_some() {
                    let taken = machine.taken.get_or_insert(now);
                    *taken = (*taken).min(now);
                }
            }
        }
    }

    fn stop(&mut self, id: &InstanceId, arn: &TaskArn, reason: &str) {
        self.in_time(id);
        assert!(reason.len() <= 255);
        self.calls.stop += 1;
        let now = self.now;
        self.in_scope(&self.machines[id]);
        let machine = self.machines.get_mut(id).unwrap();
        assert_eq!(machine.status, Status::Draining, "it would land here again");
        let task = machine.tasks.get_mut(arn).unwrap();
        let stops = match &task.owner {
            Owner::Service(owner) => self.services[owner].stops,
            Owner::Nobody(_) => 5,
        };
        task.wanted = false;
        let stops = now + seconds(stops);
        task.stops = Some(task.stops.map_or(stops, |before| before.min(stops)));
    }

    fn remember(&mut self, write: &IndexWrite) {
        match write {
            IndexWrite::Seen { instance, place } => {
                if let Some(machine) = self.machines.get_mut(instance) {
                    (machine.indexed, machine.asked) = (true, place.knows_provider());
                }
            }
            IndexWrite::Gone { .. } => {}
            IndexWrite::Doomed { instance, at } => {
                self.marks
                    .insert(instance.clone(), Mark::Doomed { at: *at });
            }
            IndexWrite::Done { instance, at } => {
                self.marks.insert(instance.clone(), Mark::Done { at: *at });
            }
            IndexWrite::Unmarked { instance } => {
                self.marks.remove(instance);
            }
            IndexWrite::SelfDraining { fleet, works } => {
                if *works {
                    self.self_draining.insert(fleet.clone());
                } else {
                    self.self_draining.remove(fleet);
                }
            }
            IndexWrite::FargateSpot { cluster, tasks } => {
                let size = Size {
                    tasks: *tasks,
                    at: self.now,
                };
                self.sizes.insert(cluster.clone(), size);
                self.sizes.retain(|_, size| size.tasks > 0);
            }
        }
    }

    // What it is asked.

    /// Whether nothing is left to come: no record but of what may come back, no look, no tick.
    pub(crate) fn is_quiet(&self) -> bool {
        let asleep = self.drains.values().all(|drain| drain.dormant.is_some());
        asleep && self.looks.is_empty() && !self.ticking
    }

    /// Hours pass, with a sweep in each.
    pub(crate) fn calms_down(&mut self) {
        for _ in 0..4 {
            let next = self.now + SignedDuration::from_hours(1);
            self.until(next);
            self.hears([Says::Sweep]);
        }
        assert!(self.is_quiet(), "left open: {:#?}", self.drains);
    }

    pub(crate) fn outcome(&self, number: u32) -> &Outcome {
        let mut of = self.outcomes.iter().filter(|o| o.instance == id(number));
        let outcome = of.next().expect("no outcome");
        assert_eq!(of.next(), None, "two outcomes");
        outcome
    }

    pub(crate) fn told(&self) -> Vec<(&'static str, bool)> {
        let notices = self.notices.iter();
        notices
            .map(|notice| (notice.kind.name(), notice.resolved))
            .collect()
    }

    pub(crate) fn status(&self, number: u32) -> Status {
        self.machines[&id(number)].status
    }
}

/// Signs with ids of their own.
pub(crate) fn signs(says: impl IntoIterator<Item = (Timestamp, Says)>) -> Vec<Sign> {
    let numbered = says.into_iter().enumerate();
    numbered
        .map(|(number, (at, says))| Sign {
            id: format!("message-{number}"),
            at,
            says,
        })
        .collect()
}

/// What was decided about one instance.
pub(crate) fn reason(plan: &Plan, number: u32) -> Option<&Reason> {
    let about = id(number);
    let mut verdicts = plan.verdicts.iter();
    verdicts
        .find(|verdict| verdict.about == about.as_str())
        .map(|verdict| &verdict.reason)
}

/// Whatever is looked at once those that are lost are DRAINING: nobody else is drained then, nobody a
/// second time, and what we did is nobody else's.
fn decided_the_same(at_once: &[SetState], plan: &Plan) {
    assert_eq!(plan.drain, at_once);
    let ours: BTreeSet<&InstanceId> = at_once
        .iter()
        .flat_map(|call| &call.members)
        .map(|member| &member.instance)
        .collect();
    for record in &plan.records {
        if let Some(drain) = &record.drain
            && ours.contains(&record.instance)
        {
            let by = drain.by;
            assert!(matches!(by, domain::drain::Drainer::Us { .. }), "{by:?}");
        }
    }
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn place(machine: &Machine, source: Source) -> Place {
    Place {
        cluster: machine.cluster.clone(),
        arn: machine.arn.clone(),
        status: if source != Source::Asked && machine.gone {
            Status::Inactive
        } else {
            machine.status
        },
        version: machine.version,
        agent_connected: machine.agent,
        provider: match source {
            Source::Index => None,
            Source::Remembered | Source::Asked => machine.provider.clone(),
        },
        pool: Some(machine.pool.clone()),
        source,
    }
}
