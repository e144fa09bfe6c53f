//! Sites that are copied, in processes of their own, steered line by line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use jiff::Timestamp;
use sluice::sandbox::model::{ContentKind, ContentStatus, Site as Model, Version};
use sluice::sandbox::{CLOUD_ID, Effect, Fault, Sandbox, SandboxOptions, seed};

/// The first argument of a process that is the simulated site.
pub(crate) const SIMULATED: &str = "simulated-site";
/// The first argument of a process that is a site of made-up pages.
pub(crate) const ENDLESS: &str = "endless-site";

/// A site, as whoever copies it sees it.
pub(crate) struct Site {
    process: Child,
    told: ChildStdin,
    says: BufReader<ChildStdout>,
    /// Where it is, such as `http://127.0.0.1:1`.
    pub(crate) url: String,
}

impl Site {
    /// Starts one of so many pages.
    pub(crate) fn start(kind: &str, pages: usize) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([kind, &pages.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let told = process.stdin.take().unwrap();
        let says = BufReader::new(process.stdout.take().unwrap());
        let mut site = Self { process, told, says, url: String::new() };
        site.url = site.line();
        site
    }

    /// Its gateway's cloud id.
    pub(crate) const CLOUD_ID: &str = CLOUD_ID;

    /// Has each answer from now on come so many milliseconds late.
    pub(crate) fn slow(&mut self, milliseconds: u64) {
        self.tell(&format!("slow {milliseconds}"));
    }

    /// Has so many pages edited, spread over all spaces; how many they were.
    pub(crate) fn edit(&mut self, pages: usize) -> u64 {
        self.tell(&format!("edit {pages}"))
    }

    /// How many documents with bodies it has for whoever may see everything.
    pub(crate) fn documents(&mut self) -> u64 {
        self.tell("documents")
    }

    /// How many of its requests named that.
    pub(crate) fn asked(&mut self, what: &str) -> u64 {
        self.tell(&format!("asked {what}"))
    }

    /// Forgets what was asked so far.
    pub(crate) fn forget(&mut self) {
        self.tell("forget");
    }

    fn tell(&mut self, what: &str) -> u64 {
        writeln!(self.told, "{what}").unwrap();
        self.line().parse().unwrap()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.says.read_line(&mut line).unwrap(), 0, "the site has ended");
        line.trim().to_owned()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Is the simulated site until nobody tells it anything any more.
pub(crate) async fn serve(pages: usize) {
    let sandbox = Sandbox::start(SandboxOptions::new(seed::generate(pages, 7))).await.unwrap();
    println!("{}", sandbox.url());
    obey(|words| match words {
        ["slow", milliseconds] => {
            sandbox.clear_faults();
            let effect = Effect::Slow { milliseconds: milliseconds.parse().unwrap() };
            sandbox.set_fault(Fault { template: None, times: u32::MAX, effect });
            0
        }
        ["edit", pages] => sandbox.with_site(|site| edit(site, pages.parse().unwrap())),
        ["documents"] => sandbox.with_site(|site| documents(site)),
        ["asked", what] => {
            sandbox.requests().iter().filter(|(template, _)| template.contains(what)).map(|(_, count)| count).sum()
        }
        ["forget"] => {
            sandbox.reset_counts();
            0
        }
        _ => panic!("{words:?}"),
    })
    .await;
}

/// Obeys until nobody tells anything any more.
pub(crate) async fn obey(act: impl Fn(&[&str]) -> u64) {
    use tokio::io::AsyncBufReadExt as _;
    let mut told = tokio::io::BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = told.next_line().await.unwrap() {
        println!("{}", act(&line.split(' ').collect::<Vec<_>>()));
    }
}

fn is_copied(kind: ContentKind, status: ContentStatus) -> bool {
    matches!(kind, ContentKind::Page | ContentKind::LiveDoc | ContentKind::BlogPost) && status == ContentStatus::Current
}

fn documents(site: &Model) -> u64 {
    site.contents.values().filter(|content| is_copied(content.kind, content.status)).count() as u64
}

fn edit(site: &mut Model, pages: usize) -> u64 {
    let of_all = site.contents.values_mut().filter(|content| is_copied(content.kind, content.status));
    let all: Vec<_> = of_all.filter(|content| content.kind == ContentKind::Page).collect();
    let step = (all.len() / pages.max(1)).max(1);
    let mut edited = 0;
    for content in all.into_iter().step_by(step).take(pages) {
        let last: Version = content.versions.last().unwrap().clone();
        #[expect(clippy::disallowed_methods, reason = "the site is a process of its own")]
        let created = Timestamp::now();
        let body = format!("{}<p>Edited once more.</p>", last.body);
        content.versions.push(Version { number: last.number + 1, body, created, ..last });
        edited += 1;
    }
    edited
}
