//! Terraform and OpenTofu plugin protocol 6 for Rust
