//! Grows the tree of one space: homepage, sections, pages below them, blog posts.

use std::collections::BTreeMap;

use super::growth::{Growth, Spot};
use super::markup::{bare, boxed, date, escaped, heading, list, paragraph};
use super::people::{ADMIN, ANN, EDITOR, MIRA, RUI};
use super::sheet::{Scene, Sheet, Template};
use super::spaces::{Life, Plan};
use super::subjects::{OFFICES, Office, Subject};
use super::talk;
use crate::sandbox::model::{ContentKind, ContentStatus, Id};

/// Makes the homepage of `space`.
pub(super) fn plant(growth: &mut Growth, space: Id, plan: &Plan) -> Id {
    let home = growth.content(Spot::new(space, None, ContentKind::Page), homepage(plan));
    if let Some(space) = growth.site.spaces.get_mut(&space) {
        space.homepage = Some(home);
    }
    home
}

/// Fills a space, given with its homepage, as planned.
pub(super) fn grow(growth: &mut Growth, (space, home): (Id, Id), plan: &Plan, subjects: &[Subject]) {
    let mut sections: BTreeMap<&'static str, (Id, Id)> = BTreeMap::new();
    let mut neighbour = format!("{} Home", plan.name);
    for (template, subject, office) in topics(plan, subjects).take(plan.pages) {
        let known = sections.get(template.section()).copied();
        let (section, above) = known.unwrap_or_else(|| {
            let made = section(growth, space, home, plan, template);
            (made, made)
        });
        let suffix = office.map(|office| format!(" in {}", office.city)).unwrap_or_default();
        let sheet = written(growth, subject, office, suffix, &neighbour, Some(template));
        let parent = if growth.serial.is_multiple_of(4) { above } else { section };
        neighbour.clone_from(&sheet.title);
        let page = page(growth, plan, &Spot::new(space, Some(parent), ContentKind::Page), sheet);
        let current = growth.site.contents.get(&page).is_some_and(|page| page.status == ContentStatus::Current);
        sections.insert(template.section(), (section, if current { page } else { above }));
    }
    for (_, subject, _) in topics(plan, subjects).step_by(plan.templates.len().max(1)).take(plan.posts) {
        let sheet = written(growth, subject, None, String::new(), &neighbour, None);
        page(growth, plan, &Spot::new(space, None, ContentKind::BlogPost), sheet);
    }
}

/// What the pages are about: every subject by every kind of page, then the same for one office after the other.
fn topics<'a>(
    plan: &'a Plan,
    subjects: &'a [Subject],
) -> impl Iterator<Item = (Template, Subject, Option<Office>)> + 'a {
    let about = |subject: &&Subject| plan.areas.contains(&subject.area);
    std::iter::once(None).chain(OFFICES.iter().copied().map(Some)).flat_map(move |office| {
        subjects
            .iter()
            .filter(about)
            .flat_map(move |subject| plan.templates.iter().map(move |template| (*template, *subject, office)))
    })
}

fn written(
    growth: &mut Growth,
    subject: Subject,
    office: Option<Office>,
    suffix: String,
    neighbour: &str,
    template: Option<Template>,
) -> Sheet {
    growth.serial += 1;
    let [first, ..] = OFFICES;
    let office = office.or_else(|| growth.random.choice(OFFICES)).unwrap_or(first);
    let mut scene = Scene {
        serial: growth.serial,
        random: &mut growth.random,
        subject,
        office,
        suffix,
        neighbour: neighbour.to_owned(),
    };
    match template {
        Some(template) => template.write(&mut scene),
        None => notice(&mut scene),
    }
}

