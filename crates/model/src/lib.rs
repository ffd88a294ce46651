//! Fusionize's vocabulary: applications, call graphs, fusion setups and their notation, telemetry contract, units
