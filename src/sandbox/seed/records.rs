//! Pages that record: incident reviews, changes, policies, architecture, inventories and recovery tests.

use super::files;
use super::markup::{
    bare, boxed, code, date, escaped, file_link, heading, image, list, page_link, paragraph, status, table, tasks,
};
use super::sheet::{File, Scene, Sheet};

/// Review of an outage.
pub(super) fn incident(scene: &mut Scene<'_>) -> Sheet {
    let subject = scene.subject;
    let (ticket, day, host) = (scene.ticket("INC"), scene.day(), scene.host(1));
    let (people, minutes, hour) = (scene.random.u16(12..900), scene.random.u16(9..240), scene.random.u8(7..17));
    let rows = [
        vec![format!("{hour:02}:04"), format!("First call: {}.", subject.symptom)],
        vec![format!("{hour:02}:11"), format!("Monitoring raises <code>{}</code> on {host}.", subject.error)],
        vec![format!("{hour:02}:26"), format!("{} finds that {}.", scene.somebody(), subject.cause)],
        vec![
            format!("{:02}:{:02}", u16::from(hour) + minutes / 60, minutes % 60),
            "Service restored and confirmed by the desk.".to_owned(),
        ],
    ];
    let actions = [
        format!("{} adds a check for {} to the monitoring {}", scene.somebody(), subject.error, date(&scene.day())),
        format!("{} tells the offices how to recognise it", scene.somebody()),
        "Review this page after three months".to_owned(),
    ];
    let blocks = vec![
        boxed(
            "details",
            &[],
            &table(
                &["Ticket", &escaped(&ticket)],
                &[
                    vec!["Date".into(), date(&day)],
                    vec!["Duration".into(), format!("{minutes} minutes")],
                    vec!["State".into(), status("CLOSED", "Green")],
                ],
                &[],
            ),
        ),
        heading(2, "What happened"),
        paragraph(&format!(
            "On {day} {people} people in {} lost the {} for {minutes} minutes. What they saw: {}.",
            scene.office.city, subject.name, subject.symptom
        )),
        heading(2, "Timeline"),
        table(&["Time", "Event"], &rows, &[90, 600]),
        heading(2, "Cause and repair"),
        paragraph(&format!("The cause was that {}. The {} had to {}.", subject.cause, subject.team, subject.remedy)),
        code(scene.random, subject.language, subject.command),
        heading(2, "Actions"),
        tasks(scene.random, &actions, 1),
        bare("jira", &[("jqlQuery", &format!("labels = {} order by created", subject.slug)), ("maximumIssues", "20")]),
    ];
    scene.sheet(&format!("{ticket}: {} outage of {day}", subject.name), "incident-review", blocks)
}

/// A planned change.
pub(super) fn change(scene: &mut Scene<'_>) -> Sheet {
    let subject = scene.subject;
    let (ticket, day) = (scene.ticket("CHG"), scene.day());
    let (major, minor) = (scene.random.u8(2..12), scene.random.u8(0..9));
    let state = scene.pick(&["APPROVED", "DONE", "PLANNED", "ROLLED BACK"]);
    let colour = match state {
        "DONE" => "Green",
        "ROLLED BACK" => "Red",
        "PLANNED" => "Blue",
        _ => "Purple",
    };
    let plan = [
        "Announce the window two working days ahead.".to_owned(),
        format!("Take a snapshot of {} and {}.", scene.host(1), scene.host(2)),
        format!("Install version {major}.{minor} on {} first.", scene.host(2)),
        format!("Test with the desk: nobody may see {}.", subject.error),
    ];
    let blocks = vec![
        paragraph(&format!(
            "{} {} &rarr; version {major}.{minor} of the {} in {}, planned for {}.",
            status(state, colour),
            ticket,
            subject.name,
            scene.office.city,
            date(&day)
        )),
        heading(2, "Why"),
        paragraph(&format!("The present version is the reason why {}: {}.", subject.symptom, subject.cause)),
        heading(2, "Plan"),
        list("ol", &plan),
        heading(2, "Way back"),
        boxed(
            "warning",
            &[],
            &paragraph(&format!("If the test fails before 22:30, restore the snapshots and {}.", subject.remedy)),
        ),
        paragraph(&format!("Approved by {} and {}.", scene.somebody(), scene.somebody())),
    ];
    scene.sheet(&format!("{ticket}: upgrade the {} to {major}.{minor}", subject.name), "change", blocks)
}

/// Rules.
pub(super) fn policy(scene: &mut Scene<'_>) -> Sheet {
    let subject = scene.subject;
    let (days, review, version) = (scene.random.u16(30..400), scene.day(), scene.random.u8(1..6));
    let rules = [
        format!("Access is granted by the {} on request of a team lead and ends with the contract.", subject.team),
        format!("Records are kept for {days} days and are read only to mend faults."),
        format!("Administrators sign in through the vault; direct access by {} is closed.", subject.port),
        "Exceptions need a date on which they end.".to_owned(),
    ];
    let form = File {
        name: format!("exception-form-{}.pdf", subject.slug),
        media_type: "application/pdf",
        bytes: files::form(&format!("Exception for the {}", subject.name)),
    };
    let blocks = vec![
        boxed(
            "excerpt",
            &[("name", "summary")],
            &paragraph(&format!("Who may use the {}, what is recorded, and who decides on exceptions.", subject.name)),
        ),
        paragraph(&format!(
            "Version {version}, valid for {} and every office it serves. Next review: {}.",
            scene.office.city,
            date(&review)
        )),
        heading(2, "Rules"),
        list("ol", &rules),
        heading(2, "Exceptions"),
        paragraph(&format!(
            "Fill in {} and send it to {}. Reference {}.",
            file_link(&form.name),
            scene.somebody(),
            scene.ticket("EXC")
        )),
        "<hr />".to_owned(),
        paragraph(&format!("<em>Questions: {}</em>", page_link(&scene.neighbour))),
    ];
    let mut sheet = scene.sheet(&format!("Policy: access to the {}", subject.name), "policy", blocks);
    sheet.files.push(form);
    sheet
}

