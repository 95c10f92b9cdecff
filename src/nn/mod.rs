//! Layers over tensors and slices. Knows no text.
