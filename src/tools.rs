//! The tools agents see: one file per operation, five groups, one list.

pub mod answer;
pub mod attachments;
pub mod call;
pub mod context;
pub mod error;
pub mod listing;
pub mod matched;
pub mod pages;
pub mod search;
pub mod session;
pub mod spaces;
pub mod users;

use std::fmt;
use std::future::Future;

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::approval::Plan;
use crate::confluence::reply::Reply;
use crate::domain::access::{Access, AccessClass, Read, WriteAccess};
use crate::domain::digest::Digest;
use crate::domain::group::Group;
use crate::domain::ids::ApprovalId;
use crate::domain::place::Place;
use crate::policy::profile::{Mode, Profile, Switch, ToolSet};
use crate::policy::{Permit, ToolFacts, Unsifted};

pub use answer::{Answer, Content, Output, Written, schema};
pub use call::{Begun, Call, Catalog, NotTakenBack, Reads, Single, Step, scopes, submit, told, undo};
pub use context::Context;
pub use error::ToolError;

/// An operation that changes nothing. No item has a default, so nothing can be forgotten:
///
/// ```compile_fail,E0046
/// # use sluice::{domain::{access::Read, group::Group, place::Place}, policy::{Permit, Unsifted}, tools::*};
/// struct GetNothing;
/// impl ReadTool for GetNothing {
///     const NAME: &'static str = "get_nothing";
///     const GROUP: Group = Group::Pages;
///     const TITLE: &'static str = "Get nothing";
///     const DESCRIPTION: &'static str = "Gets nothing.";
///     const SCOPES: &'static [&'static str] = &[];
///     type Input = NoInput;
///     type Output = answer::Document;
///     fn subject(_: &NoInput) -> Place { Place::Nowhere }
///     async fn read(_: NoInput, _: &Permit<Read>, _: &Context) -> Result<Unsifted<answer::Document>, ToolError> {
///         Ok(Unsifted::one(Place::Nowhere, answer::Document::new(String::new())))
///     }
/// }
/// ```
///
/// ```
/// # use sluice::{domain::{access::Read, group::Group, place::Place}, policy::{Permit, Unsifted}, tools::*};
/// struct GetNothing;
/// impl ReadTool for GetNothing {
///     const NAME: &'static str = "get_nothing";
///     const GROUP: Group = Group::Pages;
///     const TITLE: &'static str = "Get nothing";
///     const DESCRIPTION: &'static str = "Gets nothing.";
///     const SCOPES: &'static [&'static str] = &[];
///     type Access = Read;
///     type Input = NoInput;
///     type Output = answer::Document;
///     fn subject(_: &NoInput) -> Place { Place::Nowhere }
///     async fn read(_: NoInput, _: &Permit<Read>, _: &Context) -> Result<Unsifted<answer::Document>, ToolError> {
///         Ok(Unsifted::one(Place::Nowhere, answer::Document::new(String::new())))
///     }
/// }
/// ```
pub trait ReadTool: 'static {
    /// `verb_noun`, as agents call it.
    const NAME: &'static str;
    /// The group whose switches apply.
    const GROUP: Group;
    /// For people.
    const TITLE: &'static str;
    /// For agents: what and when first, then when not.
    const DESCRIPTION: &'static str;
    /// The OAuth scopes of all that a call asks for, by the names in [`scopes`]: its own requests, and what looks up
    /// places, spaces and people for it.
    const SCOPES: &'static [&'static str];
    /// `Read`.
    type Access: Access + IsRead;
    /// Arguments.
    type Input: DeserializeOwned + JsonSchema + Send;
    /// Answer.
    type Output: Output;

    /// Where the arguments say the call looks; judged before anything is read.
    /// `Place::Nowhere` where only the answer says where it is, or where it is in no space.
    fn subject(input: &Self::Input) -> Place;

    /// Reads; the gate opens the answer. What is wrong with the arguments is told before anything is read; after that,
    /// nothing may fail so that a hidden thing could be told from a missing one. Where more is fetched from a thing,
    /// or an error speaks of it, [`Context::sees`] comes first.
    fn read(
        input: Self::Input,
        permit: &Permit<Read>,
        context: &Context,
    ) -> impl Future<Output = Result<Unsifted<Self::Output>, ToolError>> + Send;
}

