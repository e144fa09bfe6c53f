//! One row of the table of operations.

use crate::domain::access::AccessClass;
use crate::domain::group::Group;
use crate::domain::method::Method;

/// One published operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its method.
    pub method: Method,
    /// Its path with `{…}`, from `/wiki` on.
    pub template: &'static str,
    /// The group whose switches apply; `None` for the site itself, which no group is about.
    pub group: Option<Group>,
    /// What it does, never weaker than its method implies.
    pub access: AccessClass,
    /// Whether the raw request reaches it.
    pub verdict: Verdict,
    /// Where its space stands.
    pub place: Place,
    /// What is looked at before it is sent.
    pub watch: Watch,
    /// The query keys it may have.
    pub query: Vec<&'static str>,
    /// The members its body may have; empty where it takes none.
    pub body: Vec<&'static str>,
    /// Why, in a short sentence.
    pub why: &'static str,
    /// The words of the template.
    pub(super) words: Vec<&'static str>,
}

/// Whether the raw request reaches an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does, as far as the profile goes.
    Allow,
    /// It does not: a tool does the same with more care.
    Tool,
    /// Nothing of Sluice ever sends it.
    Never,
    /// Confluence has removed it.
    Gone,
}

/// Where the space of an operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In no space at all.
    Nowhere,
    /// The path names the space, in this variable.
    Space(&'static str),
    /// The query names the space, under this key.
    SpaceOfQuery(&'static str),
    /// The path names a page or blog post, in this variable.
    Content(&'static str),
    /// The path names an attachment, in this variable.
    Attachment(&'static str),
    /// What the path begins with says it, when it is read.
    Thing,
    /// The body names the space, or what it hangs on.
    Body,
    /// Each thing in the answer says it.
    Answer,
    /// Each thing in the answer is a space.
    Spaces,
    /// The query is CQL, which is joined with the scope.
    Cql,
    /// Nobody says it.
    Unsaid,
}

/// What is looked at before a write is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
    /// Nothing more.
    Nothing,
    /// How much of the body stays, and the status.
    Body,
    /// The status.
    Status,
    /// The status of something new, which may be a draft.
    New,
    /// The destination of a copy.
    Copy,
    /// That it restores a version and does nothing else.
    Restore,
    /// That nothing stands below it.
    Childless,
}

impl Row {
    /// Reads a line; `None` where a word is not one of ours.
    pub(super) fn of(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let (method, template) = (Method::named(fields.next()?)?, fields.next()?);
        let row = Self {
            method,
            template,
            words: template.split('/').skip(1).collect(),
            group: match fields.next()? {
                "site" => None,
                word => Some(Group::ALL.into_iter().find(|group| group.word() == word)?),
            },
            access: {
                let word = fields.next()?;
                AccessClass::ALL.into_iter().find(|class| class.to_string() == word)?
            },
            verdict: match fields.next()? {
                "allow" => Verdict::Allow,
                "tool" => Verdict::Tool,
                "never" => Verdict::Never,
                "gone" => Verdict::Gone,
                _ => return None,
            },
            place: place(fields.next()?)?,
            watch: watch(fields.next()?)?,
            query: words(fields.next()?),
            body: words(fields.next()?),
            why: fields.next()?,
        };
        fields.next().is_none().then_some(row)
    }

    /// `GET /wiki/api/v2/pages/{id}`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method.as_str(), self.template)
    }
}

fn words(field: &'static str) -> Vec<&'static str> {
    field.split(' ').filter(|word| *word != "-").collect()
}

fn place(field: &'static str) -> Option<Place> {
    let (kind, variable) = field.split_once(' ').unwrap_or((field, ""));
    Some(match (kind, variable) {
        ("nowhere", "") => Place::Nowhere,
        ("space", key) if key.starts_with('?') => Place::SpaceOfQuery(key.strip_prefix('?')?),
        ("space", variable) if !variable.is_empty() => Place::Space(variable),
        ("content", variable) if !variable.is_empty() => Place::Content(variable),
        ("attachment", variable) if !variable.is_empty() => Place::Attachment(variable),
        ("thing", "") => Place::Thing,
        ("body", "") => Place::Body,
        ("answer", "") => Place::Answer,
        ("spaces", "") => Place::Spaces,
        ("cql", "") => Place::Cql,
        // What is never sent needs no place.
        ("unsaid" | "-", "") => Place::Unsaid,
        _ => return None,
    })
}

fn watch(field: &str) -> Option<Watch> {
    Some(match field {
        "-" => Watch::Nothing,
        "body" => Watch::Body,
        "status" => Watch::Status,
        "new" => Watch::New,
        "copy" => Watch::Copy,
        "restore" => Watch::Restore,
        "childless" => Watch::Childless,
        _ => return None,
    })
}
