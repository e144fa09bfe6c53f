//! What reading storage format costs: megabytes per second, growth, memory and tokens, beside three HTML converters.
//!
//! `cargo bench --bench markup` prints the figures; nothing is asserted. Every reading happens in a process of its own with a
//! limit of time and memory, because the others survive little that is hostile. Bodies come from the corpus beside the
//! project where it is, else they are made up.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a measurement prints, and ends where it cannot go on"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sluice::markup::{NoNames, markdown_from_storage};

const CONVERTERS: [&str; 4] = ["sluice", "html2md", "htmd", "mdka"];
const PATIENCE: Duration = Duration::from_secs(30);
const MEMORY_KIB: usize = 4 << 20;
/// A page as people write it, for want of the corpus.
const PAGE: &str = "<h2>Plan &amp; scope</h2><p>Some <strong>bold</strong> words and a <a href=\"https://example.org/a?b=1&amp;c=2\">link</a>.</p>\
    <ul><li><p>one</p></li><li><p>two</p><ul><li><p>deeper</p></li></ul></li></ul><table><tbody><tr><th><p>Key</p></th><th><p>Value</p></th></tr>\
    <tr><td><p>a</p></td><td><p>1</p></td></tr></tbody></table><ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"language\">go</ac:parameter>\
    <ac:plain-text-body><![CDATA[x := 1 < 2\n]]></ac:plain-text-body></ac:structured-macro><ac:structured-macro ac:name=\"info\"><ac:rich-text-body>\
    <p>Mind this.</p></ac:rich-text-body></ac:structured-macro>";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, command, converter, file] = arguments.as_slice()
        && command == "--read"
    {
        return read(converter, Path::new(file));
    }
    let folder = std::env::temp_dir().join(format!("sluice-markup-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    speed(&folder);
    nesting(&folder);
    tokens();
    std::fs::remove_dir_all(folder).unwrap();
}

fn convert(converter: &str, body: &str) -> usize {
    match converter {
        "sluice" => markdown_from_storage(body, &NoNames).markdown.len(),
        "html2md" => html2md::parse_html(body).len(),
        "htmd" => htmd::convert(body).unwrap().len(),
        "mdka" => mdka::html_to_markdown(body).len(),
        other => unreachable!("{other}"),
    }
}

/// The child: reads one body, once for its memory and then for its time, and prints nanoseconds, bytes written, KiB held.
fn read(converter: &str, file: &Path) {
    let body = std::fs::read_to_string(file).unwrap();
    let mut written = 0;
    let mut best = Duration::MAX;
    let mut peak = 0;
    for round in 0..5 {
        let start = Instant::now();
        written = convert(converter, &body);
        best = best.min(start.elapsed());
        if round == 0 {
            let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            peak = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0);
        }
        if best > Duration::from_secs(2) {
            break;
        }
    }
    println!("{} {written} {peak}", best.as_nanos());
}

struct Figures {
    nanos: f64,
    written: usize,
    peak: usize,
}

