//! Values to files.
