//! The clients.
