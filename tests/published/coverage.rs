//! Which operations have a tool of their own, measured: every call of every tool is made, and what it sends is written down.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use sluice::published::{Row, Verdict, coverage, rows, tools};

use crate::costs;
use crate::desk::Desk;

/// Templates that differ only in the names of their variables are one.
fn shape(name: &str) -> String {
    let words = name.split('/').map(|word| if word.starts_with('{') { "{}" } else { word });
    words.collect::<Vec<_>>().join("/")
}

/// What a call sends, by method and template.
async fn sent(desk: &Desk, tool: &str, arguments: Value) -> BTreeSet<String> {
    let before = desk.site.requests();
    let _ = desk.call(tool, arguments).await;
    let after = desk.site.requests().into_iter();
    after.filter(|(name, count)| before.get(name) != Some(count)).map(|(name, _)| name).collect()
}

/// Each operation with the tools whose calls send it once everything around it is known. A write reads what it needs;
/// only what it writes counts for it.
async fn measured() -> BTreeMap<String, BTreeSet<&'static str>> {
    let desk = Desk::hurried().await;
    let things = costs::things(&desk);
    let (reads, writes) = (costs::reads(&things), costs::writes(&things));
    for (tool, arguments) in &reads {
        sent(&desk, tool, arguments.clone()).await;
    }
    let mut measured: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    let is_read = |name: &String| name.starts_with("GET ") || name.ends_with("/users-bulk");
    for (tool, arguments) in reads {
        for name in sent(&desk, tool, arguments).await {
            measured.entry(shape(&name)).or_default().insert(tool);
        }
    }
    for (tool, arguments) in writes {
        for name in sent(&desk, tool, arguments).await.into_iter().filter(|name| !is_read(name)) {
            measured.entry(shape(&name)).or_default().insert(tool);
        }
    }
    measured
}

#[tokio::test]
async fn the_tools_of_an_operation_are_those_whose_calls_send_it() {
    let measured = measured().await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/published/named.tsv");
    let mut right = String::from("method\ttemplate\ttools\n");
    let today: Vec<&Row> = rows().iter().filter(|row| row.verdict != Verdict::Gone).collect();
    for row in &today {
        if let Some(tools) = measured.get(&shape(&row.name())) {
            let tools: Vec<&str> = tools.iter().copied().collect();
            writeln!(right, "{}\t{}\t{}", row.method.as_str(), row.template, tools.join(" ")).unwrap();
        }
    }
    let known: BTreeSet<String> = today.iter().map(|row| shape(&row.name())).collect();
    let stray: Vec<_> = measured.keys().filter(|name| !known.contains(*name)).collect();
    assert!(stray.iter().all(|name| name.contains("unknown") || name.contains("media")), "{stray:?}");
    if std::fs::read_to_string(&path).unwrap() != right
        && std::env::var_os("UPDATE_EXPECT").is_some_and(|wish| wish == "1")
    {
        std::fs::write(&path, &right).unwrap();
        return;
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), right, "UPDATE_EXPECT=1 rewrites src/published/named.tsv");
}

#[test]
fn every_operation_is_counted_once_and_the_last_line_says_how() {
    let text = coverage();
    let last = text.lines().last().unwrap();
    let numbers: Vec<usize> =
        last.split(|sign: char| !sign.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
    let [all, named, raw, refused] = numbers[..] else { panic!("{last}") };
    assert_eq!((all, named + raw + refused), (348, 348), "{last}");
    let counted = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse::<usize>().ok());
    assert_eq!(counted.sum::<usize>(), refused);
    assert_eq!(named, rows().iter().filter(|row| !tools(row).is_empty()).count());
    assert!(named > 30 && raw > 100, "{last}");
}
