//! Work by many hands, results in order.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Items begun before the first of them must be done: what may wait in memory when one item takes
/// long. Large enough that a file which runs into its time limit rarely stops the others.
const AHEAD: usize = 64;

/// An item, and where its result goes.
type Task<T, R> = (T, SyncSender<R>);

/// Works on items with several hands at once and takes the results in the order of the items.
///
/// Each hand is made on the thread it works on and serves many items. This is less than a
/// work-stealing pool and all that is needed: items are files, each milliseconds of work, and the
/// results must come in order with only so many of them waiting.
pub fn ordered<T, R, H>(
    items: impl IntoIterator<Item = T>,
    hands: usize,
    hand: impl Fn() -> H + Sync,
    mut take: impl FnMut(R),
) where
    T: Send,
    R: Send,
    H: FnMut(T) -> R,
{
    // One item lies ready: to hand each over directly keeps a core busy with waiting.
    let (tasks, queue) = sync_channel::<Task<T, R>>(1);
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        for _ in 0..hands.max(1) {
            scope.spawn(|| work(&queue, hand()));
        }
        let mut waiting: VecDeque<Receiver<R>> = VecDeque::new();
        for item in items {
            let (result, place) = sync_channel(1);
            // Every hand gone means that each panicked; the scope passes the panic on.
            if tasks.send((item, result)).is_err() {
                break;
            }
            waiting.push_back(place);
            // What is done is taken at once; the rest waits, but never more than so much of it.
            while let Some(first) = waiting.pop_front() {
                let done =
                    if waiting.len() < AHEAD { first.try_recv().ok() } else { first.recv().ok() };
                let Some(result) = done else {
                    waiting.push_front(first);
                    break;
                };
                take(result);
            }
        }
        drop(tasks);
        waiting.into_iter().filter_map(|place| place.recv().ok()).for_each(take);
    });
}

fn work<T, R>(queue: &Mutex<Receiver<Task<T, R>>>, mut hand: impl FnMut(T) -> R) {
    loop {
        let next = match queue.lock() {
            Ok(queue) => queue.recv(),
            Err(_) => return,
        };
        let Ok((item, result)) = next else { return };
        // The receiver waits as long as the scope lives.
        let _ = result.send(hand(item));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn results_come_in_order_whatever_takes_longest() {
        let mut taken = Vec::new();
        let hand = || {
            |item: u64| {
                thread::sleep(Duration::from_micros(if item.is_multiple_of(7) {
                    3000
                } else {
                    10
                }));
                item
            }
        };
        ordered(0..300, 4, hand, |item| taken.push(item));
        assert_eq!(taken, (0..300).collect::<Vec<_>>());
    }

    #[test]
    fn only_so_much_waits_for_a_slow_first() {
        let begun = AtomicUsize::new(0);
        let most = AtomicUsize::new(0);
        let hand = || {
            |item: usize| {
                begun.fetch_add(1, Ordering::SeqCst);
                if item == 0 {
                    thread::sleep(Duration::from_millis(200));
                    most.store(begun.load(Ordering::SeqCst), Ordering::SeqCst);
                }
                item
            }
        };
        ordered(0..10_000, 4, hand, |_| ());
        assert!(most.load(Ordering::SeqCst) <= AHEAD + 8, "{most:?}");
        assert_eq!(begun.load(Ordering::SeqCst), 10_000);
    }

    #[test]
    fn hands_serve_many_items() {
        let made = AtomicUsize::new(0);
        let hand = || {
            made.fetch_add(1, Ordering::SeqCst);
            |item: usize| item
        };
        let mut sum = 0;
        ordered(1..=100, 3, hand, |item| sum += item);
        assert_eq!((sum, made.load(Ordering::SeqCst)), (5050, 3));
    }
}