/// The class of read tools.
pub trait IsRead {}
impl IsRead for Read {}

/// An operation that changes the site. It plans and reads the answer; it never sends.
///
/// ```compile_fail,E0599
/// # use sluice::{approval::Plan, domain::access::Create, confluence::Request, tools::*};
/// async fn plan(reads: &Reads<'_>, request: Request<Create>) { let _ = reads.send(request).await; }
/// ```
///
/// ```
/// # use sluice::{confluence::api, domain::ids::ContentId, tools::*};
/// async fn plan(reads: &Reads<'_>, page: &ContentId) { let _ = reads.page(page).await; }
/// ```
pub trait WriteTool: 'static {
    /// `verb_noun`, as agents call it.
    const NAME: &'static str;
    /// The group whose switches apply.
    const GROUP: Group;
    /// For people.
    const TITLE: &'static str;
    /// For agents: what and when first, then when not.
    const DESCRIPTION: &'static str;
    /// The OAuth scopes of all that a call asks for, by the names in [`scopes`]: what the plan reads, the one request,
    /// and what finds out whether it happened when its answer is lost.
    const SCOPES: &'static [&'static str];
    /// The scopes that undoing it needs besides.
    const UNDO_SCOPES: &'static [&'static str];
    /// `Create`, `Update` or `Delete`.
    type Access: WriteAccess;
    /// Arguments.
    type Input: DeserializeOwned + JsonSchema + Send + Sync;

    /// Whether the arguments ask only what the write would do; then it is planned and judged, and nothing is sent or kept.
    fn only_shows(_input: &Self::Input) -> bool {
        false
    }

    /// The group whose switches apply to a call with these arguments, where they may name a thing of another.
    fn group(_input: &Self::Input) -> Group {
        Self::GROUP
    }

    /// Plans the one request; may only read.
    fn plan(
        input: &Self::Input,
        reads: &Reads<'_>,
    ) -> impl Future<Output = Result<Plan<Self::Access>, ToolError>> + Send;

    /// Reads Confluence's answer to the request that was sent.
    fn answer(input: &Self::Input, reply: &Reply, context: &Context) -> Result<Written, ToolError>;
}

/// An operation on the caller's own approvals; nothing of it reaches the site but through a write of its own.
pub trait SessionTool: 'static {
    /// `verb_noun`, as agents call it.
    const NAME: &'static str;
    /// For people.
    const TITLE: &'static str;
    /// For agents: what and when first, then when not.
    const DESCRIPTION: &'static str;
    /// The strongest class it can lead to.
    const CLASS: AccessClass;
    /// Arguments.
    type Input: DeserializeOwned + JsonSchema + Send;

    /// Does it.
    fn run(input: Self::Input, call: &Call<'_>) -> impl Future<Output = Result<Begun, ToolError>> + Send;

    /// Schema of the structured content.
    fn output_schema() -> Map<String, Value>;
}

/// Several writes that are decided on as one. It only says which calls of write tools they are.
pub trait SeveralTool: 'static {
    /// `verb_noun`, as agents call it.
    const NAME: &'static str;
    /// The group whose switches apply to the call; each write is judged by those of its own tool besides.
    const GROUP: Group;
    /// For people.
    const TITLE: &'static str;
    /// For agents: what and when first, then when not.
    const DESCRIPTION: &'static str;
    /// The OAuth scopes of what it leads to by itself.
    const SCOPES: &'static [&'static str];
    /// The scopes that undoing it needs besides.
    const UNDO_SCOPES: &'static [&'static str];
    /// The strongest class it always leads to.
    const CLASS: AccessClass;
    /// Arguments.
    type Input: DeserializeOwned + JsonSchema + Send;

    /// Whether the arguments ask only what the writes would do.
    fn only_shows(input: &Self::Input) -> bool;

    /// The calls, in their order.
    fn singles(input: Self::Input) -> Result<Vec<Single>, ToolError>;
}

