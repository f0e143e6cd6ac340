//! What a service or a group had, and how it gets it back.

use jiff::Timestamp;

use crate::instances::Instances;

/// A service's capacity: everything that resting changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCapacity {
    /// Desired count.
    pub desired: u32,
    /// Its Application Auto Scaling target, if it has one.
    pub bounds: Option<Bounds>,
    /// When the service was created: a service of the same name created later is another one.
    pub created_at: Timestamp,
}

/// The bounds of a scalable target and what is suspended on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Minimum capacity.
    pub min: u32,
    /// Maximum capacity.
    pub max: u32,
    /// What is suspended.
    pub suspended: Suspended,
}

/// The three suspended flags of a scalable target.
/// Source: <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_SuspendedState.html>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Suspended {
    /// `DynamicScalingInSuspended`.
    pub scaling_in: bool,
    /// `DynamicScalingOutSuspended`.
    pub scaling_out: bool,
    /// `ScheduledScalingSuspended`.
    pub scheduled: bool,
}

impl Suspended {
    /// All three.
    pub const ALL: Self = Self {
        scaling_in: true,
        scaling_out: true,
        scheduled: true,
    };

    /// How many of them are.
    pub fn count(self) -> usize {
        let flags = [self.scaling_in, self.scaling_out, self.scheduled];
        flags.into_iter().filter(|flag| *flag).count()
    }
}

/// An Auto Scaling group's capacity, as far as resting changes it: its minimum. Desired capacity
/// is left to ECS managed scaling, and the maximum is never touched, because a maximum of 0 would
/// stop managed scaling from ever scaling out again.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupCapacity {
    /// Minimum size.
    pub min: u32,
    /// The instances that it had, for the price of what they save at rest. Nothing is set to them;
    /// none in what is set, and in a record of a version that did not write them down.
    pub instances: Option<Instances>,
}

impl ServiceCapacity {
    /// The capacity at rest with a floor of `floor` tasks. Resting never raises a count.
    ///
    /// A count outside its target's bounds was set by hand, and any call on the target would move
    /// it inside at once; so that target is left alone, and there are no bounds at rest.
    /// Source: <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html>.
    pub fn at_rest(&self, floor: u32) -> Self {
        let floor = floor.min(self.desired);
        let ours = self.bounds.filter(|bounds| bounds.hold(self.desired));
        Self {
            desired: floor,
            bounds: ours.map(|bounds| Bounds {
                min: floor,
                max: bounds.max,
                suspended: Suspended::ALL,
            }),
            created_at: self.created_at,
        }
    }

    /// The capacity to wake with, three-way: what was `saved`, what is there `now`, and what we
    /// last `written`. A value that still is as we wrote it goes back to the saved one; a value
    /// that somebody else changed meanwhile is theirs to keep. A count comes back unless theirs is
    /// higher. The maximum was never ours, and the count stays within it.
    pub fn restored(saved: &Self, now: &Self, written: &Self) -> Self {
        let raised = now.desired != written.desired && now.desired > saved.desired;
        let desired = if raised { now.desired } else { saved.desired };
        let (desired, bounds) = match (saved.bounds, now.bounds, written.bounds) {
            (Some(saved), Some(now), Some(written)) => {
                let bounds = Bounds::restored(saved, now, written);
                (desired.clamp(bounds.min, bounds.max), Some(bounds))
            }
            (saved, now, _) if saved == now => (desired, now),
            (_, now, _) => (now.map_or(desired, |now| desired.min(now.max)), now),
        };
        Self {
            desired,
            bounds,
            created_at: saved.created_at,
        }
    }
}

impl Bounds {
    /// Whether a count lies within them.
    fn hold(&self, desired: u32) -> bool {
        (self.min..=self.max).contains(&desired)
    }

    fn restored(saved: Self, now: Self, written: Self) -> Self {
        Self {
            min: three_way(saved.min, now.min, written.min).min(now.max),
            max: now.max,
            suspended: Suspended::restored(saved.suspended, now.suspended, written.suspended),
        }
    }
}

impl Suspended {
    fn restored(saved: Self, now: Self, written: Self) -> Self {
        Self {
            scaling_in: three_way(saved.scaling_in, now.scaling_in, written.scaling_in),
            scaling_out: three_way(saved.scaling_out, now.scaling_out, written.scaling_out),
            scheduled: three_way(saved.scheduled, now.scheduled, written.scheduled),
        }
    }
}

impl GroupCapacity {
    /// The capacity at rest.
    pub const AT_REST: Self = Self::set(0);

    /// A minimum to be set.
    pub const fn set(min: u32) -> Self {
        Self {
            min,
            instances: None,
        }
    }

    /// The minimum to wake with, by the same three-way rule; never above the maximum that is
    /// there now.
    pub fn restored(saved: &Self, now: &Self, written: &Self, max_now: u32) -> Self {
        Self::set(three_way(saved.min, now.min, written.min).min(max_now))
    }
}

