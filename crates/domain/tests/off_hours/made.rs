//! What the tests are about, in a few words: `service("prod/api").hours("Mon-Fri 08:00-20:00").desired(3)`.

use domain::capacity::{Bounds, Suspended};
use domain::off_hours::{FLOOR, HOURS, OVERRIDE, WAVE};
use domain::resting::{Deployment, GroupLive, Kind, Live};
use domain::tag::Tags;
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Nothing is suspended.
pub(crate) const RUNNING: Suspended = Suspended {
    scaling_in: false,
    scaling_out: false,
    scheduled: false,
};

/// A moment of the week that begins on Monday 2026-11-23, in UTC: `Mon 20:00`.
pub(crate) fn on(text: &str) -> Timestamp {
    let (day, time) = text.split_once(' ').unwrap();
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let day = days.iter().position(|name| *name == day).unwrap();
    let (hour, minute) = time.split_once(':').unwrap();
    let minutes = hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap();
    monday() + SignedDuration::from_hours(24 * day as i64) + SignedDuration::from_mins(minutes)
}

fn monday() -> Timestamp {
    let midnight = date(2026, 11, 23).at(0, 0, 0, 0);
    midnight.to_zoned(TimeZone::UTC).unwrap().timestamp()
}

/// Long before that week, by day.
pub(crate) fn long_ago() -> Timestamp {
    monday() - SignedDuration::from_hours(24 * 30 + 12)
}

/// A service of the model.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    /// `CLUSTER/NAME`.
    pub(crate) name: String,
    /// Its own tags.
    pub(crate) tags: Tags,
    /// What ECS says of it, with its scalable target; none once it was deleted.
    pub(crate) live: Option<Live>,
    /// The running tasks that it gets no further than.
    pub(crate) stuck_at: Option<u32>,
}

/// A service without tags and without tasks.
pub(crate) fn service(name: &str) -> Thing {
    Thing {
        name: name.to_owned(),
        tags: Tags::new(),
        live: Some(Live {
            active: true,
            kind: Kind::Replica,
            desired: 0,
            running: 0,
            created_at: long_ago(),
            bounds: None,
            deployment: Some(deployment("first", long_ago())),
            task_definition: "arn:aws:ecs:eu-central-1:123456789012:task-definition/api:1".into(),
            fargate_spot_percent: Some(0),
        }),
        stuck_at: None,
    }
}

/// A deployment that has ended.
pub(crate) fn deployment(id: &str, created_at: Timestamp) -> Deployment {
    Deployment {
        id: format!("ecs-svc/{id}"),
        created_at,
        in_progress: false,
    }
}

impl Thing {
    pub(crate) fn tag(mut self, key: &str, value: &str) -> Self {
        self.tags.insert(key.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn hours(self, hours: &str) -> Self {
        self.tag(HOURS, hours)
    }

    /// Awake on working days from eight to eight.
    pub(crate) fn by_day(self) -> Self {
        self.hours("Mon-Fri 08:00-20:00")
    }

    pub(crate) fn floor(self, floor: &str) -> Self {
        self.tag(FLOOR, floor)
    }

    pub(crate) fn wave(self, wave: &str) -> Self {
        self.tag(WAVE, wave)
    }

    pub(crate) fn overridden(self, text: &str) -> Self {
        self.tag(OVERRIDE, text)
    }

    pub(crate) fn live(mut self, change: impl FnOnce(&mut Live)) -> Self {
        change(self.live.as_mut().unwrap());
        self
    }

    pub(crate) fn desired(self, desired: u32) -> Self {
        self.live(|live| (live.desired, live.running) = (desired, desired))
    }

    pub(crate) fn scaled(self, min: u32, max: u32) -> Self {
        self.bounds(min, max, RUNNING)
    }

    pub(crate) fn bounds(self, min: u32, max: u32, suspended: Suspended) -> Self {
        self.live(|live| live.bounds = Some(bounds(min, max, suspended)))
    }

    pub(crate) fn kind(self, kind: Kind) -> Self {
        self.live(|live| live.kind = kind)
    }

    pub(crate) fn deployed(self, at: &str) -> Self {
        self.live(|live| live.deployment = Some(deployment("second", on(at))))
    }

    pub(crate) fn deploying_since(self, at: &str) -> Self {
        self.deployed(at)
            .live(|live| live.deployment.as_mut().unwrap().in_progress = true)
    }

    pub(crate) fn created(self, at: &str) -> Self {
        self.live(|live| live.created_at = on(at)).deployed(at)
    }
}

/// Bounds in one line.
pub(crate) fn bounds(min: u32, max: u32, suspended: Suspended) -> Bounds {
    Bounds {
        min,
        max,
        suspended,
    }
}

/// An Auto Scaling group of the model.
#[derive(Clone, Debug)]
pub(crate) struct Fleet {
    /// Its name.
    pub(crate) name: String,
    /// Its tags.
    pub(crate) tags: Tags,
    /// Its size; none once it was deleted.
    pub(crate) live: Option<GroupLive>,
}

/// A group without tags.
pub(crate) fn group(name: &str, min: u32, max: u32) -> Fleet {
    Fleet {
        name: name.to_owned(),
        tags: Tags::new(),
        live: Some(GroupLive {
            min,
            max,
            desired: min,
            instances: [("m6i.large", min)].into_iter().collect(),
            spot: false,
        }),
    }
}

impl Fleet {
    pub(crate) fn hours(mut self, hours: &str) -> Self {
        self.tags.insert(HOURS.to_owned(), hours.to_owned());
        self
    }

    pub(crate) fn by_day(self) -> Self {
        self.hours("Mon-Fri 08:00-20:00")
    }
}
