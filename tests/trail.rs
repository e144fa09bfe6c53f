//! The audit trail: what was written is there, what was changed is found, what was moved is not lost.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use proptest::prelude::*;
use sluice::audit::{Broken, Entry, Filter, Known, Trail};
use sluice::clock::SystemClock;
use sluice::store::memory::MemoryStore;
use sluice::store::{Batch, Chain, Head, Key, Link, Record, Row, Scan, Store, StoreError};

/// A store whose log somebody can lay hands on, and whose commits can be made to fail.
struct Disk {
    memory: MemoryStore,
    /// The log as it was left by that somebody.
    rows: Mutex<Option<Vec<Row>>>,
    forgets: bool,
}

impl Disk {
    fn new() -> Arc<Self> {
        Arc::new(Self { memory: MemoryStore::new(), rows: Mutex::default(), forgets: true })
    }

    /// Crashes before the first row is given up.
    fn crashing() -> Arc<Self> {
        Arc::new(Self { memory: MemoryStore::new(), rows: Mutex::default(), forgets: false })
    }

    async fn write(&self, count: u64) {
        for number in 1..=count {
            let entry = Entry::new("2026-11-22T10:30:00Z".parse().unwrap(), format!("agent-{number}"), "read");
            self.memory.commit(Batch::new().append(entry.row())).await.unwrap();
        }
    }

    async fn change(&self, change: impl FnOnce(&mut Vec<Row>)) {
        let mut rows = self.memory.rows(1, usize::MAX).await.unwrap();
        change(&mut rows);
        *self.rows.lock().unwrap() = Some(rows);
    }

    async fn head(&self) -> Head {
        self.memory.log_ends().await.unwrap().1
    }
}

impl Store for Disk {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Record>, StoreError>> {
        self.memory.get(key)
    }

    fn scan<'a>(&'a self, scan: Scan<'a>) -> BoxFuture<'a, Result<Vec<(Key, Record)>, StoreError>> {
        self.memory.scan(scan)
    }

    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<(), StoreError>> {
        if self.forgets { self.memory.commit(batch) } else { Box::pin(async { Err(StoreError::Full) }) }
    }

    fn rows(&self, from: u64, limit: usize) -> BoxFuture<'_, Result<Vec<Row>, StoreError>> {
        Box::pin(async move {
            let Some(rows) = self.rows.lock().unwrap().clone() else { return self.memory.rows(from, limit).await };
            let (oldest, _) = self.memory.log_ends().await?;
            let before = usize::try_from(from - oldest.number - 1).unwrap();
            Ok(rows.into_iter().skip(before).take(limit).collect())
        })
    }

    fn log_ends(&self) -> BoxFuture<'_, Result<(Head, Head), StoreError>> {
        Box::pin(async {
            let (oldest, newest) = self.memory.log_ends().await?;
            let changed = self.rows.lock().unwrap().clone();
            Ok((oldest, changed.map_or(newest, |rows| rows.last().map_or(oldest, |row| row.head))))
        })
    }

    fn chain(&self) -> &Chain {
        self.memory.chain()
    }
}

fn trail(store: &Arc<Disk>, folder: Option<&Path>) -> Trail {
    let store: Arc<dyn Store> = Arc::<Disk>::clone(store);
    Trail::new(store, Arc::new(SystemClock::new()), folder.map(Path::to_owned))
}

/// An empty folder of one test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("trail").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

const NOTHING: Known = Known { head: None, moved_away: 0 };

/// The row that is named as the first wrong one.
fn first_wrong(broken: &Broken) -> u64 {
    match broken {
        Broken::Altered { number } | Broken::Missing { number } | Broken::Rewritten { number } => *number,
        other => panic!("{other}"),
    }
}

async fn numbers(trail: &Trail) -> Vec<u64> {
    let shown = trail.show(&Filter::default(), usize::MAX).await.unwrap();
    shown.iter().rev().map(|shown| shown.row.head.number).collect()
}

async fn exported(trail: &Trail) -> String {
    let (mut lines, mut after) = (String::new(), Some(0));
    while let Some(number) = after {
        // Little at a time, so that every page ends somewhere in the middle.
        let (rows, next) = trail.next(&Filter::default(), number, 100).await.unwrap();
        for row in rows {
            lines.push_str(&row.json());
            lines.push('\n');
        }
        after = next;
    }
    lines
}