/// An operation that is whichever published one its arguments say: judged by that one's row of the table.
pub trait MatchedTool: 'static {
    /// As agents call it.
    const NAME: &'static str;
    /// For people.
    const TITLE: &'static str;
    /// For agents: what and when first, then when not.
    const DESCRIPTION: &'static str;
    /// The strongest class it can reach.
    const CLASS: AccessClass;
    /// Arguments.
    type Input: DeserializeOwned + JsonSchema + Send;

    /// Reads, or plans a write and has it carried out.
    fn run(arguments: Map<String, Value>, call: &Call<'_>) -> impl Future<Output = Result<Begun, ToolError>> + Send;

    /// Reads Confluence's answer to a write.
    fn answer(reply: &Reply) -> Written;

    /// Schema of the structured content.
    fn output_schema() -> Map<String, Value>;
}

/// No arguments.
#[derive(Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoInput {}

/// What policy judges a read by.
const fn facts_of_read<T: ReadTool>() -> ToolFacts {
    ToolFacts { name: T::NAME, group: T::GROUP, class: <T::Access as Access>::CLASS }
}

/// What policy judges a write by.
const fn facts_of_write<T: WriteTool>() -> ToolFacts {
    ToolFacts { name: T::NAME, group: T::GROUP, class: <T::Access as Access>::CLASS }
}

type CallTool = for<'a> fn(&'a Call<'a>, Map<String, Value>) -> BoxFuture<'a, Result<Begun, ToolError>>;
/// How one write of several is planned.
type PlanStep = for<'a> fn(&'a Call<'a>, ApprovalId, Map<String, Value>) -> BoxFuture<'a, Result<Step, ToolError>>;
/// How a write tool reads a reply: from its arguments as they were kept.
type ReadReply = fn(&[u8], &Reply, &Context) -> Result<Written, ToolError>;

/// One tool as the catalog lists it.
#[derive(Clone, Copy)]
pub struct Entry {
    /// What policy judges by.
    pub facts: ToolFacts,
    /// For people.
    pub title: &'static str,
    /// For agents.
    pub description: &'static str,
    /// Schema of the arguments.
    pub input_schema: fn() -> Map<String, Value>,
    /// Schema of `structuredContent`; body-heavy reads have none.
    pub output_schema: fn() -> Option<Map<String, Value>>,
    /// Through the gate and back.
    pub call: CallTool,
    /// How Confluence's answer is read, where it is a write.
    pub answer: Option<ReadReply>,
    /// How a call is planned as one of several, where it is one write.
    pub step: Option<PlanStep>,
    /// The OAuth scopes of all that a call asks for.
    pub scopes: &'static [&'static str],
    /// The scopes that undoing it needs besides.
    pub undo_scopes: &'static [&'static str],
}

impl Entry {
    /// A read.
    pub const fn read<T: ReadTool>() -> Self {
        Self {
            facts: facts_of_read::<T>(),
            title: T::TITLE,
            description: T::DESCRIPTION,
            input_schema: schema::of::<T::Input>,
            output_schema: T::Output::schema,
            call: |call, arguments| Box::pin(async move { Ok(Begun::Ended(call.read::<T>(arguments).await?)) }),
            answer: None,
            step: None,
            scopes: T::SCOPES,
            undo_scopes: &[],
        }
    }

    /// A write.
    pub const fn write<T: WriteTool>() -> Self {
        Self {
            facts: facts_of_write::<T>(),
            title: T::TITLE,
            description: T::DESCRIPTION,
            input_schema: schema::of::<T::Input>,
            output_schema: Written::schema,
            call: |call, arguments| Box::pin(call.write::<T>(arguments)),
            answer: Some(|arguments, reply, context| {
                // They were read once before they were kept.
                let input = serde_json::from_slice(arguments).map_err(|_| ToolError::fault())?;
                T::answer(&input, reply, context)
            }),
            step: Some(|call, id, arguments| Box::pin(call.step::<T>(id, arguments))),
            scopes: T::SCOPES,
            undo_scopes: T::UNDO_SCOPES,
        }
    }
}

impl Entry {
    /// Several writes decided on as one.
    pub const fn several<T: SeveralTool>() -> Self {
        Self {
            facts: ToolFacts { name: T::NAME, group: T::GROUP, class: T::CLASS },
            title: T::TITLE,
            description: T::DESCRIPTION,
            input_schema: schema::of::<T::Input>,
            output_schema: Written::schema,
            call: |call, arguments| Box::pin(call.several::<T>(arguments)),
            answer: None,
            step: None,
            scopes: T::SCOPES,
            undo_scopes: T::UNDO_SCOPES,
        }
    }