fn three_way<T: PartialEq>(saved: T, now: T, written: T) -> T {
    if now == written { saved } else { now }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn count(desired: u32) -> ServiceCapacity {
        ServiceCapacity {
            desired,
            bounds: None,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn scaled(desired: u32, min: u32, max: u32, suspended: Suspended) -> ServiceCapacity {
        ServiceCapacity {
            bounds: Some(Bounds {
                min,
                max,
                suspended,
            }),
            ..count(desired)
        }
    }

    const NONE: Suspended = Suspended {
        scaling_in: false,
        scaling_out: false,
        scheduled: false,
    };

    #[test]
    fn a_count_nobody_touched_comes_back() {
        assert_eq!(
            ServiceCapacity::restored(&count(3), &count(0), &count(0)).desired,
            3
        );
    }

    #[test]
    fn a_count_raised_above_the_saved_one_by_someone_else_is_kept() {
        assert_eq!(
            ServiceCapacity::restored(&count(3), &count(5), &count(0)).desired,
            5
        );
    }

    #[test]
    fn a_count_bumped_at_night_but_below_the_saved_one_does_not_shrink_the_morning() {
        assert_eq!(
            ServiceCapacity::restored(&count(3), &count(1), &count(0)).desired,
            3
        );
    }

    #[test]
    fn flags_that_were_already_suspended_before_the_night_stay_suspended() {
        let before = scaled(
            3,
            2,
            10,
            Suspended {
                scaling_in: true,
                ..NONE
            },
        );
        let night = before.at_rest(0);
        assert_eq!(ServiceCapacity::restored(&before, &night, &night), before);
    }

    #[test]
    fn a_maximum_lowered_at_night_is_theirs_and_bounds_the_count() {
        let before = scaled(6, 2, 10, NONE);
        let now = ServiceCapacity {
            bounds: Some(Bounds {
                min: 0,
                max: 4,
                suspended: Suspended::ALL,
            }),
            ..count(0)
        };
        let woken = ServiceCapacity::restored(&before, &now, &before.at_rest(0));
        assert_eq!(woken, scaled(4, 2, 4, NONE));
    }

    #[test]
    fn a_target_deleted_at_night_is_not_made_again() {
        let before = scaled(3, 2, 10, NONE);
        assert_eq!(
            ServiceCapacity::restored(&before, &count(0), &before.at_rest(0)),
            count(3)
        );
    }

    #[test]
    fn a_target_created_at_night_is_left_as_it_is() {
        let now = scaled(1, 1, 4, NONE);
        assert_eq!(
            ServiceCapacity::restored(&count(3), &now, &count(0)),
            scaled(3, 1, 4, NONE)
        );
    }

    #[test]
    fn resting_never_raises_a_count() {
        assert_eq!(count(0).at_rest(1).desired, 0);
        assert_eq!(
            scaled(2, 1, 4, NONE).at_rest(3),
            scaled(2, 2, 4, Suspended::ALL)
        );
    }

    #[test]
    fn a_count_outside_its_bounds_leaves_the_target_alone_and_comes_back() {
        for desired in [0, 1, 12] {
            let before = scaled(desired, 2, 10, NONE);
            let night = ServiceCapacity {
                bounds: before.bounds,
                ..count(0)
            };
            assert_eq!(before.at_rest(0), count(0));
            assert_eq!(
                ServiceCapacity::restored(&before, &night, &count(0)),
                before
            );
        }
    }

    #[test]
    fn a_minimum_raised_at_night_raises_the_count_to_it() {
        let before = scaled(3, 2, 10, NONE);
        let now = scaled(5, 5, 10, Suspended::ALL);
        let woken = ServiceCapacity::restored(&before, &now, &before.at_rest(0));
        assert_eq!(woken, scaled(5, 5, 10, NONE));
    }

    #[test]
    fn a_group_whose_minimum_was_raised_at_night_keeps_it() {
        let restored = |now| {
            GroupCapacity::restored(
                &GroupCapacity::set(2),
                &GroupCapacity::set(now),
                &GroupCapacity::AT_REST,
                6,
            )
            .min
        };
        assert_eq!((restored(0), restored(3)), (2, 3));
    }

    fn any_capacity() -> impl Strategy<Value = ServiceCapacity> {
        let flags = (any::<bool>(), any::<bool>(), any::<bool>());
        let bounds = proptest::option::of((0..20_u32, 0..20_u32, flags));
        (0..20_u32, bounds).prop_map(|(desired, bounds)| match bounds {
            None => count(desired),
            Some((a, b, (scaling_in, scaling_out, scheduled))) => scaled(
                desired.clamp(a.min(b), a.max(b)),
                a.min(b),
                a.max(b),
                Suspended {
                    scaling_in,
                    scaling_out,
                    scheduled,
                },
            ),
        })
    }

    proptest! {
        #[test]
        fn a_night_in_which_nobody_does_anything_changes_nothing(before in any_capacity(), floor in 0..5_u32) {
            let night = before.at_rest(floor);
            prop_assert!(night.desired <= before.desired);
            prop_assert_eq!(&ServiceCapacity::restored(&before, &night, &night), &before);
        }

        #[test]
        fn a_rest_that_was_never_applied_wakes_to_the_same(before in any_capacity(), floor in 0..5_u32) {
            prop_assert_eq!(&ServiceCapacity::restored(&before, &before, &before.at_rest(floor)), &before);
        }
    }
}
