//! The time of a worker: what counts is the processor's, so that a machine that is busy with other
//! things ends nothing; the clock's own limit is long, and for files that keep it waiting.

use std::time::Duration;

/// How many times as long by the clock.
pub(super) const PATIENCE: u32 = 5;

/// What a file may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    /// Time of the processor.
    pub(super) processor: Duration,
}

/// Which time was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Processor,
    Clock,
}

impl Allowance {
    pub(super) fn clock(self) -> Duration {
        self.processor.saturating_mul(PATIENCE)
    }

    /// How long to wait before looking again, after so much time of the processor and by the clock;
    /// where the system does not tell the processor's, the clock's stands for it.
    pub(super) fn left(self, used: Option<Duration>, elapsed: Duration) -> Result<Duration, Over> {
        let unused = self.processor.checked_sub(used.unwrap_or(elapsed)).unwrap_or_default();
        let unpassed = self.clock().checked_sub(elapsed).unwrap_or_default();
        match (unused.is_zero(), unpassed.is_zero()) {
            (true, _) => Err(Over::Processor),
            (_, true) => Err(Over::Clock),
            _ => Ok(unused.min(unpassed).max(LOOK)),
        }
    }
}

/// The shortest wait: what systems count by.
const LOOK: Duration = Duration::from_millis(20);

/// The time of the processor that a process has used, as far as the system tells.
pub(super) fn used(process: u32) -> Option<Duration> {
    system::used(process)
}

#[cfg(target_os = "linux")]
mod system {
    use std::time::Duration;

    /// From `/proc/PID/stat`: the 14th and 15th field, in ticks.
    pub(super) fn used(process: u32) -> Option<Duration> {
        let line = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The second field is a name in brackets, which may hold blanks and brackets.
        let mut fields = line.rsplit_once(')')?.1.split_whitespace().skip(11);
        let mut ticks = || fields.next()?.parse::<u64>().ok();
        let ticks = ticks()?.checked_add(ticks()?)?;
        let a_second = rustix::param::clock_ticks_per_second();
        Some(Duration::from_millis(ticks.checked_mul(1000)?.checked_div(a_second)?))
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::time::Duration;

    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

    pub(super) fn used(process: u32) -> Option<Duration> {
        let pid = Pid::from_u32(process);
        let mut system = System::new().ok()?;
        let kind = ProcessRefreshKind::nothing().with_cpu();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, kind);
        Some(Duration::from_millis(system.process(pid)?.accumulated_cpu_time()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_machine_takes_no_time() {
        let seconds = Duration::from_secs;
        let allowed = Allowance { processor: seconds(60) };
        assert_eq!(allowed.left(Some(seconds(1)), seconds(200)), Ok(seconds(59)));
        assert_eq!(allowed.left(Some(seconds(1)), seconds(299)), Ok(seconds(1)));
        assert_eq!(allowed.left(Some(seconds(1)), seconds(300)), Err(Over::Clock));
        assert_eq!(allowed.left(Some(seconds(60)), seconds(61)), Err(Over::Processor));
        assert_eq!(allowed.left(None, seconds(60)), Err(Over::Processor));
    }

    #[test]
    fn the_time_of_this_process_is_known() {
        let mut sum = 0_u64;
        let began = std::time::Instant::now();
        let before = used(std::process::id()).unwrap();
        while began.elapsed() < Duration::from_millis(300) {
            sum = std::hint::black_box(sum + 1);
        }
        let spent = used(std::process::id()).unwrap().saturating_sub(before);
        assert!(!spent.is_zero() && spent < Duration::from_mins(1), "{spent:?}");
    }
}
