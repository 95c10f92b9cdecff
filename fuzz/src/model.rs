//! The readers of cards, locks, bundles and configurations under test, by path.
#[path = "../../src/model/bundle.rs"]
pub mod bundle;
#[path = "../../src/model/card.rs"]
pub mod card;
#[path = "../../src/model/config.rs"]
pub mod config;
#[path = "../../src/model/hub/mod.rs"]
pub mod hub;
