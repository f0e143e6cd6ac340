//! What the tests are about, in a few words: `machine(1).on("prod").with(&[task("api")])`.

use domain::arn::{ClusterArn, ContainerInstanceArn, ServiceArn, TaskArn};
use domain::drain::{Action, Ec2State, HookCall, InstanceId, Pool, Says};
use jiff::{SignedDuration, Timestamp};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "eu-central-1";
pub(crate) const HOOK: &str = "caretaker-drain";
pub(crate) const GROUP: &str = "ecs-spot";

/// The moment at which EC2 warns, unless a test says otherwise.
pub(crate) fn noon() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

/// So many seconds after noon.
pub(crate) fn at(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

pub(crate) fn secs(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

pub(crate) fn id(number: u32) -> InstanceId {
    InstanceId::parse(&format!("i-{number:017x}")).unwrap()
}

pub(crate) fn cluster(name: &str) -> ClusterArn {
    ClusterArn::parse(&format!("arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{name}")).unwrap()
}

pub(crate) fn service(name: &str) -> ServiceArn {
    ServiceArn::parse(&format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service/{name}")).unwrap()
}

pub(crate) fn berth(cluster: &str, number: u32) -> ContainerInstanceArn {
    let text =
        format!("arn:aws:ecs:{REGION}:{ACCOUNT}:container-instance/{cluster}/ci-{number:04x}");
    ContainerInstanceArn::parse(&text).unwrap()
}

pub(crate) fn task(cluster: &str, name: &str) -> TaskArn {
    TaskArn::parse(&format!(
        "arn:aws:ecs:{REGION}:{ACCOUNT}:task/{cluster}/{name}"
    ))
    .unwrap()
}

pub(crate) fn pool(instance_type: &str, zone: &str) -> Pool {
    Pool {
        instance_type: instance_type.to_owned(),
        zone: zone.to_owned(),
    }
}

// What can be heard.

pub(crate) fn warning(number: u32) -> Says {
    Says::Warning {
        instance: id(number),
        action: Action::Terminate,
    }
}

pub(crate) fn warning_to(number: u32, action: &str) -> Says {
    Says::Warning {
        instance: id(number),
        action: Action::from_name(action),
    }
}

pub(crate) fn rebalance(number: u32) -> Says {
    Says::Rebalance {
        instance: id(number),
    }
}

pub(crate) fn hook(number: u32) -> Says {
    hook_of(number, HOOK, "token-1")
}

pub(crate) fn hook_of(number: u32, hook: &str, token: &str) -> Says {
    Says::Hook(HookCall {
        group: GROUP.to_owned(),
        hook: hook.to_owned(),
        token: token.to_owned(),
        instance: id(number),
        destination: None,
    })
}

pub(crate) fn state(number: u32, state: &str) -> Says {
    Says::State {
        instance: id(number),
        state: Ec2State::from_name(state).unwrap(),
    }
}

pub(crate) fn evicted(numbers: &[u32]) -> Says {
    Says::Evicted {
        instances: numbers.iter().map(|number| id(*number)).collect(),
        by_fis: false,
    }
}
