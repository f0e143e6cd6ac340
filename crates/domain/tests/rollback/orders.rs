//! Every order of what can be said of two releases of one service, the second of which fails, with
//! each word missing and doubled, a run that dies at every step, and a newer release of somebody
//! else at every place.
//!
//! What must never happen is watched by the world; here it is looked at what everything came to.

use std::sync::OnceLock;

use domain::rollback::{AlarmState, Event, Reason, Says, Verdict, verdict};

use crate::made::{ALARM, WEB, crash, mins, says, service};
use crate::world::{World, shop};

/// What happens to the release that fails, in this order in ECS; messages of it come in any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// The release begins, and this is said of it.
    InProgress,
    /// Its tasks end.
    Stops,
    /// It fails.
    Failed,
    /// What came in its place is complete.
    Completed,
    /// An alarm of the service fires.
    Alarm,
}

const WORDS: [Word; 5] = [
    Word::InProgress,
    Word::Stops,
    Word::Failed,
    Word::Completed,
    Word::Alarm,
];

/// Who rolls back what fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Us,
    Ecs,
    /// ECS should, and has nothing to go back to.
    NobodyYet,
}

/// How one history goes.
#[derive(Clone, Copy, Debug)]
struct Plot<'a> {
    words: &'a [Word],
    by: By,
    /// The message at which the run dies, and after so many steps of its plan.
    dies: Option<(usize, usize)>,
    /// The message before which somebody deploys something newer that is good.
    newer: Option<usize>,
}

/// What ECS does goes on by itself; the messages say so in their order, and the minute looks.
fn plays(plot: Plot<'_>) -> World {
    static SHOP: OnceLock<World> = OnceLock::new();
    let mut world = SHOP.get_or_init(shop).clone();
    world.eager = true;
    world.alarm(WEB, ALARM, AlarmState::Ok);
    world.at(WEB).of.breaker.rollback = plot.by != By::Us;
    world.now += mins(5);
    let bad = world.deploys(WEB, 6);
    world.now += mins(4);
    for _ in 0..3 {
        let crash = crash(&bad, world.now);
        world.at(WEB).stopped.push(crash);
    }
    world.fails(WEB);
    let mut other = None;
    if plot.by == By::Ecs {
        other = Some(world.ecs_rolls_back(WEB));
    }
    if plot.words.contains(&Word::Alarm) {
        world.alarm(WEB, ALARM, AlarmState::Alarm);
    }
    for (place, word) in plot.words.iter().enumerate() {
        if plot.newer == Some(place) {
            other = Some(world.deploys(WEB, 7));
        }
        let id = other.clone().unwrap_or_else(|| world.primary_id(WEB));
        let said = match word {
            Word::InProgress => says(WEB, &bad, Event::InProgress),
            Word::Stops => Says::Action {
                service: service(WEB),
                event: Event::InProgress,
            },
            Word::Failed => says(WEB, &bad, Event::Failed),
            Word::Completed => says(WEB, &id, Event::Completed),
            Word::Alarm => Says::Alarm {
                alarm: ALARM.to_owned(),
                service: Some(service(WEB)),
            },
        };
        let steps = match plot.dies {
            Some((at, steps)) if at == place => steps,
            _ => usize::MAX,
        };
        world.hears_and_dies([said.clone()], steps);
        if steps != usize::MAX {
            // Lambda delivers it again, after the first one must be over.
            world.now += mins(1);
            world.hears([said]);
        }
        world.now += mins(1);
    }
    goes_on(&mut world);
    world
}

/// Time passes: what is deployed and does not fail is complete after a while, and the sweep and the
/// minute look.
fn goes_on(world: &mut World) {
    let mut quiet = 0;
    for round in 0..60 {
        quiet = if world.ticking { 0 } else { quiet + 1 };
        if quiet > 6 {
            break;
        }
        world.now += mins(1);
        let bad = world.runs(WEB) == 6;
        let under_way =
            world.at(WEB).of.deployments[0].rollout != domain::rollback::Rollout::Completed;
        if round % 2 == 1 && under_way && !bad {
            world.completes(WEB);
            world.alarm(WEB, ALARM, AlarmState::Ok);
        }
        if round % 5 == 0 {
            world.sweeps();
        } else if world.ticking {
            world.hears([Says::Minute]);
        }
    }
}

