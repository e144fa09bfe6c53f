//! What an asker sees, compared with a look at every document.

use std::collections::BTreeMap;

use super::*;

const WORDS: [&str; 8] = ["vpn", "password", "printer", "network", "secret", "router", "kubernetes", "zanzibar"];
const SPACES: [&str; 4] = ["IT", "HR", "OPS", "~x"];

fn some_document(random: &mut fastrand::Rng, id: usize) -> Document {
    let words = |random: &mut fastrand::Rng, most: usize| {
        let all: Vec<&str> = (0..random.usize(..most)).map(|_| WORDS[random.usize(..WORDS.len() - 1)]).collect();
        all.join(" ")
    };
    let mut document = page(&id.to_string(), &words(random, 4), &words(random, 30));
    document.space = space(SPACES[random.usize(..SPACES.len())]);
    document.ancestors = (0..random.usize(..4)).map(|_| random.usize(..12).to_string()).collect();
    document.restricted = random.bool();
    document.kind = DocumentKind::ALL[random.usize(..4)];
    document.labels = (0..random.usize(..3)).map(|_| format!("label{}", random.usize(..5))).collect();
    document.labels.sort();
    document.labels.dedup();
    document.modified = random.bool().then(|| second(random.i64(0..100)));
    document
}

fn some_sight(random: &mut fastrand::Rng) -> Sight {
    let spaces =
        |random: &mut fastrand::Rng| (0..random.usize(..3)).map(|_| space(SPACES[random.usize(..4)]).id).collect();
    Sight {
        spaces: match random.usize(..3) {
            0 => Spaces::All,
            1 => Spaces::Only(spaces(random)),
            _ => Spaces::Except(spaces(random)),
        },
        within: (0..random.usize(..3))
            .map(|_| Within {
                spaces: spaces(random),
                pages: (0..random.usize(..4)).map(|_| random.usize(..12).to_string()).collect(),
            })
            .collect(),
        visible_to_all_only: random.bool(),
    }
}

fn some_filters(random: &mut fastrand::Rng) -> Filters {
    let mut filters = Filters::default();
    if random.usize(..3) == 0 {
        filters.spaces = vec![["it", "id-HR", "OPS", "nowhere"][random.usize(..4)].to_owned()];
    }
    if random.usize(..3) == 0 {
        filters.labels = vec![format!("Label{}", random.usize(..5))];
    }
    if random.usize(..3) == 0 {
        filters.kinds = vec![DocumentKind::ALL[random.usize(..4)]];
    }
    if random.usize(..3) == 0 {
        filters.authors = vec![["maria", "MARIA NÚÑEZ", "5b10:Maria", "paul"][random.usize(..4)].to_owned()];
    }
    filters.modified_after = (random.usize(..3) == 0).then(|| second(random.i64(0..100)));
    filters.modified_before = (random.usize(..3) == 0).then(|| second(random.i64(0..100)));
    filters
}

/// What the index should do, document by document.
fn is_seen(document: &Document, sight: &Sight) -> bool {
    let space = match &sight.spaces {
        Spaces::All => true,
        Spaces::Only(ids) => ids.contains(&document.space.id),
        Spaces::Except(ids) => !ids.contains(&document.space.id),
    };
    let line = || document.ancestors.iter().chain([&document.id]);
    let holds =
        |within: &Within| within.spaces.contains(&document.space.id) || line().any(|id| within.pages.contains(id));
    space && sight.within.iter().all(holds) && !(sight.visible_to_all_only && document.restricted)
}

fn is_wanted(document: &Document, filters: &Filters) -> bool {
    let space = |key: &String| document.space.key.eq_ignore_ascii_case(key) || document.space.id == *key;
    let label = |label: &String| document.labels.contains(&label.to_lowercase());
    let author = |author: &String| author != "paul";
    (filters.spaces.is_empty() || filters.spaces.iter().any(space))
        && (filters.labels.is_empty() || filters.labels.iter().any(label))
        && (filters.authors.is_empty() || filters.authors.iter().any(author))
        && (filters.kinds.is_empty() || filters.kinds.contains(&document.kind))
        && filters.modified_after.is_none_or(|from| document.modified.is_some_and(|at| at >= from))
        && filters.modified_before.is_none_or(|to| document.modified.is_some_and(|at| at < to))
}

fn has(document: &Document, word: &str) -> bool {
    document.title.split(' ').chain(document.body.split(' ')).any(|one| one == word)
}

fn counted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<(String, u64)> {
    let mut counts = BTreeMap::new();
    names.for_each(|name| *counts.entry(name.to_owned()).or_insert(0) += 1);
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), name.clone()));
    counts.truncate(10);
    counts
}

