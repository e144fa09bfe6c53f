//! What is put, committed, published, removed and forgotten.

use super::*;

#[test]
fn a_copy_comes_back_as_it_was_put() {
    let index = Index::in_memory();
    let shard = index.shard(&name()).unwrap();
    let mut file = page("att9", "plan.pdf", "");
    file.kind = DocumentKind::Attachment;
    file.file = Some(FileFacts {
        media_type: "application/pdf".to_owned(),
        size: 7,
        page_id: "2".to_owned(),
        page_title: "Plan".to_owned(),
    });
    let mut bare = page("3", "", "密码 \u{0} é\r\n```x");
    (bare.author, bare.editor, bare.created, bare.modified) = (None, None, None, None);
    let all = [page("2", "Reset", "# Body\n\nwords"), file, bare];
    fill(&shard, all.clone());
    for document in all {
        assert_eq!(shard.get(&document.id).unwrap().as_ref(), Some(&document));
    }
    assert_eq!(shard.get("4").unwrap(), None);
}

#[test]
fn what_is_put_again_takes_the_place_of_what_was_there() {
    let index = index_of([page("1", "Old", "before"), page("2", "Other", "x")]);
    let shard = index.shard(&name()).unwrap();
    fill(&shard, [page("1", "New", "after"), page("1", "Newest", "after all")]);
    assert_eq!(shard.get("1").unwrap().unwrap().title, "Newest");
    assert_eq!(found(&index, "before"), [""; 0]);
    assert_eq!(found(&index, "after"), ["1"]);
    assert_eq!(shard.documents(), 2);
    shard.remove("1").unwrap();
    shard.remove("never").unwrap();
    shard.put(page("3", "Third", "after")).unwrap();
    shard.remove("3").unwrap();
    shard.commit().unwrap();
    shard.publish().unwrap();
    assert_eq!(found(&index, "after"), [""; 0]);
    assert_eq!(shard.ids(None, 10).unwrap(), ["2"]);
}

#[test]
fn searches_see_a_commit_when_it_is_published_and_reads_at_once() {
    let index = index_of([page("1", "One", "word")]);
    let shard = index.shard(&name()).unwrap();
    shard.put(page("2", "Two", "word")).unwrap();
    assert_eq!((shard.get("2").unwrap(), found(&index, "word").len()), (None, 1));
    shard.commit().unwrap();
    assert!(shard.get("2").unwrap().is_some());
    assert_eq!(found(&index, "word").len(), 1);
    shard.publish().unwrap();
    assert_eq!(found(&index, "word").len(), 2);
}

#[test]
fn what_was_not_committed_is_gone_after_the_end_and_the_rest_is_there() {
    let folder = Folder::new();
    {
        let shard = folder.index().shard(&name()).unwrap();
        fill(&shard, [page("1", "One", "word")]);
        shard.put(page("2", "Two", "word")).unwrap();
        shard.remove("1").unwrap();
    }
    let index = folder.index();
    assert_eq!(found(&index, "word"), ["1"]);
    assert_eq!(index.shard(&name()).unwrap().opened(), Opened::Fine);
    assert_eq!(index.shards().unwrap(), [name()]);
}

#[test]
fn ids_come_in_order_page_by_page_and_people_by_their_account() {
    let index = Index::in_memory();
    let shard = index.shard(&name()).unwrap();
    for round in 0..3 {
        let mut other = page(&format!("x{round}"), "Other", "");
        other.author = None;
        other.editor = Some(Name { account_id: "paul".to_owned(), name: "Paul".to_owned() });
        fill(&shard, (0..5).map(|number| page(&format!("{round}{number}"), "T", "")).chain([other]));
    }
    shard.remove("03").unwrap();
    shard.commit().unwrap();
    let mut all = Vec::new();
    loop {
        let next = shard.ids(all.last().map(String::as_str), 4).unwrap();
        if next.is_empty() {
            break;
        }
        all.extend(next);
    }
    assert_eq!(all.len(), 17);
    assert!(all.is_sorted() && !all.contains(&"03".to_owned()));
    assert_eq!(shard.by_account("paul").unwrap(), ["x0", "x1", "x2"]);
    assert_eq!(shard.by_account("5b10:maria").unwrap().len(), 14);
    assert_eq!(shard.by_account("5b10:MARIA").unwrap(), [""; 0]);
}