#[derive(Clone, Debug)]
enum Surgery {
    Text(usize, u8),
    Link(usize, u8),
    Number(u64),
    Drop,
    Duplicate,
    Swap(usize),
    Forge,
}

fn surgery() -> impl Strategy<Value = Surgery> {
    prop_oneof![
        (any::<usize>(), 1..=255_u8).prop_map(|(place, change)| Surgery::Text(place, change)),
        (0..32_usize, 1..=255_u8).prop_map(|(place, change)| Surgery::Link(place, change)),
        (1..=u64::MAX).prop_map(Surgery::Number),
        Just(Surgery::Drop),
        Just(Surgery::Duplicate),
        (1..9_usize).prop_map(Surgery::Swap),
        Just(Surgery::Forge),
    ]
}

/// Does it to row `at`, counted from 0, and says which row is then the first wrong one.
fn operate(rows: &mut Vec<Row>, at: usize, surgery: &Surgery) -> Option<u64> {
    let number = rows[at].head.number;
    match surgery {
        Surgery::Text(place, change) => {
            let mut text = rows[at].text.to_vec();
            let place = place % text.len();
            text[place] ^= change;
            rows[at].text = text.into();
        }
        Surgery::Link(place, change) => rows[at].head.link.0[*place] ^= change,
        Surgery::Number(change) => rows[at].head.number ^= change,
        Surgery::Drop if at + 1 == rows.len() => return None,
        Surgery::Drop => drop(rows.remove(at)),
        Surgery::Duplicate => {
            rows.insert(at, rows[at].clone());
            return Some(number + 1);
        }
        Surgery::Swap(by) => {
            let other = (at + by) % rows.len();
            rows.swap(at, other);
            return (at != other).then(|| at.min(other) as u64 + 1);
        }
        // Whoever has not the key makes a chain of his own from there on.
        Surgery::Forge => {
            let forger = Chain::new(&[1; 32]);
            let mut head = rows.get(at.wrapping_sub(1)).map_or(forger.start(), |row| row.head);
            for row in &mut rows[at..] {
                *row = forger.next(head, Bytes::from_static(b"{}"));
                head = row.head;
            }
        }
    }
    Some(number)
}

