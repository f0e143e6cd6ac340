//! Token buckets per account and Region, as ECS and Elastic Load Balancing document them.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html>.
//! Application Auto Scaling, EC2 Auto Scaling and the tagging API publish no such table; they are
//! not limited here.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// The size of one bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// The bucket's name in the documentation.
    pub bucket: &'static str,
    /// The most that can be spent at once.
    pub burst: f64,
    /// What comes back every second.
    pub per_second: f64,
}

const fn limit(bucket: &'static str, burst: f64, per_second: f64) -> Limit {
    Limit {
        bucket,
        burst,
        per_second,
    }
}

/// The bucket that pays for an IAM action, if one is documented.
pub fn limit_of(action: &str) -> Option<Limit> {
    if action.starts_with("elasticloadbalancing:Describe") {
        return Some(limit("Elastic Load Balancing read", 40.0, 10.0));
    }
    let operation = action.strip_prefix("ecs:")?;
    Some(match operation {
        "CreateService" | "DeleteService" | "UpdateService" => limit("Service modify", 50.0, 5.0),
        "DescribeServices" | "ListServices" => limit("Service read", 100.0, 20.0),
        "TagResource" | "UntagResource" => limit("Tag modify", 20.0, 10.0),
        "ListTagsForResource" => limit("Tag read", 50.0, 20.0),
        "DescribeClusters" | "ListClusters" => limit("Cluster read", 50.0, 20.0),
        "CreateCluster" | "DeleteCluster" | "UpdateCluster" | "PutClusterCapacityProviders" => {
            limit("Cluster modify", 20.0, 1.0)
        }
        "DescribeTaskDefinition" | "ListTaskDefinitions" => {
            limit("Task definition read", 50.0, 20.0)
        }
        "RegisterTaskDefinition" | "DeregisterTaskDefinition" => {
            limit("Task definition modify", 20.0, 1.0)
        }
        "DescribeCapacityProviders" => limit("Capacity provider read", 50.0, 20.0),
        "DescribeTasks"
        | "ListTasks"
        | "DescribeContainerInstances"
        | "ListContainerInstances"
        | "ListAttributes" => limit("Cluster resource read", 100.0, 20.0),
        "RunTask"
        | "StartTask"
        | "StopTask"
        | "UpdateContainerInstancesState"
        | "DeregisterContainerInstance"
        | "PutAttributes"
        | "ExecuteCommand"
        | "UpdateContainerAgent" => limit("Cluster resource modify", 100.0, 40.0),
        "GetTaskProtection" | "UpdateTaskProtection" => limit("Task protection", 200.0, 80.0),
        _ => return None,
    })
}

/// The buckets and what is left in each.
#[derive(Debug, Default)]
pub struct Buckets(BTreeMap<&'static str, (f64, Timestamp)>);

impl Buckets {
    /// Takes one token for `action` at `now`; false is a throttled call.
    pub fn take(&mut self, action: &str, now: Timestamp) -> bool {
        let Some(limit) = limit_of(action) else {
            return true;
        };
        let (left, since) = self.0.entry(limit.bucket).or_insert((limit.burst, now));
        let elapsed = now.duration_since(*since).as_secs_f64().max(0.0);
        *left = (*left + elapsed * limit.per_second).min(limit.burst);
        *since = now;
        if *left < 1.0 {
            return false;
        }
        *left -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reads_instances_and_tasks_shares_a_bucket_and_who_changes_them_another() {
        let bucket = |operation: &str| limit_of(&format!("ecs:{operation}")).unwrap();
        for operation in ["DescribeTasks", "ListTasks", "DescribeContainerInstances"] {
            assert_eq!(bucket(operation), bucket("ListContainerInstances"));
        }
        assert_eq!(bucket("StopTask"), bucket("UpdateContainerInstancesState"));
        let mut buckets = Buckets::default();
        let now = Timestamp::UNIX_EPOCH;
        let spent = (0..200).filter(|turn| {
            let operation = ["ecs:StopTask", "ecs:UpdateContainerInstancesState"][turn % 2];
            buckets.take(operation, now)
        });
        assert_eq!(spent.count(), 100);
    }
}
