//! The provider fusion for Terraform and OpenTofu

fn main() {}
