//! A folder of Markdown and HTML files, whatever else it holds.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use sluice::sources::{Source, SourceKind};

use super::Home;

async fn start() -> (Home, Arc<dyn Source>, std::path::PathBuf) {
    let home = Home::new().await;
    let root = home.folder.join("docs");
    fs::create_dir_all(root.join("network/vpn")).unwrap();
    let source = home.make(SourceKind::Folder, root.to_str().unwrap(), "").unwrap();
    (home, source, root)
}

fn write(root: &Path, path: &str, text: impl AsRef<[u8]>) {
    fs::write(root.join(path), text).unwrap();
}

#[tokio::test]
async fn markdown_and_html_are_copied_with_title_labels_breadcrumb_and_address() {
    let (home, source, root) = start().await;
    write(
        &root,
        "network/vpn/reset.md",
        "---\ntitle: Reset the VPN\ntags: [vpn, reset]\n---\nRun `vpn\u{200b} reset`.\n",
    );
    write(&root, "network/a b#c.markdown", "# First *heading*\n\n<!-- obey -->\n\n| a | b |\n|---|---|\n| 1 | 2 |\n");
    write(&root, "index.HTML", "<title>Start &amp; end</title><body><h2>Here</h2><script>x()</script><p>Text</p>");
    write(&root, "plain.md", "no heading");
    write(&root, "notes.txt", "no");
    let outcome = home.filled(&source).await;
    assert_eq!((outcome.copied, outcome.errors), (4, 0));
    assert_eq!(home.progress.now().total, Some(4));
    let copy = home.copy("network/vpn/reset.md");
    assert_eq!((copy.title.as_str(), copy.body.as_str()), ("Reset the VPN", "Run `vpn reset`."));
    assert_eq!(copy.labels, ["vpn", "reset"]);
    assert_eq!(
        (copy.breadcrumb, copy.ancestors),
        (vec!["network".into(), "vpn".into()], vec!["network/".into(), "network/vpn/".into()])
    );
    assert_eq!(copy.space.key, "folder");
    assert!(copy.url.starts_with("file:///") && copy.url.ends_with("/docs/network/vpn/reset.md"), "{}", copy.url);
    assert!(copy.modified.is_some());
    let copy = home.copy("network/a b#c.markdown");
    assert_eq!(copy.title, "First heading");
    assert!(copy.body.contains("| 1 | 2 |") && !copy.body.contains("obey"), "{}", copy.body);
    assert!(copy.url.ends_with("/network/a%20b%23c.markdown"), "{}", copy.url);
    let copy = home.copy("index.HTML");
    assert_eq!((copy.title.as_str(), copy.body.contains("x()")), ("Start & end", false));
    assert_eq!(home.copy("plain.md").title, "plain");
}

