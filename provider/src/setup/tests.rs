//! Plans and checks of `fusion_setup`, asked as a host would, without any host.

mod plans;
mod properties;
mod sample;
mod wrong;
