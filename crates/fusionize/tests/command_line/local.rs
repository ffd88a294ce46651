//! What is said of a platform that does not start.

use std::net::TcpListener;

use crate::support::{Folder, check_said};

#[test]
fn a_port_that_is_taken() {
    let folder = Folder::new(&[]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    check_said("port-taken", &folder.run(&["local", "--port", &port]));
}

#[test]
fn data_that_cannot_be_kept() {
    let folder = Folder::new(&[("data", "a file")]);
    check_said("data-no-folder", &folder.run(&["local", "--data", "data"]));
}
