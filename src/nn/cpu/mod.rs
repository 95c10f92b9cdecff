//! The CPU path on plain slices: packed matrices, int8 or f32, and the few vector operations that a transformer needs.
//!
//! Nothing here knows a tensor library. All `unsafe` code is in `kernels`, which hands out one thing: the product of
//! at most [`kernels::ROWS`] rows with one panel of [`kernels::COLUMNS`] columns, and in `pages`, which keeps weights,
//! keys and values in huge pages. Every row is computed in an order that does not depend on its neighbours, so a result
//! is the same in any batch and on any number of threads.
pub mod attention;
pub mod kept;
pub mod kernels;
pub mod linear;
pub mod ops;
pub mod pages;
pub mod panels;
pub mod quantize;

pub use linear::{Linear, Quantized, Rows, Then};
pub use panels::Precision;
