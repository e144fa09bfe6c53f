//! Sluice: a Model Context Protocol server for Confluence Cloud in which every call passes one gate.
//!
//! # The layers
//!
//! A tower, read from top to bottom like a table of contents: each layer uses only those above it. The simulated site
//! stands apart and may use `domain` alone, so that it cannot share a mistake with what is tested against it.
//!
//! | layer | what it knows | what it touches |
//! |---|---|---|
//! | [`domain`] | the words every layer shares: ids, access classes, groups, places, limits, text | nothing |
//! | [`clock`] | what time it is, and how to wait | the machine's clock |
//! | [`published`] | every operation that Confluence publishes, reviewed, and which one a path is | nothing |
//! | [`policy`] | profiles, the decision, the gate and its permits; the ports it asks through | nothing |
//! | [`markup`] | page bodies: storage format, ADF and HTML read as Markdown, Markdown written, bodies edited block by block | nothing |
//! | [`confluence`] | requests as values, CQL, and the one client that sends requests | HTTP to Confluence |
//! | [`config`] | every setting, where it may come from, what it means | environment, files it is pointed to |
//! | [`telemetry`] | what is counted and timed, and spans for a collector | HTTP to the collector, where one is set |
//! | [`outside`] | bounded HTTP to hosts that are not Confluence | HTTP, without credentials for Confluence |
//! | [`keys`] | data keys that seal secrets, and who keeps the keys that wrap them | key files, the keyring, HTTP to key vaults |
//! | [`connect`] | signing in, sealed connections, tokens renewed one at a time | the data directory, HTTP to the sign-in host and the gateway's list of sites, the callback's address |
//! | [`people`] | who agents and approvers are, and how they prove it | `agents.toml`, `approvers.toml` |
//! | [`identity`] | who asks over HTTP, and how it proves it | HTTP to issuers, for their keys |
//! | [`store`] | sealed records in order, changed in batches, and one chained log | the data directory |
//! | [`index`] | copies of documents, found by their words | the data directory |
//! | [`audit`] | the rows of what was asked, decided and done, and whether they are whole | the store, old rows in files |
//! | [`approval`] | planned writes, the durable record of each, who may decide, the one place that sends them | the store, the client |
//! | [`notice`] | who is told outside that a write or a connection waits for somebody, and the command that is asked | HTTP to the webhook, a process |
//! | [`sources`] | other sources of documentation, read only, and their copies | HTTP to their APIs, their folders, the data directory |
//! | [`sync`] | what of a site to copy next, and carrying it out | the client, the store, the index |
//! | [`tools`] | one file per operation, and the list of them | the client, the folder for files |
//! | [`app`] | how client, gate, memory and tools fit together | nothing of its own |
//! | [`mcp`] | the protocol's words for the tools and their answers | the streams it is given |
//! | [`control`] | what people ask and decide, whether in the terminal or elsewhere | nothing of its own |
//! | [`dashboard`] | where people look after things and decide, with a browser or a program of theirs | the address it listens at, `approvers.toml` |
//! | [`endpoint`] | where agents are served over HTTP: names, keys, bounds, health, the orderly end | the address it listens at |
//! | [`owner`] | who owns a data directory, and how later processes serve through the owner | the lock and the control socket |
//! | [`sandbox`] | a simulated Confluence Cloud site | the ports it listens on |
//! | [`cli`] | the command line | terminal, standard streams |
//!
//! # What always holds
//!
//! 1. Requests leave only through [`confluence::Client`], and it sends none without a permit; that this cannot be
//!    written otherwise stands in examples beside it that must not compile. Others speak HTTP, never to Confluence's
//!    API: sign-ins, with the list of a grant's sites and the look-up of a site's id, key vaults, and other sources of
//!    documentation, all through [`outside`]; the look-up of issuers' keys; the webhook; and the spans that go to a
//!    collector. Held by `only_the_client_and_what_carries_no_credentials_for_it_speak_http`,
//!    `a_permit_for_one_write_sends_no_other`.
//! 2. Permits are made by the gate alone, after it has decided, asked and written down. Held by the examples beside
//!    [`policy::Permit`] and by `a_passed_write_is_written_down_before_it_is_sent_and_again_when_it_ended`,
//!    `a_write_that_cannot_be_written_down_is_not_sent`.
//! 3. A thing is judged where it is, not where a caller says it is. Held by
//!    `a_write_is_judged_at_every_place_it_touches_and_asks_the_site_now`,
//!    `what_cannot_say_where_it_is_counts_as_hidden`.
//! 4. No request deletes a space: there is no constructor for one, and the client's last step refuses every spelling
//!    of it; nothing leaves that is no published operation or one that is never sent. Held by the examples beside
//!    [`confluence::Request`] and by `no_spelling_deletes_a_space`, `a_space_is_never_deleted`,
//!    `no_tool_deletes_a_space_or_says_that_it_could`, `no_hostile_request_changes_anything_under_full_access`,
//!    `nothing_that_the_sites_own_router_reads_as_a_space_delete_is_ever_sent`.
//! 5. A tool declares its access class and everything else follows from it; what a built request amounts to may raise
//!    the class and never lowers it. Held by `a_name_is_verb_noun_and_its_verb_belongs_to_the_access_class`,
//!    `an_update_that_amounts_to_a_delete_is_judged_as_one`, `no_effect_lowers_what_the_tool_or_the_request_declares`.
//! 6. Words, policy and markup read no clock and touch neither files nor network. Held by
//!    `words_policy_and_markup_touch_nothing`.
//! 7. Reads never wait for approval; where a profile requires it, no write goes on without. Held by
//!    `a_read_never_waits_for_approval`, `a_write_never_goes_on_unapproved_where_approval_is_required`,
//!    `nothing_is_sent_that_was_not_approved_and_nothing_succeeds_that_was_not_sent`.
//! 8. While Sluice serves, standard output belongs to the protocol. Held by the lints in `Cargo.toml` and by
//!    `standard_output_is_opened_in_few_places`.
//! 9. No tool can approve. Held by `no_tool_can_approve_or_make_a_permit`.
//! 10. What a caller may not read looks like what is not there. Held by
//!     `what_is_hidden_is_answered_word_for_word_like_what_is_missing`,
//!     `lists_and_searches_show_nothing_of_a_hidden_space`,
//!     `what_lies_outside_the_pages_that_are_allowed_is_answered_word_for_word_like_what_is_missing`,
//!     `what_is_restricted_is_answered_word_for_word_like_what_is_missing`,
//!     `lists_show_nothing_that_somebody_is_kept_from_reading`.
//! 11. Words from Confluence stay quotations in what Sluice says. Held by
//!     `upstream_words_stay_quoted_and_harmless`, `a_quotation_is_one_cut_line_without_backticks`.
//! 12. The request that was approved is the request that is sent, byte for byte, once. Held by
//!     `a_permit_covers_the_one_request_it_names`, `the_digest_covers_method_path_query_and_body`,
//!     `a_write_that_was_cut_off_is_not_repeated`, `a_kept_write_becomes_the_same_request_again`,
//!     `a_write_that_took_effect_before_the_end_is_found_and_not_sent_again`,
//!     `a_set_that_was_cut_off_goes_on_from_the_first_step_that_is_not_done`.
//! 13. An edit changes the bytes it names and no others. Held by `writing_back_what_was_read_changes_no_byte`,
//!     `a_block_replaced_by_itself_and_more_changes_its_own_bytes_alone`,
//!     `each_operation_changes_its_part_and_no_other_byte`.

pub mod app;
pub mod approval;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod config;
pub mod confluence;
pub mod connect;
pub mod control;
pub mod dashboard;
pub mod domain;
pub mod endpoint;
pub mod identity;
pub mod index;
pub mod keys;
pub mod markup;
pub mod mcp;
pub mod notice;
pub mod outside;
pub mod owner;
pub mod people;
pub mod policy;
pub mod published;
pub mod sandbox;
pub mod sources;
pub mod store;
pub mod sync;
pub mod telemetry;
pub mod tools;
