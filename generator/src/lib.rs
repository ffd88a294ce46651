//! From an application's manifest to HCL modules
