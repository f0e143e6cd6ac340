//! What a page shows of a release: its images, what its tasks ended of, what runs now, and the
//! command that a person would run.

use super::definition::Definition;
use super::look::Look;
use super::names::DeploymentId;
use super::record::Release;
use super::task::Stopped;
use super::wants::Seen;
use super::withheld::Withheld;
use crate::notice::{Fact, fact};
use crate::resting::Kind;

/// How many reasons, and how many images, a page shows.
const NAMED: usize = 5;

/// The task definition of a release, its images with their digests and, where a tag looks like a
/// commit, that.
pub(super) fn brought(look: Look<'_>, label: &str, release: &Release) -> Seen<Vec<Fact>> {
    let definition = look.definition(&release.definition)?;
    let mut facts = vec![fact(label, &release.definition)];
    if let Ok(Some(definition)) = definition {
        let names = definition.containers.keys().take(NAMED);
        facts.extend(names.map(|name| {
            let label = format!("{label}: image of {name}");
            fact(&label, image(name, definition, release))
        }));
    }
    Ok(facts)
}

fn image(container: &str, definition: &Definition, release: &Release) -> String {
    let described = definition.containers.get(container);
    let name = described.and_then(|described| described.image.as_ref().ok());
    let mut text = name.map_or_else(|| "unreadable".to_owned(), ToString::to_string);
    if let Some(commit) = name.and_then(|name| name.commit()) {
        text = format!("{text}, commit {commit}");
    }
    match release.digests.get(container) {
        Some(digest) => format!("{text}, {digest}"),
        None => format!("{text}, digest not known"),
    }
}

/// What its tasks ended of: the newest distinct reasons, with their exit codes.
pub(super) fn ended_of(look: Look<'_>, failed: &DeploymentId) -> Vec<Fact> {
    let stopped = match look.observed.stopped.get(look.arn) {
        Some(Ok(stopped)) => stopped,
        Some(Err(why)) => return vec![fact("What its tasks ended of", format!("unread: {why}"))],
        None => return Vec::new(),
    };
    let mut own: Vec<&Stopped> = stopped
        .iter()
        .filter(|task| task.started_by == *failed)
        .collect();
    own.sort_by_key(|task| std::cmp::Reverse(task.stopped_at));
    let mut said: Vec<String> = Vec::new();
    for task in own {
        let text = ended(task);
        if !said.contains(&text) {
            said.push(text);
        }
    }
    let said = said.into_iter().take(NAMED);
    said.map(|text| fact("A task ended", text)).collect()
}

fn ended(task: &Stopped) -> String {
    let codes = task.exit_codes.iter();
    let codes: Vec<String> = codes.map(|(name, code)| format!("{name} {code}")).collect();
    let mut text = format!("{}: {}", task.code.name(), task.reason);
    if !codes.is_empty() {
        text = format!("{text} (exit codes: {})", codes.join(", "));
    }
    text
}

/// What runs now.
pub(super) fn running(look: Look<'_>) -> Vec<Fact> {
    let Some(Ok(Some(service))) = look.observed.services.get(look.arn) else {
        return Vec::new();
    };
    let mut facts = vec![fact(
        "Running tasks",
        format!("{} of {}", service.running, service.desired),
    )];
    let running = service.deployments.iter().filter(|one| one.running > 0);
    facts.extend(running.take(NAMED).map(|one| {
        let (id, definition, tasks) = (&one.id, &one.definition, one.running);
        fact("Runs now", format!("{definition} ({id}), {tasks} tasks"))
    }));
    facts
}

/// The command that shows the deployments of a service.
pub(super) fn describe(look: Look<'_>) -> String {
    format!(
        "aws ecs describe-services --cluster {} --services {} --query 'services[0].deployments'",
        look.arn.cluster(),
        look.arn.name()
    )
}

/// The command that rolls it back, or that shows what keeps it from that.
pub(super) fn command(look: Look<'_>, withheld: &Withheld) -> String {
    match withheld {
        Withheld::Tagged
        | Withheld::Migration { .. }
        | Withheld::Environment { .. }
        | Withheld::Shared { .. }
        | Withheld::SharedAlarm { .. }
        | Withheld::OwnRollback
        | Withheld::Tried
        | Withheld::Unseen { .. } => order(look, "rollback"),
        Withheld::Frozen { .. } => order(look, "thaw"),
        Withheld::NotEcs(kind) => not_ecs(look, *kind),
        Withheld::Busy
        | Withheld::AtRest
        | Withheld::StackBusy { .. }
        | Withheld::Ambiguous
        | Withheld::EcsWouldGoBackToBad
        | Withheld::NoTarget { .. } => describe(look),
    }
}

fn order(look: Look<'_>, action: &str) -> String {
    format!(
        "aws lambda invoke --function-name {} --cli-binary-format raw-in-base64-out --payload \
         '{{\"action\":\"{action}\",\"service\":\"{}\"}}' /dev/stdout",
        look.moment.policy.function,
        look.arn.as_str()
    )
}

/// What rolls back what somebody else deploys. While a deployment of CodeDeploy is under way it is
/// `aws deploy stop-deployment --auto-rollback-enabled`, and otherwise `aws deploy create-deployment`
/// with what ran before; both need the id that this lists.
/// Source: <https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html>.
pub(super) fn not_ecs(look: Look<'_>, kind: Kind) -> String {
    match kind {
        Kind::CodeDeploy => {
            "aws deploy list-deployments --include-only-statuses InProgress Failed \
                             --max-items 5"
                .to_owned()
        }
        Kind::External | Kind::Replica | Kind::Daemon => format!(
            "aws ecs describe-services --cluster {} --services {} --query 'services[0].taskSets'",
            look.arn.cluster(),
            look.arn.name()
        ),
    }
}
