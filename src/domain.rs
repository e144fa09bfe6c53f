//! The words every layer shares: ids, access classes, groups, places, text. No I/O, no clock.
