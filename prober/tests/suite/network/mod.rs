//! Measured from a network of the test's own: the program runs in a namespace of its own beside one
//! with real servers, filters and routes. Needs permission to make namespaces and a few programs of
//! Debian's; where they are missing the tests are skipped aloud, and with
//! `KUBEREACH_REQUIRE_NETWORK` set (as CI has it) they fail.

mod answers;
mod coverage;
mod filters;
mod guards;
mod handshakes;
mod names;
mod routes;
mod world;
