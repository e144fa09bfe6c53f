//! The table of published operations against Atlassian's documents, and the requests of the tools against the table.

mod coverage;
mod documents;
mod fuzzed;
mod table;
