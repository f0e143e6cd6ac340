//! Every order of what can be said of one instance, with each word missing, doubled and late.
//!
//! What is written when is watched by the world; here it is looked at what everything came to.

use domain::drain::{Ending, Says};
use jiff::{SignedDuration, Timestamp};

use crate::made::{at, evicted, hook, rebalance, state, warning};
use crate::world::{World, world};

/// A word, and when it is true: EC2 warns at noon and takes the machine two minutes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Rebalance,
    Warning,
    Hook,
    ShuttingDown,
    Terminated,
    Evicted,
}

const WORDS: [Word; 6] = [
    Word::Rebalance,
    Word::Warning,
    Word::Hook,
    Word::ShuttingDown,
    Word::Terminated,
    Word::Evicted,
];

impl Word {
    fn is_true_at(self) -> Timestamp {
        at(match self {
            Self::Rebalance => -90,
            Self::Warning => 0,
            Self::Hook => 5,
            Self::ShuttingDown => 120,
            Self::Terminated => 150,
            Self::Evicted => 125,
        })
    }

    fn says(self) -> Says {
        match self {
            Self::Rebalance => rebalance(1),
            Self::Warning => warning(1),
            Self::Hook => hook(1),
            Self::ShuttingDown => state(1, "shutting-down"),
            Self::Terminated => state(1, "terminated"),
            Self::Evicted => evicted(&[1]),
        }
    }
}

/// A word, and how late it comes.
type Told = (Word, SignedDuration);

/// A machine with a task that leaves and one that does not, in a fleet of ten.
fn one() -> World {
    let mut world = world();
    world.machine(1, "prod");
    world.fleet().desired = 10;
    world.fleet().in_service = 10;
    world.fleet().spot = 10;
    world.serves("prod/leaves", Some(20));
    world.runs("prod/leaves", 1);
    world.serves("prod/stays", None);
    world.runs("prod/stays", 1);
    world
}

/// Tells the words in this order, each as soon as it is true and not before the one before it.
fn tells(words: &[Told]) -> World {
    let mut world = one();
    let taken = words
        .iter()
        .any(|(word, _)| !matches!(word, Word::Rebalance | Word::Hook));
    if taken {
        world.at(1).taken = Some(at(120));
    }
    for (word, late) in words {
        let when = (word.is_true_at() + *late).max(world.now);
        world.until(when);
        world.hears_of([(word.is_true_at(), word.says())], usize::MAX);
    }
    for _ in 0..6 {
        if world.is_quiet() {
            break;
        }
        let next = world.now + SignedDuration::from_mins(30);
        world.until(next);
        world.hears([Says::Sweep]);
    }
    world
}

/// What it comes to, whatever the order was.
fn came_to(world: &World, words: &[Told]) {
    assert!(
        world.is_quiet(),
        "{words:?}: left open: {:#?}",
        world.drains
    );
    assert!(
        world.outcomes.len() <= 1,
        "{words:?}: {:#?}",
        world.outcomes
    );
    let heard = |word: Word| words.iter().any(|(told, _)| *told == word);
    let lost = heard(Word::Warning) || heard(Word::Evicted);
    // What is heard of when the window of a surge is over counts for none.
    let counts = usize::from(lost && !world.counts.is_empty());
    assert_eq!(world.counts.len(), counts, "{words:?}");
    assert!(world.incidents.is_empty(), "one is no surge: {words:?}");
    if heard(Word::Hook) && !lost {
        let machine = &world.machines[&crate::made::id(1)];
        assert!(machine.completed > 0 || machine.gone, "{words:?}");
    }
    let Some(outcome) = world.outcomes.first() else {
        let silent = !lost && !heard(Word::Hook);
        assert!(silent, "{words:?}: nothing was written down");
        return;
    };
    let fates = outcome.left + outcome.killed + outcome.orphaned;
    let may = match outcome.ending {
        Ending::GivenBack | Ending::Replaced => heard(Word::Rebalance),
        Ending::Released => heard(Word::Hook),
        Ending::InterruptedWithoutWarning => heard(Word::Evicted),
        Ending::Interrupted | Ending::WarnedTooLate | Ending::Spared => heard(Word::Warning),
    };
    assert!(may, "{words:?}: {outcome:?}");
    let long_over = outcome.ending == Ending::WarnedTooLate && outcome.lead.is_none();
    if outcome.ending != Ending::GivenBack && !long_over {
        assert_eq!(fates, 2, "{words:?}: {outcome:?}");
    }
    // Who is warned in time gets everybody out.
    let in_time = words.iter().position(|(word, _)| *word == Word::Warning);
    if in_time == Some(0) && words[0].1 == SignedDuration::ZERO {
        assert_eq!((outcome.left, outcome.killed), (2, 0), "{words:?}");
    }
}

/// Every order of every choice of the words.
fn orders() -> Vec<Vec<Word>> {
    fn longer(order: &mut Vec<Word>, orders: &mut Vec<Vec<Word>>) {
        orders.push(order.clone());
        for word in WORDS {
            if !order.contains(&word) {
                order.push(word);
                longer(order, orders);
                order.pop();
            }
        }
    }
    let mut orders = Vec::new();
    longer(&mut Vec::new(), &mut orders);
    orders
}

fn prompt(order: &[Word]) -> Vec<Told> {
    order
        .iter()
        .map(|word| (*word, SignedDuration::ZERO))
        .collect()
}

#[test]
fn every_order_with_each_word_missing_comes_to_what_it_must() {
    let orders = orders();
    assert_eq!(orders.len(), 1957);
    for order in orders {
        let words = prompt(&order);
        came_to(&tells(&words), &words);
    }
}

/// The orders of all six.
fn whole() -> Vec<Vec<Word>> {
    let whole: Vec<Vec<Word>> = orders().into_iter().filter(|o| o.len() == 6).collect();
    assert_eq!(whole.len(), 720);
    whole
}

#[test]
fn every_order_with_each_word_doubled_at_once_comes_to_what_it_must() {
    for (number, order) in whole().into_iter().enumerate() {
        // Which one is doubled goes round, so that each is doubled in every place.
        let doubled = number % 6;
        let mut words = prompt(&order);
        words.insert(doubled, (order[doubled], SignedDuration::ZERO));
        came_to(&tells(&words), &words);
    }
}

#[test]
fn every_order_with_each_word_told_again_when_all_is_over_comes_to_what_it_must() {
    for order in whole() {
        for again in &order {
            let mut words = prompt(&order);
            words.push((*again, SignedDuration::from_secs(3_000)));
            came_to(&tells(&words), &words);
        }
    }
}

#[test]
fn every_order_with_each_word_late_comes_to_what_it_must() {
    for (number, order) in whole().into_iter().enumerate() {
        for late in 0..order.len() {
            let seconds = [130, 1_000][number % 2];
            let mut words = prompt(&order);
            words[late].1 = SignedDuration::from_secs(seconds);
            came_to(&tells(&words), &words);
        }
    }
}
