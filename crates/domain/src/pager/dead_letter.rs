//! What AWS gave up on and left in the suite's dead-letter queue.

use jiff::Timestamp;

/// One message of the dead-letter queue.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeadLetter {
    /// The message's id.
    pub id: String,
    /// The ARN of the queue.
    pub queue: String,
    /// The account of the queue.
    pub account: String,
    /// The region of the queue.
    pub region: String,
    /// When AWS left it there.
    pub left: Timestamp,
    /// What it says.
    pub letter: Letter,
}

/// What a message of the dead-letter queue says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Letter {
    /// An event that nobody answered.
    Undelivered(Box<Undelivered>),
    /// Anything else: somebody should know of it even so.
    Unreadable {
        /// The message as it stands.
        body: String,
        /// The ARN of the queue that SQS moved it from, if it did.
        from: Option<String>,
    },
}

/// An event that nobody answered, and why AWS gave up on it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Undelivered {
    /// Who gave up.
    pub sender: Sender,
    /// Who should have answered.
    pub target: Target,
    /// What should have been answered.
    pub event: Event,
    /// What the event is about, if it says: an instance, a task, an experiment.
    pub about: Option<String>,
    /// When the event says that it happened.
    pub happened: Option<Timestamp>,
    /// How often AWS tried.
    pub attempts: Option<u64>,
    /// Which limit ended the attempts, in AWS's word.
    pub condition: Option<String>,
    /// What the last error calls itself.
    pub error_type: Option<String>,
    /// What the last error says.
    pub error_message: Option<String>,
}

/// Who gave up on an event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Sender {
    /// Lambda, which started the function and got nothing but errors from it, or could not start it
    /// in time.
    Lambda {
        /// The id under which the function's log has it.
        request: Option<String>,
    },
    /// A rule of EventBridge, whose target did not take the event.
    Rule {
        /// The rule's ARN.
        arn: String,
    },
    /// A queue whose function got the message time and again and could not handle it.
    Queue {
        /// The queue's ARN.
        arn: String,
    },
    /// A schedule of EventBridge Scheduler, whose target did not take the invocation.
    Schedule {
        /// The schedule's ARN.
        arn: String,
    },
}

/// What kind of event it is. Its content is left out: it may hold what is not for everybody, such
/// as the signed address that CloudFormation waits at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// An event in EventBridge's envelope.
    Enveloped {
        /// Who sent it.
        source: String,
        /// What it calls itself.
        detail_type: String,
        /// The title, if it is a notice of ours.
        notice: Option<String>,
    },
    /// The invocation that a schedule makes.
    Scheduled,
    /// CloudFormation asks for a custom resource.
    CloudFormation {
        /// `Create`, `Update` or `Delete`.
        request: String,
    },
    /// A person or a program asks for something.
    Asked {
        /// What for.
        action: String,
    },
    /// It cannot be told.
    Unknown,
}

/// The ARN of who should have answered, without a version.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target(String);

impl Target {
    /// The target of that ARN. A function is the same whichever version was called:
    /// `arn:aws:lambda:REGION:ACCOUNT:function:NAME:$LATEST`.
    pub fn new(arn: &str) -> Self {
        let parts: Vec<&str> = arn.split(':').collect();
        match parts[..] {
            [_, _, "lambda", _, _, "function", _, _] => Self(parts[..7].join(":")),
            _ => Self(arn.to_owned()),
        }
    }

    /// The ARN.
    pub fn arn(&self) -> &str {
        &self.0
    }

    /// The function's name, if it is a function.
    pub fn function(&self) -> Option<&str> {
        let parts: Vec<&str> = self.0.split(':').collect();
        match parts[..] {
            ["arn", _, "lambda", _, _, "function", name] if is_name(name) => Some(name),
            _ => None,
        }
    }
}

/// The last part of the logical id of the queue that `spot-drain` is fed from: CloudFormation names
/// a queue `STACK-LOGICAL_ID-SUFFIX`
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html>).
const INTAKE: &str = "SpotIntake";

/// The function of the suite that is fed from the queue of that ARN, as people know it.
pub(super) fn fed_from(queue: &str, stack: &str) -> Option<&'static str> {
    let name = queue.strip_prefix("arn:")?.rsplit(':').next()?;
    let id = name.strip_prefix(stack)?.strip_prefix('-')?;
    (id.split('-').next() == Some(INTAKE)).then_some("spot-drain")
}

/// Only what can be the name of a function may stand in a command
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>).
fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFF_HOURS: &str =
        "arn:aws:lambda:eu-central-1:111122223333:function:ecs-caretaker-off-hours";

    #[test]
    fn a_function_is_the_same_whichever_version_was_called() {
        let latest = Target::new(&format!("{OFF_HOURS}:$LATEST"));
        assert_eq!(latest, Target::new(OFF_HOURS));
        assert_eq!(latest.arn(), OFF_HOURS);
        assert_eq!(latest.function(), Some("ecs-caretaker-off-hours"));
    }

    #[test]
    fn a_queue_of_the_suite_feeds_a_function_and_another_queue_none() {
        let queue = |name: &str| format!("arn:aws:sqs:eu-central-1:111122223333:{name}");
        for (name, function) in [
            ("ecs-caretaker-SpotIntake-1A2B3C4D5E6F", Some("spot-drain")),
            ("ecs-caretaker-SpotIntake", Some("spot-drain")),
            ("ecs-caretaker-SpotIntakes-1A2B", None),
            ("ecs-caretaker-DeadLetters-1A2B", None),
            ("another-SpotIntake-1A2B", None),
            ("SpotIntake", None),
        ] {
            assert_eq!(fed_from(&queue(name), "ecs-caretaker"), function, "{name}");
        }
        assert_eq!(fed_from("ecs-caretaker-SpotIntake", "ecs-caretaker"), None);
    }

    #[test]
    fn what_could_not_be_a_function_has_no_name_for_a_command() {
        for arn in [
            "arn:aws:sqs:eu-central-1:111122223333:dead-letters",
            "arn:aws:lambda:eu-central-1:111122223333:function:",
            "arn:aws:lambda:eu-central-1:111122223333:function:x --region evil",
            "arn:aws:lambda:eu-central-1:111122223333:layer:tools",
            "ecs-caretaker-off-hours",
            "",
        ] {
            assert_eq!(Target::new(arn).function(), None, "{arn:?}");
        }
    }
}
