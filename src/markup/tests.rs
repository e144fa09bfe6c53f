//! Pairs of storage format and Markdown, there and back, and hostile bodies.
