//! The program that copies a site: killed, without its site, without room, with spoilt copies, without rights.

mod house;
mod killed;
mod life;
mod room;
mod spoilt;
