//! The HTTP side: one port on loopback for all services. Checks where a request comes from and who
//! signed it, and hands it to the service it is for. Knows no operation of any service, except the
//! question who one is.

mod connections;
pub mod credentials;
mod refusal;
mod service;
mod signature;
mod sts;

pub use connections::serve;
pub use service::Service;
