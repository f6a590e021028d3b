//! Ctrl-C: files begun are finished, no other is begun. A second one ends the program at once.

use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// What shells give for an interrupt.
const STATUS: i32 = 130;

/// From now on the first Ctrl-C only asks. Workers see the end of the program by themselves.
pub(crate) fn ask_first() {
    // Where it cannot be installed, Ctrl-C ends the program at once, and outputs are whole still.
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::SeqCst) {
            std::process::exit(STATUS);
        }
    });
}

/// From now on Ctrl-C is left to the program that started this one.
pub(crate) fn leave_to_parent() {
    let _ = ctrlc::set_handler(|| ());
}

/// True when the run is to end.
pub(crate) fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}
