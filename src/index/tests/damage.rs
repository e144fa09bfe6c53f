//! Files that are not what was written.

use std::fs;

use super::*;

fn filled(folder: &Folder, documents: usize) {
    let shard = folder.index().shard(&name()).unwrap();
    for round in 0..3 {
        let ids = (0..documents).filter(|id| id % 3 == round);
        fill(&shard, ids.map(|id| page(&id.to_string(), &format!("Title {id}"), &format!("word number{id} text"))));
    }
    shard.remove("0").unwrap();
    shard.commit().unwrap();
    shard.publish().unwrap();
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// What the whole one answers.
fn answer(index: &Index) -> Result<(u64, Vec<String>), IndexError> {
    let found = index.search(&Query { limit: 100, ..query("word") })?;
    if let Some((shard, why)) = found.left_out.first() {
        return Err(IndexError::Damaged { shard: shard.to_string(), why: why.clone() });
    }
    let mut ids = ids(&found);
    ids.sort();
    Ok((found.total, ids))
}

#[test]
fn flipped_and_truncated_files_are_found_when_a_shard_is_opened() {
    let origin = Folder::new();
    filled(&origin, 30);
    let whole = answer(&origin.index()).unwrap();
    assert_eq!(whole.0, 29);
    let mut random = fastrand::Rng::with_seed(10);
    let mut anew = 0;
    for _ in 0..100 {
        let folder = Folder::new();
        fs::create_dir_all(folder.shard()).unwrap();
        for file in files(&origin.shard()) {
            fs::copy(&file, folder.shard().join(file.file_name().unwrap())).unwrap();
        }
        let all = files(&folder.shard());
        let file = &all[random.usize(..all.len())];
        let mut bytes = fs::read(file).unwrap();
        match random.usize(..3) {
            0 => bytes.truncate(random.usize(..=bytes.len())),
            _ if bytes.is_empty() => bytes.push(7),
            _ => {
                let at = random.usize(..bytes.len());
                bytes[at] ^= 1 << random.u8(..8);
            }
        }
        fs::write(file, bytes).unwrap();
        let index = folder.index();
        let shard = index.shard(&name()).unwrap();
        let found = answer(&index).unwrap();
        match shard.opened() {
            Opened::Fine => assert_eq!(found, whole, "{}", file.display()),
            Opened::MadeAnew { kept, .. } => {
                anew += 1;
                assert_eq!(found.0, kept, "{}", file.display());
                assert!(found.1.iter().all(|id| whole.1.contains(id)), "{}: {found:?}", file.display());
            }
        }
        fill(&shard, [page("new", "New", "another")]);
        assert_eq!(super::found(&index, "another"), ["new"]);
        shard.check().unwrap();
    }
    assert!(anew > 40, "{anew}");
}

#[test]
fn a_damaged_list_of_words_costs_no_copy() {
    let folder = Folder::new();
    filled(&folder, 9);
    for file in files(&folder.shard()) {
        if file.extension().is_some_and(|extension| extension == "term") {
            fs::write(file, b"nonsense").unwrap();
        }
    }
    let index = folder.index();
    let opened = index.shard(&name()).unwrap().opened();
    // The segment that something was removed from cannot say what is left of it.
    assert!(matches!(opened, Opened::MadeAnew { kept: 6, .. }), "{opened:?}");
    assert_eq!(answer(&index).unwrap().0, 6);
    assert!(matches!(folder.index().shard(&name()).unwrap().opened(), Opened::Fine));
}

#[test]
fn an_older_or_unknown_format_is_made_anew_from_its_copies() {
    for format in ["0", "99", "", "x"] {
        let folder = Folder::new();
        filled(&folder, 9);
        fs::write(folder.shard().join("format"), format).unwrap();
        let index = folder.index();
        let opened = index.shard(&name()).unwrap().opened();
        assert!(matches!(opened, Opened::MadeAnew { kept: 8, .. }), "{format}: {opened:?}");
        assert_eq!(answer(&index).unwrap().0, 8);
    }
}

#[test]
fn a_folder_that_is_none_says_what_is_wrong() {
    let folder = Folder::new();
    fs::create_dir_all(folder.0.join("index")).unwrap();
    fs::write(folder.shard(), "a file").unwrap();
    let error = folder.index().shard(&name()).err().unwrap();
    assert!(matches!(error, IndexError::System(_)), "{error}");
    assert!(error.to_string().starts_with("the local index cannot be read or written"), "{error}");
    assert!(folder.index().search(&query("word")).is_err());
}

#[test]
fn an_exchange_that_was_cut_off_is_ended() {
    let folder = Folder::new();
    filled(&folder, 6);
    let half = folder.shard().with_extension("new");
    fs::create_dir_all(&half).unwrap();
    fs::write(half.join("meta.json"), "{}").unwrap();
    fs::rename(folder.shard(), folder.shard().with_extension("old")).unwrap();
    let index = folder.index();
    assert_eq!(answer(&index).unwrap().0, 5);
    assert_eq!(index.shard(&name()).unwrap().opened(), Opened::Fine);
    assert_eq!(files(&folder.0.join("index")).len(), 1);
}

#[test]
fn a_shard_that_is_made_anew_on_demand_keeps_its_copies_and_searches() {
    let folder = Folder::new();
    filled(&folder, 9);
    let index = folder.index();
    let shard = index.shard(&name()).unwrap();
    assert_eq!(shard.rebuild().unwrap(), 8);
    assert_eq!(answer(&index).unwrap().0, 8);
    assert!(matches!(shard.opened(), Opened::MadeAnew { kept: 8, .. }));
    fill(&shard, [page("100", "New", "word")]);
    assert_eq!(answer(&index).unwrap().0, 9);
}

#[test]
fn a_damaged_shard_is_left_out_and_the_answer_says_so() {
    let index = index_of([page("1", "One", "word")]);
    let other = ShardName::new("other").unwrap();
    let shard = index.shard(&other).unwrap();
    fill(&shard, [page("2", "Two", "word")]);
    let _ = shard.read(|_| -> Result<(), CopiesError> { panic!("as the library does on bytes that it did not write") });
    assert_eq!(shard.damage().as_deref(), Some("it cannot be read"));
    let mut asked = query("word");
    asked.shards.push((other.clone(), Sight::default()));
    let found = index.search(&asked).unwrap();
    assert_eq!(ids(&found), ["1"]);
    assert_eq!(found.left_out.len(), 1);
    assert_eq!(found.total, 1);
    asked.shards.remove(0);
    assert!(matches!(index.search(&asked), Err(IndexError::Damaged { .. })));
    shard.rebuild().unwrap();
    assert_eq!(index.search(&asked).unwrap().total, 0);
}

#[test]
fn a_damage_found_in_searching_is_told_to_whoever_fills_it_and_mended_there() {
    let folder = Folder::new();
    filled(&folder, 9);
    let index = folder.index();
    let copies = index.filling(&name());
    // Nothing is opened to be asked.
    assert_eq!(copies.damage(), None);
    let shard = index.shard(&name()).unwrap();
    assert_eq!(answer(&index).unwrap().0, 8);
    for file in files(&folder.shard()) {
        if file.extension().is_some_and(|extension| extension == "store") {
            let mut bytes = fs::read(&file).unwrap();
            bytes[..20].fill(0xff);
            fs::write(file, bytes).unwrap();
            break;
        }
    }
    let error = shard.check().unwrap_err();
    assert!(matches!(error, CopiesError::Damaged(_)), "{error}");
    assert!(copies.damage().is_some());
    assert!(matches!(answer(&index), Err(IndexError::Damaged { .. })));
    copies.mend().unwrap();
    assert_eq!((copies.damage(), answer(&index).unwrap().0 < 8), (None, true));
    assert_eq!(copies.ids(None, 100).unwrap().len() as u64, shard.documents());
}

#[test]
fn errors_of_the_system_are_told_apart() {
    let of = |error: io::Error| CopiesError::from(tantivy::TantivyError::from(error));
    assert_eq!(of(io::Error::from_raw_os_error(28)), CopiesError::Full);
    let told = |text: &str| CopiesError::from(tantivy::TantivyError::InternalError(text.to_owned()));
    assert_eq!(told("No space left on device (os error 28)"), CopiesError::Full);
    assert_eq!(told("File too large (os error 27)"), CopiesError::Full);
    assert!(matches!(told("Input/output error (os error 5)"), CopiesError::System(_)));
    assert!(matches!(told("the offsets are not in order"), CopiesError::Damaged(_)));
    assert!(matches!(of(io::ErrorKind::PermissionDenied.into()), CopiesError::System(_)));
    assert!(matches!(of(io::ErrorKind::UnexpectedEof.into()), CopiesError::Damaged(_)));
}