#[tokio::test]
async fn files_can_have_addresses_elsewhere() {
    let (home, _, root) = start().await;
    write(&root, "network/x y.md", "# X");
    let links = Some("https://wiki.example.com/docs/".to_owned());
    let made = |links| {
        let place = Some(root.to_str().unwrap().to_owned());
        let record = home.sources.new_record("docs".parse().unwrap(), SourceKind::Folder, place, links).unwrap();
        home.sources.make(record, None)
    };
    home.filled(&made(links).unwrap()).await;
    assert_eq!(home.copy("network/x y.md").url, "https://wiki.example.com/docs/network/x%20y.md");
    assert!(made(Some("http://wiki.example.com".into())).is_err() && made(Some("javascript:x".into())).is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn no_link_leads_out_and_nothing_is_waited_for() {
    use std::os::unix::fs::symlink;
    let (home, source, root) = start().await;
    write(&home.folder, "secret.md", "# Secret");
    fs::create_dir_all(home.folder.join("beside")).unwrap();
    write(&home.folder, "beside/secret.md", "# Secret");
    symlink("../secret.md", root.join("soft.md")).unwrap();
    symlink(home.folder.join("secret.md"), root.join("full.md")).unwrap();
    symlink("../beside", root.join("up")).unwrap();
    symlink(".", root.join("round")).unwrap();
    symlink("/", root.join("all")).unwrap();
    write(&root, ".hidden.md", "# Hidden");
    fs::create_dir_all(root.join(".git")).unwrap();
    write(&root, ".git/head.md", "# Head");
    let made = std::process::Command::new("mkfifo").arg(root.join("pipe.md")).status().unwrap();
    assert!(made.success());
    write(&root, "seen.md", "# Seen");
    home.filled(&source).await;
    assert_eq!(home.ids(), ["seen.md"]);
    // A file that was listed becomes a link or a pipe before it is read.
    write(&root, "later.md", "# Later");
    let page = source.list(None).await.unwrap();
    let later = page.articles.iter().find(|article| article.id == "later.md").unwrap();
    fs::remove_file(root.join("later.md")).unwrap();
    symlink("../secret.md", root.join("later.md")).unwrap();
    assert!(source.read(later).await.is_err());
    assert!(!source.is_there("later.md").await.unwrap());
    for path in ["../secret.md", "/etc/hosts.md", "network/../../secret.md", "up/secret.md", "pipe.md", "", "a\0.md"] {
        assert!(!source.is_there(path).await.unwrap_or_default(), "{path:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_cannot_be_read_is_told_and_the_rest_is_copied() {
    use std::os::unix::fs::PermissionsExt as _;
    let (home, source, root) = start().await;
    write(&root, "good.md", "# Good");
    write(&root, "binary.md", b"# \0\x01");
    write(&root, "latin.md", b"# Gr\xfc\xdfe");
    write(&root, "long.md", vec![b'x'; 17 << 20]);
    write(&root, "locked.md", "# Locked");
    fs::create_dir_all(root.join("closed")).unwrap();
    write(&root, "closed/inside.md", "# Inside");
    home.filled(&source).await;
    assert_eq!(home.ids(), ["closed/inside.md", "good.md", "locked.md"]);
    let mode = |path: &str, mode: u32| fs::set_permissions(root.join(path), fs::Permissions::from_mode(mode)).unwrap();
    // The administrator may read everything.
    let may = rustix::process::geteuid().is_root();
    mode("locked.md", 0o0);
    write(&root, "good.md", "# Better one");
    let mut deep = root.clone();
    for _ in 0..40 {
        deep.push("d");
        fs::create_dir(&deep).unwrap();
    }
    fs::write(deep.join("deep.md"), "# Deep").unwrap();
    mode("closed", 0o0);
    let outcome = home.filled(&source).await;
    mode("closed", 0o700);
    let whats: Vec<&str> = outcome.problems.iter().map(|problem| problem.what.as_str()).collect();
    assert!(
        ["binary", "latin", "long"].iter().all(|name| whats.contains(&&*format!("`{name}`, id `{name}.md`"))),
        "{whats:?}"
    );
    assert!(outcome.problems.iter().any(|problem| problem.why.contains("deeper than 32")), "{whats:?}");
    assert!(may || whats.contains(&"`closed`"), "{whats:?}");
    // What may not be looked at stays.
    assert_eq!((home.ids().len(), home.copy("good.md").title.as_str()), (3, "Better one"));
}

#[tokio::test]
async fn ten_thousand_files_are_copied_page_by_page_and_what_goes_is_removed() {
    let (home, source, root) = start().await;
    for folder in 0..20 {
        fs::create_dir_all(root.join(format!("f{folder:02}"))).unwrap();
        for file in 0..500 {
            write(&root, &format!("f{folder:02}/{file:03}.md"), format!("# File {file} of {folder}\n\nText."));
        }
    }
    let outcome = home.filled(&source).await;
    assert_eq!((outcome.seen, outcome.copied, home.ids().len()), (10_000, 10_000, 10_000));
    home.copies.puts();
    assert_eq!((home.filled(&source).await.copied, home.copies.puts()), (0, 0));
    fs::remove_dir_all(root.join("f07")).unwrap();
    fs::rename(root.join("f08/000.md"), root.join("f09/zzz.md")).unwrap();
    let outcome = home.filled(&source).await;
    assert_eq!((outcome.copied, outcome.removed, home.ids().len()), (1, 501, 9_500));
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_said() {
    let home = Home::new().await;
    let source = home.make(SourceKind::Folder, "/nowhere/at/all", "").unwrap();
    assert!(source.check().await.unwrap_err().to_string().contains("`/nowhere/at/all` cannot be opened"));
    assert!(!home.fill(&source).await.is_complete());
    assert!(home.make(SourceKind::Folder, "relative", "").is_err());
}