    /// An operation on the caller's own approvals.
    pub const fn session<T: SessionTool>() -> Self {
        Self {
            facts: ToolFacts { name: T::NAME, group: Group::Session, class: T::CLASS },
            title: T::TITLE,
            description: T::DESCRIPTION,
            input_schema: schema::of::<T::Input>,
            output_schema: || Some(T::output_schema()),
            call: |call, arguments| Box::pin(call.session::<T>(arguments)),
            answer: None,
            step: None,
            // Whatever it sends is a request of the write that it is about.
            scopes: &[],
            undo_scopes: &[],
        }
    }
}

impl Entry {
    /// An operation that is whichever published one its arguments say.
    pub const fn matched<T: MatchedTool>() -> Self {
        Self {
            facts: ToolFacts { name: T::NAME, group: Group::Matched, class: T::CLASS },
            title: T::TITLE,
            description: T::DESCRIPTION,
            input_schema: schema::of::<T::Input>,
            output_schema: || Some(T::output_schema()),
            call: |call, arguments| Box::pin(T::run(arguments, call)),
            answer: Some(|_, reply, _| Ok(T::answer(reply))),
            step: None,
            // Every operation has scopes of its own; where the sign-in lacks one, Confluence says so.
            scopes: &[],
            undo_scopes: &[],
        }
    }
}

impl Entry {
    /// Fingerprint of name and input schema: whether an old record was asked of the tool as it is now.
    pub fn fingerprint(&self) -> Digest {
        let schema = Value::Object((self.input_schema)()).to_string();
        Digest::of([self.facts.name.as_bytes(), schema.as_bytes()])
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.facts.fmt(formatter)
    }
}

/// Every tool, in reading order.
pub fn catalog() -> impl Iterator<Item = &'static Entry> {
    let groups =
        [pages::TOOLS, spaces::TOOLS, search::TOOLS, attachments::TOOLS, users::TOOLS, session::TOOLS, matched::TOOLS];
    groups.into_iter().flatten()
}

/// What `set = "core"` of a profile shows: the tools that most work needs.
pub const CORE: [&str; 23] = [
    "search_docs",
    "search_text",
    "search_cql",
    "get_page",
    "get_page_by_title",
    "get_page_children",
    "list_pages",
    "create_page",
    "edit_page",
    "update_page",
    "move_page",
    "delete_page",
    "list_comments",
    "add_comment",
    "add_labels",
    "list_spaces",
    "get_space",
    "list_attachments",
    "download_attachment",
    "upload_attachment",
    "search_users",
    "get_current_user",
    "confluence_request",
];

/// The tool that tells a caller who it is; listed under every profile.
const WHOAMI: &str = "whoami";
/// The tool that leads to any other write.
const APPLY: &str = "apply_changes";
/// The groups whose tools change a site.
const OF_SITES: [Group; 3] = [Group::Pages, Group::Spaces, Group::Attachments];

/// Whether a profile's set shows the tool. It narrows what is listed; a tool left out can still be called. Tools about
/// approvals are listed where a group requires approval, whatever the set.
pub fn shows(profile: &Profile, tool: ToolFacts) -> bool {
    let writes = |group| profile.groups.of(group).mode == Mode::ReadWrite && !group.read_only_by_nature();
    if tool.name == APPLY && !OF_SITES.into_iter().any(writes) {
        return false;
    }
    if tool.group == Group::Session && tool.name != APPLY {
        // Who one is and what one may do, one can always ask.
        let about_oneself = tool.name == WHOAMI;
        return about_oneself
            || Group::ALL.into_iter().any(|group| profile.groups.of(group).require_approval == Switch::On);
    }
    match &profile.tools.set {
        ToolSet::All => true,
        ToolSet::Core => CORE.contains(&tool.name),
        ToolSet::Named { tools, groups } => tools.contains(tool.name) || groups.contains(&tool.group),
    }
}

/// The tool of that name.
pub fn find(name: &str) -> Option<&'static Entry> {
    catalog().find(|entry| entry.facts.name == name)
}
