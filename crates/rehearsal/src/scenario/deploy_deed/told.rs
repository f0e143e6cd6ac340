//! A deed in words, for the timeline.

use std::fmt;

use super::DeployDeed;
use crate::services::ecs::Behaviour;

/// What a release turns out to be like; nothing if it is a good one.
fn fate(behaviour: &Behaviour) -> String {
    match behaviour {
        Behaviour::Good => String::new(),
        Behaviour::FailsToStart(why) => format!(", which does not start: {why}"),
        Behaviour::ExitsAtOnce { code } => format!(", which exits at once with {code}"),
        Behaviour::Unhealthy => ", which fails its health check".to_owned(),
        Behaviour::Crashes {
            after_seconds,
            code,
        } => {
            format!(", which crashes after {after_seconds} s with {code}")
        }
        Behaviour::Errors => ", which answers with errors".to_owned(),
        Behaviour::ErrorsSeenBy(alarm) => format!(", which answers with errors that {alarm} sees"),
    }
}

impl fmt::Display for DeployDeed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release {
                service,
                image,
                behaviour,
                by,
                ..
            } => {
                let image = image.as_ref().map(|image| format!(" with {image}"));
                let image = image.unwrap_or_default();
                write!(out, "{by} releases {service}{image}{}", fate(behaviour))
            }
            Self::Rollback { service, to, by } => write!(out, "{by} takes {service} back to {to}"),
            Self::Stop { service, by } => write!(out, "{by} stops the deployment of {service}"),
            Self::Deregister {
                task_definition,
                by,
            } => write!(out, "{by} deregisters {task_definition}"),
            Self::Behave {
                task_definition,
                behaviour: Behaviour::Good,
            } => write!(out, "{task_definition} is well again"),
            Self::Behave {
                task_definition,
                behaviour,
            } => write!(out, "trouble ahead: {task_definition}{}", fate(behaviour)),
            Self::Push {
                repository,
                tags,
                behaviour,
                ..
            } => write!(
                out,
                "an image is pushed to {repository} as {}{}",
                tags.join(", "),
                fate(behaviour)
            ),
            Self::MoveTag {
                repository,
                tag,
                to,
            } => write!(out, "{repository}:{tag} means {to} from now on"),
            Self::DeleteImage { repository, image } => {
                write!(out, "{image} is deleted from {repository}")
            }
            Self::Alarm { alarm, state } => write!(out, "{alarm} shows {}", state.name()),
            Self::HideAlarms(true) => out.write_str("trouble ahead: ECS cannot read its alarms"),
            Self::HideAlarms(false) => out.write_str("ECS reads its alarms again"),
            Self::NewRollbacks(true) => out.write_str("rollbacks are new deployments"),
            Self::NewRollbacks(false) => out.write_str("rollbacks keep their deployment"),
        }
    }
}
