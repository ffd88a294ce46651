//! Drives the real tofu and terraform with the provider and the platform
