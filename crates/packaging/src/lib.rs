//! Content hashes and deterministic packages of fused functions
