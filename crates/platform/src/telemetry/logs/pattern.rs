//! Filter patterns of FilterLogEvents: words, phrases, and conditions on JSON members.