/// Reads in a child; how it ended, where it did not end well.
fn measured(converter: &str, file: &Path) -> Result<Figures, String> {
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -v {MEMORY_KIB}; exec \"$0\" --read \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args([converter.as_ref(), file.as_os_str()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let end = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            child.kill().unwrap();
            child.wait().unwrap();
            return Err(format!("more than {} s", PATIENCE.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    let numbers: Vec<usize> =
        String::from_utf8_lossy(&output.stdout).split_whitespace().map(|number| number.parse().unwrap()).collect();
    match numbers.as_slice() {
        [nanos, written, peak] => Ok(Figures { nanos: *nanos as f64, written: *written, peak: *peak }),
        _ => Err(format!("died: {}", output.status)),
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus")
}

/// Pages by people, or ours.
fn pages() -> String {
    let mut files: Vec<PathBuf> = std::fs::read_dir(corpus().join("storage"))
        .map(|files| files.map(|file| file.unwrap().path()).collect())
        .unwrap_or_default();
    files.sort();
    let named = |start: &str| {
        let named = files.iter().filter(|file| file.file_name().unwrap().to_string_lossy().starts_with(start));
        named.map(|file| std::fs::read_to_string(file).unwrap()).collect::<String>()
    };
    let pages = named("querypie-querypie-docs__page") + &named("highsource");
    if pages.is_empty() { PAGE.to_owned() } else { pages }
}

fn speed(folder: &Path) {
    println!(
        "| body | converter | MB/s | ns per byte | MB written | peak MiB | peak - 3 x input, MiB |\n|-|-|-|-|-|-|-|"
    );
    let pages = pages();
    let mut costs = [[0.0; 3]; CONVERTERS.len()];
    for (size, megabytes) in [1, 5, 20].into_iter().enumerate() {
        let body = pages.repeat(megabytes * 1_000_000 / pages.len() + 1);
        let file = folder.join(format!("big_{megabytes:02}mb.xml"));
        std::fs::write(&file, &body).unwrap();
        for (at, converter) in CONVERTERS.into_iter().enumerate() {
            let name = file.file_name().unwrap().to_string_lossy();
            match measured(converter, &file) {
                Err(end) => println!("| {name} | {converter} | {end} | | | | |"),
                Ok(figures) => {
                    let per_byte = figures.nanos / body.len() as f64;
                    costs[at][size] = per_byte;
                    let peak = figures.peak as f64 / 1024.0;
                    println!(
                        "| {name} | {converter} | {:.1} | {per_byte:.1} | {:.1} | {peak:.0} | {:.0} |",
                        1000.0 / per_byte,
                        figures.written as f64 / 1e6,
                        peak - 3.0 * body.len() as f64 / f64::from(1 << 20),
                    );
                }
            }
        }
    }
    println!("\nTime per byte at 20 MB as a multiple of that at 5 MB:");
    for (converter, [_, five, twenty]) in CONVERTERS.into_iter().zip(costs) {
        if five > 0.0 && twenty > 0.0 {
            println!("- {converter}: {:.2}", twenty / five);
        }
    }
}

/// Tables inside tables: what is written may double with each.
fn nesting(folder: &Path) {
    println!(
        "\n| tables inside each other | bytes read | {} |",
        CONVERTERS.map(|name| format!("{name} wrote")).join(" | ")
    );
    println!("|-|-|{}", "-|".repeat(CONVERTERS.len()));
    for depth in [2, 5, 10, 20] {
        let mut body = "x".to_owned();
        for level in 0..depth {
            body = format!("<table><tbody><tr><td>l{level}</td><td>{body}</td></tr></tbody></table>");
        }
        let file = folder.join(format!("nest_table_{depth:02}.xml"));
        std::fs::write(&file, &body).unwrap();
        let written = CONVERTERS.map(|converter| match measured(converter, &file) {
            Ok(figures) => figures.written.to_string(),
            Err(end) => end,
        });
        println!("| {depth} | {} | {} |", body.len(), written.join(" | "));
    }
}

/// Tokens of pages written by people, as Markdown and as storage format.
fn tokens() {
    let Ok(index) = std::fs::read_to_string(corpus().join("INDEX.tsv")) else { return };
    println!("\n| pages | count | tokens of storage format | tokens of Markdown | share |\n|-|-|-|-|-|");
    let encoder = tiktoken_rs::o200k_base().unwrap();
    for category in ["real-page", "space-export"] {
        let (mut count, mut storage, mut markdown) = (0, 0, 0);
        for line in index.lines().filter(|line| line.starts_with("storage\t")) {
            let fields: Vec<&str> = line.split('\t').collect();
            if fields[2] == category {
                let body = std::fs::read_to_string(corpus().join(fields[1])).unwrap();
                count += 1;
                storage += encoder.encode_ordinary(&body).len();
                markdown += encoder.encode_ordinary(&markdown_from_storage(&body, &NoNames).markdown).len();
            }
        }
        println!("| {category} | {count} | {storage} | {markdown} | {:.3} |", markdown as f64 / storage as f64);
    }
}