/// How it is built.
pub(super) fn architecture(scene: &mut Scene<'_>) -> Sheet {
    let subject = scene.subject;
    let picture = File {
        name: format!("{}-{}.png", subject.slug, scene.office.code),
        media_type: "image/png",
        bytes: files::picture(),
    };
    let (first, second) = (scene.host(1), scene.host(2));
    let parts = [
        format!("<code>{first}</code> serves requests on {}", subject.port),
        format!(
            "<code>{second}</code> stands by in the other rack and takes over within {} seconds",
            scene.random.u8(5..90)
        ),
        format!("both write their logs to <code>logs-{}-01</code>", scene.office.code),
    ];
    let (diagram, address) = (format!("{}-overview", subject.slug), scene.address());
    let blocks = vec![
        bare("toc", &[]),
        heading(2, "Overview"),
        paragraph(&format!(
            "{} in {} consists of two hosts behind {}. The {} owns both.",
            scene.capital(),
            scene.office.city,
            address,
            subject.team
        )),
        image(&picture.name, &format!("{} at {}", scene.capital(), scene.office.city)),
        list("ul", &parts),
        bare("drawio", &[("diagramName", &diagram), ("revision", "4"), ("contentVer", "2")]),
        heading(2, "Weak points"),
        boxed(
            "note",
            &[],
            &paragraph(&format!("It fails when {}. People then report that {}.", subject.cause, subject.symptom)),
        ),
        paragraph(&format!("Decided in {}; see {}.", scene.ticket("ADR"), page_link(&scene.neighbour))),
    ];
    let mut sheet = scene.sheet(&format!("Architecture of the {}", subject.name), "architecture", blocks);
    sheet.files.push(picture);
    sheet
}

/// Its hosts.
pub(super) fn inventory(scene: &mut Scene<'_>) -> Sheet {
    let subject = scene.subject;
    let count = scene.random.usize(4..11);
    let mut csv = "host,address,serial,bought\n".to_owned();
    let mut rows = Vec::new();
    for number in 1..=count {
        let (host, address, bought) = (scene.host(number), scene.address(), scene.day());
        let serial = format!("SN{:05}{number:02}", scene.serial);
        csv.push_str(&format_args!("{host},{address},{serial},{bought}\n").to_string());
        rows.push(vec![format!("<code>{host}</code>"), address, serial, bought]);
    }
    let export = File {
        name: format!("inventory-{}-{}.csv", subject.slug, scene.office.code),
        media_type: "text/csv",
        bytes: csv.into_bytes(),
    };
    let blocks = vec![
        paragraph(&format!(
            "{count} machines belong to the {} in {}. Export: {}.",
            subject.name,
            scene.office.city,
            file_link(&export.name)
        )),
        table(&["Host", "Address", "Serial number", "Bought"], &rows, &[180, 140, 160, 110]),
        boxed("info", &[], &paragraph(&format!("Counted by {} for audit {}.", scene.somebody(), scene.ticket("AUD")))),
        paragraph(&format!(
            "Reached by {}; spares lie in cabinet {}-{}.",
            subject.port,
            scene.office.code.to_uppercase(),
            scene.serial % 40
        )),
    ];
    let mut sheet = scene.sheet(&format!("Inventory: {} hosts", subject.name), "inventory", blocks);
    sheet.files.push(export);
    sheet
}

/// A rehearsal of its recovery.
pub(super) fn recovery_test(scene: &mut Scene<'_>) -> Sheet {
    let subject = scene.subject;
    let (day, target, taken) = (scene.day(), scene.random.u16(30..240), scene.random.u16(20..300));
    let verdict = if taken <= target { status("PASSED", "Green") } else { status("FAILED", "Red") };
    let log = File {
        name: format!("recovery-{}.txt", scene.serial),
        media_type: "text/plain",
        bytes: files::log(&scene.host(1), &day, subject.error, taken).into_bytes(),
    };
    let blocks = vec![
        paragraph(&format!(
            "{verdict} On {} we rebuilt the {} of {} from backup: {taken} minutes, target {target}.",
            date(&day),
            subject.name,
            scene.office.city
        )),
        table(
            &["Step", "Expected", "Seen"],
            &[
                vec!["Restore".into(), "no warning".into(), format!("<code>{}</code> once", subject.error)],
                vec!["Start".into(), format!("answers on {}", subject.port), "as expected".into()],
                vec!["Sign-in by the desk".into(), "works, apart from printing".into()],
            ],
            &[],
        ),
        heading(3, "Learned"),
        list(
            "ul",
            &[
                format!("Ahead of the next test, {}.", subject.remedy),
                format!("{} keeps the log: {}.", scene.somebody(), file_link(&log.name)),
            ],
        ),
        code(scene.random, subject.language, subject.command),
    ];
    let mut sheet = scene.sheet(&format!("Recovery test {}: {}", scene.serial, subject.name), "recovery-test", blocks);
    sheet.files.push(log);
    sheet
}
