//! The committed Rust code of the protocol is what the files in `proto/` generate.
//!
//! `UPDATE_GENERATED=1 cargo test -p tfplugin --test generated` writes it anew.

use std::fs;
use std::path::{Path, PathBuf};

const FILES: [(&str, &str); 2] = [
    ("tfplugin6.proto", "tfplugin6.rs"),
    ("goplugin.proto", "plugin.rs"),
];

fn generate(into: &Path) {
    let protos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    let names = FILES.map(|(proto, _)| proto);
    let descriptors = protox::compile(names, [&protos]).expect("the protocol's files compile");
    tonic_prost_build::configure()
        .out_dir(into)
        .btree_map(".")
        .build_transport(false)
        .generate_default_stubs(true)
        .compile_fds(descriptors)
        .expect("Rust code is generated");
}

#[test]
fn committed_code_is_what_the_protocol_files_generate() {
    let committed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/proto");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        generate(&committed);
        return;
    }
    let fresh = tempfile::tempdir().expect("a temporary directory");
    generate(fresh.path());
    for (_, name) in FILES {
        let wanted = fs::read_to_string(fresh.path().join(name)).expect("generated code");
        let found = fs::read_to_string(committed.join(name)).unwrap_or_default();
        assert!(
            wanted == found,
            "src/proto/{name} differs from what proto/ generates: \
             run UPDATE_GENERATED=1 cargo test -p tfplugin --test generated"
        );
    }
}
