//! The memory of this process.

/// What all campaigns together may hold at most, in KiB. Inputs are below 20 KiB.
const MAX_RESIDENT_KIB: u64 = 512 << 10;

/// What they may ask for, in KiB: a length that is believed asks for more.
const MAX_VIRTUAL_KIB: u64 = 8 << 20;

/// No input made the process grow beyond what inputs of this size can need.
pub fn is_bounded() {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = |name: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next());
        let number = number.and_then(|number| number.parse().ok());
        number.expect("a peak")
    };
    let (resident, virtual_) = (peak("VmHWM:"), peak("VmPeak:"));
    assert!(resident < MAX_RESIDENT_KIB, "{resident} KiB resident");
    assert!(virtual_ < MAX_VIRTUAL_KIB, "{virtual_} KiB asked for");
}
