//! Writes HCL.
