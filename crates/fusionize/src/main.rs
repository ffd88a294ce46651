//! The command line of Fusionize

fn main() {}