/// What it comes to, whatever the order was.
fn came_to(world: &World, plot: Plot<'_>) {
    let runs = world.runs(WEB);
    let acts = world.effects().len();
    assert!(acts <= 1, "{plot:?}: {:#?}", world.acts);
    // Somebody's newer release is there in the end, unless it was never deployed.
    let newer = plot.newer.is_some_and(|place| place < plot.words.len());
    assert_eq!(
        runs,
        if newer { 7 } else { 5 },
        "{plot:?}: {:?} {:?}",
        world.reason(WEB),
        world.kinds()
    );
    if plot.by == By::Ecs {
        assert_eq!(acts, 0, "{plot:?}");
    }
    if plot.by == By::Us && !newer {
        assert_eq!(acts, 1, "{plot:?}");
    }
    let record = world.record(WEB);
    assert!(
        !record.is_open() && !world.ticking,
        "{plot:?}: left open: {record:#?}"
    );
    assert!(
        matches!(world.reason(WEB), Reason::Steady | Reason::Good),
        "{plot:?}"
    );
    // Where an alarm was red before the newer release it cannot prove by that, and is there.
    let unprotected = newer && plot.words.contains(&Word::Alarm);
    let good = record.good.last().unwrap();
    let proved = good.release.definition == world.primary(WEB).definition;
    assert!(proved || unprotected, "{plot:?}: {record:#?}");
    let is = verdict(record, world.primary_id(WEB).as_str());
    assert_eq!(is, Verdict::Deployed, "{plot:?}");
    // People know, whoever did it; a release that never was looked at is nobody's.
    let rolled_back = ["deployment-rolled-back", "deployment-rolled-back-by-ecs"];
    let told = world
        .kinds()
        .iter()
        .filter(|kind| rolled_back.contains(kind))
        .count();
    if !newer {
        assert!(told >= 1, "{plot:?}: {:?}", world.kinds());
        assert!(told <= 2, "{plot:?}: {:?}", world.kinds());
    }
    assert!(
        !world.kinds().contains(&"rollback-not-proved"),
        "{plot:?}: {:?}",
        world.kinds()
    );
}

/// Every order of every selection of these words.
fn orders(words: &[Word]) -> Vec<Vec<Word>> {
    let mut all = vec![Vec::new()];
    let mut longest = vec![Vec::new()];
    for _ in 0..words.len() {
        let longer = longest.iter().flat_map(|order: &Vec<Word>| {
            let left = words.iter().filter(|word| !order.contains(word));
            left.map(|word| [order.as_slice(), &[*word]].concat())
        });
        longest = longer.collect();
        all.extend(longest.iter().cloned());
    }
    all
}

const EVERYBODY: [By; 3] = [By::Us, By::Ecs, By::NobodyYet];

#[test]
fn every_order_with_any_of_the_words_missing_ends_well() {
    let all = orders(&WORDS);
    assert_eq!(all.len(), 326, "every order of every selection of five");
    for by in EVERYBODY {
        for words in &all {
            let plot = Plot {
                words,
                by,
                dies: None,
                newer: None,
            };
            came_to(&plays(plot), plot);
        }
    }
}

#[test]
fn every_order_with_each_word_doubled_ends_well() {
    for by in EVERYBODY {
        for words in orders(&WORDS)
            .into_iter()
            .filter(|words| words.len() == WORDS.len())
        {
            for (place, word) in words.iter().enumerate() {
                // At once, and long after.
                let mut at_once = words.clone();
                at_once.insert(place, *word);
                let later = [words.as_slice(), &[*word]].concat();
                for words in [&at_once, &later] {
                    let plot = Plot {
                        words,
                        by,
                        dies: None,
                        newer: None,
                    };
                    came_to(&plays(plot), plot);
                }
            }
        }
    }
}

#[test]
fn a_run_that_dies_anywhere_loses_nothing() {
    let full: Vec<Vec<Word>> = orders(&WORDS);
    for by in EVERYBODY {
        for words in full.iter().filter(|words| words.len() == WORDS.len()) {
            for place in 0..words.len() {
                for steps in 0..4 {
                    let plot = Plot {
                        words,
                        by,
                        dies: Some((place, steps)),
                        newer: None,
                    };
                    came_to(&plays(plot), plot);
                }
            }
        }
    }
}

#[test]
fn somebodys_newer_release_is_never_overwritten_wherever_it_comes() {
    for by in EVERYBODY {
        for words in orders(&WORDS) {
            for place in 0..words.len() {
                for dies in [None, Some((place, 1)), Some((place, 2))] {
                    let plot = Plot {
                        words: &words,
                        by,
                        dies,
                        newer: Some(place),
                    };
                    came_to(&plays(plot), plot);
                }
            }
        }
    }
}
