//! What the tests are about, in a few words.

use domain::arn::ServiceArn;
use domain::rollback::{
    Attempt, AttemptArn, DefinitionArn, DeploymentId, Digest, Event, ImageAt, Pointer, RevisionArn,
    Says, StopCode, Stopped,
};
use jiff::{SignedDuration, Timestamp};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "eu-central-1";
pub(crate) const WEB: &str = "shop/web";
pub(crate) const API: &str = "shop/api";
pub(crate) const ALARM: &str = "web-5xx";
pub(crate) const GROUP: &str =
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/0123456789abcdef";

/// Where every story begins.
pub(crate) fn noon() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

pub(crate) fn secs(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

pub(crate) fn mins(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

pub(crate) fn service(name: &str) -> ServiceArn {
    ServiceArn::parse(&format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service/{name}")).unwrap()
}

pub(crate) fn definition(family: &str, number: u32) -> DefinitionArn {
    let text = format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{family}:{number}");
    DefinitionArn::parse(&text).unwrap()
}

pub(crate) fn deployment(number: u64) -> DeploymentId {
    DeploymentId::parse(&format!("ecs-svc/{number}")).unwrap()
}

pub(crate) fn attempt_arn(name: &str, number: u64) -> AttemptArn {
    let text = format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service-deployment/{name}/{number}");
    AttemptArn::parse(&text).unwrap()
}

pub(crate) fn revision_arn(name: &str, number: u64) -> RevisionArn {
    let text = format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service-revision/{name}/{number}");
    RevisionArn::parse(&text).unwrap()
}

pub(crate) fn digest(number: u32) -> Digest {
    Digest::parse(&format!("sha256:{number:064x}")).unwrap()
}

/// The repository of a family.
pub(crate) fn repository(family: &str) -> String {
    format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{family}")
}

pub(crate) fn by_tag(family: &str, tag: &str) -> ImageAt {
    ImageAt {
        repository: repository(family),
        by: Pointer::Tag(tag.to_owned()),
    }
}

pub(crate) fn by_digest(family: &str, digest: &Digest) -> ImageAt {
    ImageAt {
        repository: repository(family),
        by: Pointer::Digest(digest.clone()),
    }
}

pub(crate) fn says(name: &str, id: &DeploymentId, event: Event) -> Says {
    Says::Deployment {
        service: service(name),
        deployment: id.clone(),
        event,
    }
}

pub(crate) fn stopped(by: &DeploymentId, code: &str, reason: &str, at: Timestamp) -> Stopped {
    Stopped {
        started_by: by.clone(),
        code: StopCode::from_name(code),
        reason: reason.to_owned(),
        exit_codes: Vec::new(),
        digests: std::collections::BTreeMap::new(),
        started_at: None,
        stopped_at: at,
    }
}

/// A task that ran for a while and then ended badly.
pub(crate) fn crash(by: &DeploymentId, at: Timestamp) -> Stopped {
    Stopped {
        exit_codes: vec![("app".to_owned(), 1)],
        started_at: Some(at - secs(90)),
        ..stopped(
            by,
            "EssentialContainerExited",
            "Essential container in task exited",
            at,
        )
    }
}

/// An attempt that has begun.
pub(crate) fn attempt(name: &str, number: u64, at: Timestamp) -> Attempt {
    Attempt {
        arn: attempt_arn(name, number),
        status: domain::rollback::Status::InProgress,
        created_at: at,
        finished_at: None,
        target: None,
        sources: Vec::new(),
        rolled_back_to: None,
        breaker_triggered: false,
        threshold: None,
        triggered_alarms: Vec::new(),
        paused: None,
        requested: None,
        early: false,
    }
}