proptest! {
    #[test]
    fn the_first_row_that_was_tampered_with_is_named(count in 1..9_u64, at in 0..9_usize, surgery in surgery()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let disk = Disk::new();
            disk.write(count).await;
            let mut wrong = None;
            disk.change(|rows| wrong = operate(rows, at % rows.len(), &surgery)).await;
            let verified = trail(&disk, None).verify(&NOTHING).await;
            match wrong {
                Some(number) => prop_assert_eq!(first_wrong(&verified.unwrap_err()), number),
                None => prop_assert!(verified.is_ok()),
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_whole_trail_is_found_whole() {
    let disk = Disk::new();
    let trail = trail(&disk, None);
    assert_eq!(trail.verify(&NOTHING).await.unwrap().last, disk.chain().start());
    disk.write(2500).await;
    let verified = trail.verify(&NOTHING).await.unwrap();
    assert_eq!((verified.after, verified.last), (disk.chain().start(), disk.head().await));
}

#[tokio::test]
async fn a_tail_that_was_cut_off_is_found_by_the_head_that_was_logged() {
    let disk = Disk::new();
    disk.write(9).await;
    let head = trail(&disk, None).head_line().await.unwrap();
    let known = Known { head: Some(head), moved_away: 0 };
    assert!(trail(&disk, None).verify(&known).await.is_ok());
    for left in 0..9 {
        disk.change(|rows| rows.truncate(left)).await;
        assert!(trail(&disk, None).verify(&NOTHING).await.is_ok(), "only the head tells");
        let broken = trail(&disk, None).verify(&known).await.unwrap_err();
        assert!(matches!(broken, Broken::CutOff { last, known: 9 } if last == left as u64), "{broken}");
    }
}

#[tokio::test]
async fn a_trail_written_anew_from_an_older_state_is_found_by_the_head_that_was_logged() {
    let (before, after) = (Disk::new(), Disk::new());
    before.write(5).await;
    after.write(4).await;
    after.write(4).await;
    let known = Known { head: Some(before.head().await), moved_away: 0 };
    assert!(trail(&after, None).verify(&NOTHING).await.is_ok());
    let broken = trail(&after, None).verify(&known).await.unwrap_err();
    assert!(matches!(broken, Broken::Rewritten { number: 5 }), "{broken}");
}

#[tokio::test]
async fn the_older_half_moves_into_a_file_and_nothing_is_lost() {
    let (disk, folder) = (Disk::new(), folder("moves"));
    disk.write(10).await;
    let trail = trail(&disk, Some(&folder));
    let before = exported(&trail).await;
    assert_eq!(trail.rotate(10).await.unwrap(), None);
    assert_eq!(trail.rotate(9).await.unwrap().unwrap().number, 5);
    assert_eq!(trail.rotate(4).await.unwrap().unwrap().number, 7);
    assert_eq!(
        files(&folder),
        ["000000000001-000000000005.jsonl", "000000000006-000000000007.jsonl"].map(|name| folder.join(name))
    );
    assert_eq!(disk.memory.rows(1, 99).await.unwrap().len(), 3);
    assert_eq!(exported(&trail).await, before);
    assert_eq!(numbers(&trail).await, (1..=10).collect::<Vec<_>>());
    let head = disk.memory.log_ends().await.unwrap().0;
    let verified = trail.verify(&Known { head: Some(head), moved_away: 0 }).await.unwrap();
    assert_eq!((verified.after.number, verified.last), (0, disk.head().await));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_reads_the_files_of_older_rows() {
    use std::os::unix::fs::PermissionsExt as _;

    let (disk, folder) = (Disk::new(), folder("rights"));
    disk.write(4).await;
    trail(&disk, Some(&folder)).rotate(2).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&files(&folder)[0])), (0o700, 0o600));
}

#[tokio::test]
async fn rows_that_a_crash_left_in_both_places_count_once() {
    let (disk, folder) = (Disk::crashing(), folder("crash"));
    disk.write(10).await;
    let crashed = trail(&disk, Some(&folder));
    crashed.rotate(5).await.unwrap_err();
    assert_eq!((files(&folder).len(), disk.memory.rows(1, 99).await.unwrap().len()), (1, 10));
    assert_eq!(numbers(&crashed).await, (1..=10).collect::<Vec<_>>());
    assert_eq!(exported(&crashed).await.lines().count(), 10);
    assert_eq!(crashed.verify(&NOTHING).await.unwrap().last.number, 10);

    let Ok(Disk { memory, .. }) = Arc::try_unwrap({
        drop(crashed);
        disk
    }) else {
        panic!()
    };
    let disk = Arc::new(Disk { memory, rows: Mutex::default(), forgets: true });
    let trail = trail(&disk, Some(&folder));
    assert_eq!(trail.rotate(5).await.unwrap(), None);
    assert_eq!((files(&folder).len(), disk.memory.rows(1, 99).await.unwrap().len()), (1, 5));
    assert_eq!(numbers(&trail).await, (1..=10).collect::<Vec<_>>());
    assert_eq!(trail.verify(&NOTHING).await.unwrap().last.number, 10);
}

#[tokio::test]
async fn what_a_crash_left_unfinished_is_no_part_of_the_trail() {
    let (disk, folder) = (Disk::new(), folder("unfinished"));
    disk.write(6).await;
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("unfinished"), "{\"after\":\"0:").unwrap();
    let trail = trail(&disk, Some(&folder));
    assert!(trail.verify(&NOTHING).await.is_ok());
    assert_eq!(trail.rotate(2).await.unwrap().unwrap().number, 3);
    assert_eq!(files(&folder).len(), 1);
    assert!(trail.verify(&NOTHING).await.is_ok());
}

#[tokio::test]
async fn every_changed_byte_of_a_file_of_older_rows_is_found() {
    let (disk, folder) = (Disk::new(), folder("bytes"));
    disk.write(6).await;
    let trail = trail(&disk, Some(&folder));
    trail.rotate(5).await.unwrap();
    let file = &files(&folder)[0];
    let whole = std::fs::read(file).unwrap();
    let mut line = 0;
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        std::fs::write(file, &bytes).unwrap();
        let number = first_wrong(&trail.verify(&NOTHING).await.unwrap_err());
        // The first line is where the first row begins; a line break belongs to the row before it.
        assert_eq!(number, std::cmp::max(line, 1), "byte {place}");
        line += u64::from(whole[place] == b'\n');
    }
    for length in 0..whole.len() {
        std::fs::write(file, &whole[..length]).unwrap();
        assert!(trail.verify(&NOTHING).await.is_err(), "cut to {length}");
    }
    std::fs::write(file, &whole).unwrap();
    assert!(trail.verify(&NOTHING).await.is_ok());
}