#[test]
fn clearing_removes_all_even_what_is_on_its_way() {
    let index = index_of([page("1", "One", "word")]);
    let shard = index.shard(&name()).unwrap();
    shard.put(page("2", "Two", "word")).unwrap();
    shard.clear().unwrap();
    assert_eq!(found(&index, "word"), [""; 0]);
    assert_eq!(shard.ids(None, 10).unwrap(), [""; 0]);
    fill(&shard, [page("3", "Three", "word")]);
    assert_eq!(found(&index, "word"), ["3"]);
}

#[test]
fn after_a_run_nothing_is_held_and_the_next_one_goes_on() {
    let folder = Folder::new();
    let shard = folder.index().shard(&name()).unwrap();
    for round in 0..12 {
        fill(&shard, [page(&format!("{round}"), "T", "word")]);
    }
    let other = folder.index().shard(&name()).unwrap();
    let refused = other.put(page("x", "X", "")).unwrap_err();
    assert!(refused.to_string().contains("another process fills this part"), "{refused}");
    shard.release().unwrap();
    assert_eq!(shard.documents(), 12);
    other.put(page("x", "X", "")).unwrap();
    other.commit().unwrap();
}

#[test]
fn what_is_forgotten_takes_its_bytes_along() {
    let folder = Folder::new();
    let index = folder.index();
    let shard = index.shard(&name()).unwrap();
    fill(&shard, [page("1", "One", "word")]);
    index.forget(&name()).unwrap();
    index.forget(&name()).unwrap();
    assert!(!folder.shard().exists());
    assert_eq!(index.shards().unwrap(), []);
    // Whoever still searches it makes none.
    assert_eq!(found(&index, "word"), [""; 0]);
    assert_eq!(index.copy(&name(), "1", &Sight::default()).unwrap(), None);
    assert!(!folder.shard().exists());
}

#[test]
fn the_names_of_shards_are_known_without_a_look_at_the_disk() {
    let folder = Folder::new();
    let other = ShardName::of_source("wiki").unwrap();
    filled(&folder, &other);
    let index = folder.index();
    assert_eq!(index.shards().unwrap(), std::slice::from_ref(&other));
    fs::remove_dir_all(folder.0.join("index")).unwrap();
    assert_eq!(index.shards().unwrap(), std::slice::from_ref(&other));
    index.shard(&name()).unwrap();
    assert_eq!(index.shards().unwrap(), [name(), other.clone()]);
    index.forget(&other).unwrap();
    assert_eq!(index.shards().unwrap(), [name()]);
    assert_eq!((other.source(), name().source()), (Some("wiki"), None));
}

fn filled(folder: &Folder, name: &ShardName) {
    fill(&folder.index().shard(name).unwrap(), [page("1", "One", "word")]);
}

#[test]
fn a_purge_leaves_nothing_of_what_was_removed_on_the_disk() {
    let folder = Folder::new();
    let shard = folder.index().shard(&name()).unwrap();
    fill(&shard, [page("1", "One", "stays"), page("2", "Two", "zanzibar goes away")]);
    shard.remove("2").unwrap();
    shard.purge().unwrap();
    shard.release().unwrap();
    let holds = |word: &[u8]| {
        fs::read_dir(folder.shard()).unwrap().any(|file| {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            bytes.windows(word.len()).any(|part| part == word)
        })
    };
    assert!(holds(b"stays") && !holds(b"zanzibar"));
    assert_eq!(shard.documents(), 1);
}

#[test]
fn a_body_of_megabytes_and_a_monstrous_word_are_taken_in() {
    let large = format!("needle {}", "some words of a long page ".repeat(200_000));
    let monster = "x".repeat(1 << 20);
    let index =
        index_of([page("1", "Large", &large), page("2", "Monster", &monster), page("3", "三", &"密".repeat(1 << 14))]);
    assert_eq!(found(&index, "needle"), ["1"]);
    assert_eq!(found(&index, "monster"), ["2"]);
    assert_eq!(index.shard(&name()).unwrap().get("1").unwrap().unwrap().body, large);
}
