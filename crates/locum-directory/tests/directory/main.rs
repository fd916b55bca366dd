//! The directory from outside: what it keeps, refuses, publishes and survives.

mod commits;
mod crash;
mod files;
mod fixture;
mod model;
mod refusals;
mod stores;
