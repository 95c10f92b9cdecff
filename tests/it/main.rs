//! The one integration binary; each module says what it proves.
mod layers; // dependency direction, file length, module docs, no print in the library
