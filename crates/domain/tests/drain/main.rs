//! The decision of `spot-drain`, told as sentences about a small model of the world.

#![cfg(test)]

mod made;
mod world;

mod hooks;
mod orders;
mod pages;
mod properties;
mod recommendations;
mod services;
mod speed;
mod surges;
mod tags;
mod warnings;