#[test]
fn what_is_found_is_what_a_look_at_every_document_finds() {
    let mut random = fastrand::Rng::with_seed(8);
    for _ in 0..8 {
        let index = Index::in_memory();
        let names = ["acme", "source-hudu"].map(|name| ShardName::new(name).unwrap());
        let mut kept: BTreeMap<(usize, usize), Document> = BTreeMap::new();
        for round in 0..3 {
            for (number, name) in names.iter().enumerate() {
                let shard = index.shard(name).unwrap();
                for _ in 0..random.usize(..25) {
                    let id = random.usize(..40);
                    let document = some_document(&mut random, id);
                    shard.put(document.clone()).unwrap();
                    kept.insert((number, id), document);
                }
                let gone = random.usize(..40);
                shard.remove(&gone.to_string()).unwrap();
                kept.remove(&(number, gone));
                shard.commit().unwrap();
                shard.publish().unwrap();
                if round == 1 {
                    shard.release().unwrap();
                }
            }
        }
        for _ in 0..40 {
            let sights = [some_sight(&mut random), some_sight(&mut random)];
            let filters = some_filters(&mut random);
            let words: Vec<&str> = (0..random.usize(..3)).map(|_| WORDS[random.usize(..8)]).collect();
            let mut asked = Query { words: words.join(" AND "), filters, limit: 100, ..Query::default() };
            asked.shards = names.iter().cloned().zip(sights.clone()).collect();
            let visible = |((number, _), document): &(&(usize, usize), &Document)| {
                is_seen(document, &sights[*number]) && is_wanted(document, &asked.filters)
            };
            let expected: Vec<_> = kept
                .iter()
                .filter(visible)
                .filter(|(_, document)| words.iter().all(|word| has(document, word)))
                .collect();
            let found = index.search(&asked).unwrap();
            let mut hits: Vec<_> = found
                .hits
                .iter()
                .map(|hit| {
                    (names.iter().position(|name| *name == hit.shard).unwrap(), hit.document.id.parse().unwrap())
                })
                .collect();
            hits.sort_unstable();
            assert_eq!(hits, expected.iter().map(|(key, _)| **key).collect::<Vec<_>>(), "{asked:?}");
            assert_eq!(found.total, u64::try_from(expected.len()).unwrap());
            let all = || expected.iter().map(|(_, document)| *document);
            assert_eq!(found.facets.spaces, counted(all().map(|one| one.space.key.as_str())));
            assert_eq!(found.facets.labels, counted(all().flat_map(|one| one.labels.iter().map(String::as_str))));
            assert_eq!(found.facets.kinds, counted(all().map(|one| one.kind.word())));
            for (key, document) in &kept {
                let copy = index.copy(&names[key.0], &document.id, &sights[key.0]).unwrap();
                assert_eq!(copy.is_some(), is_seen(document, &sights[key.0]));
            }
        }
    }
}

#[test]
fn hidden_documents_change_nothing_but_scores() {
    let mut random = fastrand::Rng::with_seed(9);
    let seen: Vec<Document> = (0..60).map(|id| some_document(&mut random, id)).collect();
    let hidden = |id: usize, body: &str| Document { space: space("HR"), ..page(&format!("h{id}"), body, body) };
    let sight = Sight { spaces: Spaces::Except(vec![space("HR").id]), ..Sight::default() };
    let open = seen.into_iter().filter(|document| document.space.key != "HR").collect::<Vec<_>>();
    let without = index_of(open.clone());
    let bodies = ["vpnn", "zanzibar vpn", "pasword printer", "kubernete secret", "layoffs"];
    let with = index_of(open.into_iter().chain(bodies.iter().enumerate().map(|(id, body)| hidden(id, body))));
    for words in
        ["vpn", "vpnn printer", "zanzibar", "zanzibr", "pasword", "kubernete", "layoffs", "layofs router", "kub*", ""]
    {
        let mut asked = query(words);
        asked.limit = 100;
        asked.shards = vec![(name(), sight.clone())];
        let [mut left, mut right] = [&without, &with].map(|index| index.search(&asked).unwrap());
        for found in [&mut left, &mut right] {
            found.hits.sort_by(|one, other| one.document.id.cmp(&other.document.id));
            found.hits.iter_mut().for_each(|hit| hit.score = 0.0);
        }
        assert_eq!(left, right, "{words}");
    }
}

#[test]
fn scores_of_several_shards_are_one_ranking() {
    let index = Index::in_memory();
    let names = ["a", "b"].map(|name| ShardName::new(name).unwrap());
    fill(&index.shard(&names[0]).unwrap(), (0..50).map(|id| page(&id.to_string(), "Common", "router words")));
    fill(&index.shard(&names[1]).unwrap(), [page("x", "Common", "router words"), page("y", "Router", "router")]);
    let mut asked = query("router");
    asked.shards = names.iter().map(|name| (name.clone(), Sight::default())).collect();
    let found = index.search(&asked).unwrap();
    assert_eq!(found.total, 52);
    assert_eq!(found.hits[0].document.id, "y");
    assert!((found.hits[1].score - found.hits[9].score).abs() < 1e-5);
}
