//! Italian news in, English briefs out: every sentence cited, every figure checked.
//!
//! ```text
//! files ─► read ─► Article ─► brief ─► tokenizer ─► model ─► decode ─► brief ─► Brief ─► write ─► pages
//!                                                                        │
//!                                                  eval ◄── references ──┘ ─► EvalReport ─► write
//! ```
//!
//! Modules use only modules of a lower layer (`tests/it/layers.rs` proves it):
//!
//! ```text
//! 7 cli      6 write      5 eval      4 brief      3 decode      2 model      1 tokenizer, read      0 nn, text
//! ```
pub mod brief;
pub mod cli;
pub mod decode;
pub mod error;
pub mod eval;
pub mod model;
pub mod nn;
pub mod read;
pub mod text;
pub mod tokenizer;
pub mod write;

pub use error::{Error, Result};
