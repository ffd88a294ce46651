//! Observation, workload model, forecast, search and decision over fusion setups, all pure
