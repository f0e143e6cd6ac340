//! What a notice is about, as an ARN.

use crate::drain::moment::Moment;
use crate::drain::seen::instance::InstanceId;
use crate::drain::seen::surge::Scope;

/// The partition of a Region.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>.
fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

fn arn(service: &str, resource: &str, moment: Moment<'_>) -> String {
    let (region, account) = (moment.region, moment.account);
    let partition = partition(region);
    format!("arn:{partition}:{service}:{region}:{account}:{resource}")
}

/// The ARN of an instance.
pub(in crate::drain) fn instance(id: &InstanceId, moment: Moment<'_>) -> String {
    arn("ec2", &format!("instance/{id}"), moment)
}

/// The ARN of an Auto Scaling group of which only the name is known.
pub(in crate::drain) fn group(name: &str, moment: Moment<'_>) -> String {
    let resource = format!("autoScalingGroup:*:autoScalingGroupName/{name}");
    arn("autoscaling", &resource, moment)
}

/// The ARN of a capacity provider or a cluster, and after it the pool, if it is about one.
pub(in crate::drain) fn scope(scope: &Scope, moment: Moment<'_>) -> String {
    match scope {
        Scope::Provider(name) => arn("ecs", &format!("capacity-provider/{name}"), moment),
        Scope::Cluster(arn) => arn.as_str().to_owned(),
        Scope::Pool(fleet, pool) => {
            let fleet = self::scope(fleet, moment);
            format!("{fleet}/{}/{}", pool.instance_type, pool.zone)
        }
    }
}