/// Adds the page with the fate its number gives it, and what is said about it.
fn page(growth: &mut Growth, plan: &Plan, spot: &Spot, mut sheet: Sheet) -> Id {
    let number = growth.serial;
    let full = plan.life == Life::Full;
    let status = match number {
        _ if !full => ContentStatus::Current,
        _ if number % 23 == 7 => ContentStatus::Draft,
        _ if number % 29 == 11 => ContentStatus::Archived,
        _ if number % 31 == 13 => ContentStatus::Trashed,
        _ => ContentStatus::Current,
    };
    let published = status != ContentStatus::Draft;
    let versions = match (full, published) {
        (true, true) => u32::try_from(1 + number * 7 % 5).unwrap_or(1),
        (false, true) if number.is_multiple_of(10) => 2,
        _ => 1,
    };
    let readers =
        (full && number % 37 == 5).then(|| [ADMIN, EDITOR, MIRA, ANN].into_iter().map(str::to_owned).collect());
    let remark =
        (published && number.is_multiple_of(if full { 5 } else { 40 })).then(|| talk::mark(growth, &mut sheet));
    let asked = format!("I followed &ldquo;{}&rdquo; and it did not help.", escaped(&sheet.title));
    let page = growth.content(Spot { status, versions, readers, ..spot.clone() }, sheet);
    let writers = [ADMIN, MIRA].into_iter().map(str::to_owned).collect();
    if let Some(page) = growth.site.contents.get_mut(&page).filter(|_| full && number % 41 == 3) {
        page.writers = Some(writers);
    }
    if let Some(remark) = remark {
        talk::remark(growth, page, remark);
    }
    if published && number.is_multiple_of(if full { 3 } else { 30 }) {
        talk::question(growth, page, &asked, if number.is_multiple_of(2) { RUI } else { MIRA });
    }
    page
}

fn homepage(plan: &Plan) -> Sheet {
    let topics: Vec<String> = plan.templates.iter().map(|template| template.section().to_owned()).collect();
    Sheet {
        title: format!("{} Home", plan.name),
        blocks: vec![
            paragraph(&format!("Welcome to <strong>{}</strong>. {}", escaped(&plan.name), escaped(&plan.description))),
            boxed("info", &[], &paragraph("Anything wrong here? Correct it, or leave a comment on the piece of text.")),
            heading(2, "What you find here"),
            list("ul", &topics),
            bare("children", &[("all", "true")]),
            bare("recently-updated", &[("max", "5")]),
        ],
        labels: vec!["homepage".to_owned()],
        files: Vec::new(),
    }
}

/// A section: a folder, or a page in every other section of a space that is full of life.
fn section(growth: &mut Growth, space: Id, home: Id, plan: &Plan, template: Template) -> Id {
    let title = template.section().to_owned();
    let place = plan.templates.iter().position(|one| *one == template).unwrap_or_default();
    if plan.life == Life::Sparse || place.is_multiple_of(2) {
        let sheet = Sheet { title, blocks: vec![String::new()], ..Sheet::default() };
        return growth.content(Spot::new(space, Some(home), ContentKind::Folder), sheet);
    }
    let blocks = vec![
        paragraph(&format!("{} of {}.", escaped(&title), escaped(&plan.name))),
        bare("children", &[("sort", "title")]),
    ];
    let sheet = Sheet { title, blocks, labels: vec!["section".to_owned()], files: Vec::new() };
    growth.content(Spot::new(space, Some(home), ContentKind::Page), sheet)
}

/// A blog post that announces work.
fn notice(scene: &mut Scene<'_>) -> Sheet {
    let (day, subject, minutes) = (scene.day(), scene.subject, scene.random.u8(15..120));
    let reason = scene.pick(&[
        "a new version is installed",
        "a disk is replaced",
        "a certificate is renewed",
        "the rack is moved",
    ]);
    let blocks = vec![
        paragraph(&format!(
            "On {} from 20:00 the {} will be interrupted for up to {minutes} minutes because {reason}.",
            date(&day),
            subject.name
        )),
        list(
            "ul",
            &[
                format!("Office: {}", scene.office.city),
                format!("Change: {}", scene.ticket("CHG")),
                format!("Contact: {}", scene.somebody()),
            ],
        ),
        boxed(
            "note",
            &[],
            &paragraph(&format!(
                "If {} the day after, call the desk and say <code>{}</code>.",
                subject.symptom, subject.error
            )),
        ),
    ];
    scene.sheet(&format!("Maintenance of the {} on {day}", subject.name), "announcement", blocks)
}
