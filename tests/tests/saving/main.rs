//! Frames that are saved and restored.
mod first;
