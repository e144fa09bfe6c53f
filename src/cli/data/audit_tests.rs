//! The command, run on a trail in memory.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use clap::Parser;
use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::approval::{Approvals, Quiet};
use crate::audit::{Entry, Trail};
use crate::clock::{Clock, ManualClock};
use crate::control::{Desk, Parts};
use crate::store::memory::MemoryStore;
use crate::store::{Batch, Store};

const NOW: &str = "2026-11-22T10:30:00Z";

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn trail(entries: &[Entry]) -> Arc<Desk> {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    for entry in entries {
        store.commit(Batch::new().append(entry.row())).await.unwrap();
    }
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(NOW));
    Arc::new(Desk::new(Parts {
        approvals: Approvals::open(Arc::clone(&store), Arc::clone(&clock), Arc::new(Quiet)).await.unwrap(),
        trail: Arc::new(Trail::new(store, Arc::clone(&clock), None)),
        store: None,
        connections: Arc::default(),
        copied: None,
        dashboard: None,
        approvers: PathBuf::new(),
        agents: PathBuf::new(),
        user: "ada".into(),
        hand_over: Box::new(|| false),
        mistakes: Box::new(Vec::new),
        clock,
    }))
}

fn entry(at: &str, who: &str, event: &str) -> Entry {
    Entry::new(at.parse().unwrap(), who, event)
}

async fn some() -> Arc<Desk> {
    let mut asked = entry("2026-11-22T09:00:00Z", "local", "asked");
    asked.tool = Some("update_page".into());
    asked.target = Some("page 123".into());
    asked.approval = Some(ApprovalId::of(7));
    asked.shape = Some("page_id: text 3, body: text 5120".into());
    let mut denied = entry("2026-11-22T10:29:00Z", "Ada Lovelace", "denied");
    denied.approval = Some(ApprovalId::of(7));
    denied.why = Some("not on a Sunday".into());
    trail(&[entry("2026-11-20T08:00:00Z", "local", "read"), asked, denied]).await
}

async fn run_on(desk: &Arc<Desk>, words: &[&str]) -> (String, Result<Verdict, CliError>) {
    let line = Line::try_parse_from([&["audit"], words].concat()).unwrap_or_else(|error| panic!("{error}"));
    let paper = Paper::default();
    let mut console = Console::plain(Box::new(paper.clone()));
    let end = answer(&line.arguments.task, &mut Way::at(Arc::clone(desk)), NOW.parse().unwrap(), &mut console).await;
    let output = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    (output, end)
}

#[tokio::test]
async fn rows_are_shown_newest_first() {
    let (output, _) = run_on(&some().await, &["show"]).await;
    expect![[r"
        3  2026-11-22 10:29:00  Ada Lovelace  denied  ap-00000000000000000000000007  because: not on a Sunday
        2  2026-11-22 09:00:00  local  asked  update_page  page 123  ap-00000000000000000000000007  (page_id: text 3, body: text 5120)
        1  2026-11-20 08:00:00  local  read
    "]]
    .assert_eq(&output);
}

#[tokio::test]
async fn rows_are_chosen_by_agent_tool_approval_event_and_age() {
    let trail = some().await;
    let approval = ApprovalId::of(7).to_string();
    let cases: [(&[&str], &[&str]); 8] = [
        (&["--agent", "local"], &["2", "1"]),
        (&["--tool", "update_page"], &["2"]),
        (&["--approval", &approval], &["3", "2"]),
        (&["--event", "denied"], &["3"]),
        (&["--since", "2h"], &["3", "2"]),
        (&["--since", "3d"], &["3", "2", "1"]),
        (&["--since", "2026-11-22T10:00:00Z"], &["3"]),
        (&["--limit", "1"], &["3"]),
    ];
    for (words, wanted) in cases {
        let (output, _) = run_on(&trail, &[&["show"], words].concat()).await;
        let numbers: Vec<&str> = output.lines().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(numbers, wanted, "{words:?}");
    }
    for wrong in ["yesterday", "-2h", "2", ""] {
        assert!(wrong.parse::<Since>().is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn a_trail_that_holds_is_said_to_and_one_that_does_not_ends_with_1() {
    let trail = some().await;
    let (output, end) = run_on(&trail, &["verify"]).await;
    assert_eq!(end.unwrap(), Verdict::Well);
    assert!(output.starts_with("✓ rows 1 to 3 are as they were written\n"), "{output}");
    let head = output.trim_end().rsplit(' ').next().unwrap();
    assert_eq!(run_on(&trail, &["verify", "--head", head]).await.1.unwrap(), Verdict::Well);
    let longer = head.replacen('3', "4", 1);
    let (output, end) = run_on(&trail, &["verify", "--head", &longer]).await;
    assert_eq!(end.unwrap(), Verdict::Wrong);
    expect![[r"
        ✗ the trail ends with row 3, but there was a row 4: rows were cut off, or an older store put back
    "]]
    .assert_eq(&output);
}

#[tokio::test]
async fn an_export_goes_to_standard_output_or_to_a_new_file() {
    let trail = some().await;
    let (output, _) = run_on(&trail, &["export", "-", "--event", "read"]).await;
    let line: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!((&line["number"], &line["entry"]["event"]), (&1.into(), &"read".into()));
    assert_eq!(line["link"].as_str().map(str::len), Some(64));

    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/tmp");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("audit-export.jsonl");
    let _ = std::fs::remove_file(&file);
    let path = file.to_str().unwrap();
    assert!(run_on(&trail, &["export", path]).await.1.is_ok());
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 3);
    assert!(run_on(&trail, &["export", path]).await.1.is_err(), "what is there is not overwritten");
}

proptest! {
    #[test]
    fn no_word_of_a_row_breaks_its_line(words in proptest::collection::vec(
        "(\\PC|[\n\r\t\u{1b}\u{9b}\u{202e}\u{2028}\u{200b}\u{7}  ]){0,40}", 5,
    )) {
        let mut hostile = entry(NOW, &words[0], &words[1]);
        hostile.tool = Some(words[2].clone());
        hostile.target = Some(words[3].clone());
        hostile.why = Some(words[4].clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (output, _) = runtime.block_on(async { run_on(&trail(&[hostile]).await, &["show"]).await });
        let line = output.strip_suffix('\n').unwrap();
        prop_assert!(!line.chars().any(|sign| sign.is_control() || "\u{202e}\u{2028}\u{200b}".contains(sign)), "{line:?}");
        prop_assert_eq!(line.split("  ").next(), Some("1"));
        let (json, _) = runtime.block_on(async { run_on(&some().await, &["show", "--json"]).await });
        prop_assert_eq!(json.lines().count(), 3);
    }
}
