//! Reads finished sheets back.
