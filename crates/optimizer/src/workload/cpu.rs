//! How long CPU work takes under a function's quota.
//!
//! A function of `m` MB may use `20 ms * m / 1769` of CPU time in every 20 ms, so
//! that 1769 MB are one vCPU. Work below that slice runs at full speed at any
//! size; beyond it, it proceeds at `m / 1769`.

/// Memory of one vCPU in MB.
const MB_PER_VCPU: f64 = 1769.0;
/// The quota's period in milliseconds.
const PERIOD_MS: f64 = 20.0;

/// Wall time of `cpu_ms` of CPU time (of all threads) that keeps `parallelism`
/// threads busy, at `memory_mb`.
///
/// ```text
/// v = m / 1769
/// v >= p          cpu / p
/// cpu <= 20 v     cpu / p
/// else            20 v / p + (cpu - 20 v) / v
/// ```
pub fn busy_ms(cpu_ms: f64, parallelism: f64, memory_mb: u32) -> f64 {
    let vcpus = f64::from(memory_mb) / MB_PER_VCPU;
    let parallelism = parallelism.max(1.0);
    let slice_ms = PERIOD_MS * vcpus;
    if vcpus >= parallelism || cpu_ms <= slice_ms {
        return cpu_ms / parallelism;
    }
    slice_ms / parallelism + (cpu_ms - slice_ms) / vcpus
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn work_below_the_slice_runs_at_full_speed() {
        // 128 MB allow 1.447 ms of CPU in 20 ms.
        assert!((busy_ms(1.4, 1.0, 128) - 1.4).abs() < 1e-9);
        assert!(busy_ms(2.0, 1.0, 128) > 7.0);
    }

    #[test]
    fn long_work_takes_its_share_of_a_vcpu() {
        let wall = busy_ms(1000.0, 1.0, 128);
        assert!(
            (wall / (1000.0 * 1769.0 / 128.0) - 1.0).abs() < 0.01,
            "{wall}"
        );
        assert!(
            (busy_ms(1000.0, 1.0, 3538) - 1000.0).abs() < 1e-9,
            "one thread has one vCPU"
        );
        assert!(
            (busy_ms(1000.0, 2.0, 3538) - 500.0).abs() < 1e-9,
            "two threads have two"
        );
    }

    proptest! {
        #[test]
        fn more_memory_is_never_slower(cpu in 0.0..5000.0_f64, threads in 1.0..8.0_f64, m in 128_u32..10_000) {
            prop_assert!(busy_ms(cpu, threads, m + 1) <= busy_ms(cpu, threads, m) + 1e-9);
            prop_assert!(busy_ms(cpu, threads, m) >= cpu / threads - 1e-9);
        }
    }
}