#[tokio::test]
async fn a_file_that_is_gone_is_missed_unless_it_is_said_to_have_been_moved_away() {
    let (disk, folder) = (Disk::new(), folder("gone"));
    disk.write(8).await;
    let trail = trail(&disk, Some(&folder));
    trail.rotate(7).await.unwrap();
    trail.rotate(3).await.unwrap();
    let [first, second] = files(&folder).try_into().unwrap();
    let kept = std::fs::read(&first).unwrap();
    std::fs::remove_file(&first).unwrap();
    let broken = trail.verify(&NOTHING).await.unwrap_err();
    assert!(matches!(broken, Broken::Missing { number: 1 }), "{broken}");
    let moved = Known { head: None, moved_away: 4 };
    assert_eq!(trail.verify(&moved).await.unwrap().after.number, 4);
    let known = Known { head: Some(Head { number: 2, link: Link([0; 32]) }), ..moved };
    assert!(matches!(trail.verify(&known).await.unwrap_err(), Broken::NotKept { number: 2 }));

    std::fs::write(&first, kept).unwrap();
    std::fs::remove_file(&second).unwrap();
    let broken = trail.verify(&moved).await.unwrap_err();
    assert!(matches!(broken, Broken::Missing { number: 5 }), "{broken}");
}

#[tokio::test]
async fn an_older_store_put_back_beside_newer_files_is_found() {
    let (disk, folder) = (Disk::new(), folder("put-back"));
    disk.write(10).await;
    trail(&disk, Some(&folder)).rotate(5).await.unwrap();
    let older = Disk::new();
    older.write(3).await;
    let trail = trail(&older, Some(&folder));
    let broken = trail.verify(&NOTHING).await.unwrap_err();
    assert!(matches!(broken, Broken::CutOff { last: 3, known: 5 }), "{broken}");
    // And no row is given up for a file that the store knows nothing of.
    trail.rotate(1).await.unwrap_err();
    assert_eq!(older.memory.rows(1, 99).await.unwrap().len(), 3);
}

#[tokio::test]
async fn no_row_is_given_up_for_a_file_that_somebody_put_there() {
    let (disk, folder) = (Disk::new(), folder("planted"));
    disk.write(10).await;
    std::fs::create_dir_all(&folder).unwrap();
    let begin = format!("{{\"after\":\"{}\"}}\n", disk.chain().start());
    for text in ["", begin.as_str()] {
        std::fs::write(folder.join("000000000001-000000000009.jsonl"), text).unwrap();
        trail(&disk, Some(&folder)).rotate(5).await.unwrap_err();
        assert_eq!(disk.memory.rows(1, 99).await.unwrap().len(), 10);
        assert_eq!(first_wrong(&trail(&disk, Some(&folder)).verify(&NOTHING).await.unwrap_err()), 1);
    }
}

#[tokio::test]
async fn rows_are_shown_newest_first_as_far_as_they_fit() {
    let (disk, folder) = (Disk::new(), folder("shown"));
    let trail = trail(&disk, Some(&folder));
    for number in 0..30 {
        let mut entry = trail.entry(if number % 3 == 0 { "desk" } else { "local" }, "read");
        entry.tool = Some(if number % 2 == 0 { "get_page" } else { "get_space" }.to_owned());
        trail.note(entry).await.unwrap();
    }
    disk.memory.commit(Batch::new().append("not an entry")).await.unwrap();
    trail.rotate(20).await.unwrap();
    let by_desk = Filter { who: Some("desk".into()), tool: Some("get_page".into()), ..Filter::default() };
    let shown = trail.show(&by_desk, 4).await.unwrap();
    assert_eq!(shown.iter().map(|shown| shown.row.head.number).collect::<Vec<_>>(), [25, 19, 13, 7]);
    assert_eq!(trail.show(&Filter::default(), 1).await.unwrap()[0].entry, None);
    let later = Filter { since: Some("9999-01-01T00:00:00Z".parse().unwrap()), ..Filter::default() };
    assert_eq!(trail.show(&later, 99).await.unwrap(), []);
}
