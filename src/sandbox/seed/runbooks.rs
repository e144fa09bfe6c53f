//! Pages that help while working: runbooks, how-to articles, known errors, checklists, answers and alerts.

use super::markup::{
    bare, boxed, code, columns, date, heading, list, page_link, paragraph, status, steps, table, tasks,
};
use super::sheet::{Scene, Sheet};

/// What to do when the service breaks.
pub(super) fn runbook(scene: &mut Scene<'_>) -> Sheet {
    let subject = scene.subject;
    let (first, second) = (scene.host(1), scene.host(2));
    let ticket = scene.ticket("INC");
    let minutes = scene.random.u8(10..55);
    let calls = scene.random.u8(2..9);
    let opening = scene.pick(&["Use this runbook when", "Start here when", "Follow these steps when"]);
    let intro = format!(
        "{opening} <strong>{}</strong> and the monitoring shows <code>{}</code> for <code>{first}</code>. \
         The steps take about {minutes} minutes.",
        subject.symptom, subject.error
    );
    let escalation = format!(
        "Escalate to the {} on channel #{}-help after {calls} calls about the same symptom, and link {ticket}.",
        subject.team, subject.slug
    );
    let instructions = [
        (
            format!("Confirm the symptom: {}.", subject.symptom),
            vec![
                format!("Ask for the error code; {} is typical.", subject.error),
                "Note the time and the office.".into(),
            ],
        ),
        (format!("Check that <code>{first}</code> answers on {}.", subject.port), Vec::new()),
        (
            format!("Look for the usual cause: {}.", subject.cause),
            vec![format!("Compare with {second}, which was healthy last time.")],
        ),
        (format!("Now {}.", subject.remedy), Vec::new()),
        ("Ask the caller to try again, then close the ticket with the cause.".to_owned(), Vec::new()),
    ];
    let severity = scene.pick(&["Red", "Yellow", "Blue"]);
    let blocks = vec![
        bare("toc", &[("maxLevel", "3")]),
        paragraph(&intro),
        boxed(
            "info",
            &[],
            &paragraph(&format!(
                "Owner: {} &middot; Office: {} &middot; Severity: {}",
                subject.team,
                scene.office.city,
                status("P2", severity)
            )),
        ),
        heading(2, "Diagnose and repair"),
        steps(&instructions),
        code(scene.random, subject.language, subject.command),
        heading(2, "If that does not help"),
        boxed(
            "warning",
            &[("title", "Do not restart both nodes at once")],
            &paragraph(&format!(
                "{first} and {second} share their sessions; restart one, wait five minutes, then the other."
            )),
        ),
        paragraph(&escalation),
        paragraph(&format!("See also {}.", page_link(&scene.neighbour))),
    ];
    scene.sheet(&format!("Runbook: restore the {}", subject.name), "runbook", blocks)
}

/// How people use the service.
pub(super) fn guide(scene: &mut Scene<'_>) -> Sheet {
    let subject = scene.subject;
    let request = scene.ticket("REQ");
    let hours = scene.random.u8(2..30);
    let audience = scene.pick(&[
        "everyone in the company",
        "employees and contractors",
        "people who work from home",
        "team leads",
    ]);
    let numbered = [
        "Open the service desk portal and choose the catalogue item of the same name.".to_owned(),
        format!(
            "Name the office ({}) and your device; the asset tag starts with <code>EX-{}</code>.",
            scene.office.city,
            scene.office.code.to_uppercase()
        ),
        format!("Wait for the confirmation. The {} answers within {hours} working hours.", subject.team),
        "Sign out and in again so that your new membership takes effect.".to_owned(),
    ];
    let trouble = format!("{}: quote {} and request {request} when you call.", subject.symptom, subject.error);
    let blocks = vec![
        paragraph(&format!("This article is for {audience}. It explains how to get and use the {}.", subject.name)),
        heading(2, "Before you start"),
        list(
            "ul",
            &[
                "You need a registered second factor.".into(),
                format!("The service is reached by {}.", subject.port),
                "Save your work; you may have to restart.".into(),
            ],
        ),
        heading(2, "Steps"),
        list("ol", &numbered),
        boxed("tip", &[], &paragraph("Most requests are done faster when the asset tag is in the subject line.")),
        heading(2, "When it does not work"),
        boxed("expand", &[("title", "What you may see")], &paragraph(&trouble)),
        paragraph(&format!("Still stuck? Write to {} or read {}.", scene.somebody(), page_link(&scene.neighbour))),
    ];
    scene.sheet(&format!("How to use the {}", subject.name), "kb-how-to-article", blocks)
}

/// Errors and their remedies.
pub(super) fn known_errors(scene: &mut Scene<'_>) -> Sheet {
    let subject = scene.subject;
    let problem = scene.ticket("PRB");
    let seen = scene.day();
    let (calls, host) = (scene.random.u16(3..240), scene.host(3));
    let rows = [
        vec![
            format!("<code>{}</code>", subject.error),
            subject.symptom.to_owned(),
            subject.cause.to_owned(),
            status("KNOWN", "Yellow"),
        ],
        vec![
            format!("<code>{}-B</code>", subject.error),
            format!("the same on {host} only"),
            "a setting differs between the hosts".to_owned(),
            status("FIXED", "Green"),
        ],
        vec![
            "no code".to_owned(),
            "slow after lunch, fine in the evening".to_owned(),
            "not understood yet; collect traces".to_owned(),
        ],
    ];
    let blocks = vec![
        paragraph(&format!(
            "Problem {problem} collects what we know. First seen {}, {calls} calls since.",
            date(&seen)
        )),
        table(&["Code", "What people see", "Cause", "State"], &rows, &[120, 260, 260, 100]),
        heading(3, "Workaround"),
        paragraph(&format!("Until the fix is rolled out: {}.", subject.remedy)),
        code(
            scene.random,
            subject.language,
            &format!("{}\n# expected on {host}: no line with {}", subject.command, subject.error),
        ),
        boxed("note", &[], &paragraph(&format!("Tell callers in {} that their data is safe.", scene.office.city))),
        bare("jira", &[("key", &problem), ("server", "System Jira")]),
    ];
    scene.sheet(&format!("Known errors of the {}", subject.name), "known-error", blocks)
}

/// What to do every month.
pub(super) fn checklist(scene: &mut Scene<'_>) -> Sheet {
    let subject = scene.subject;
    let (host, due) = (scene.host(1), scene.day());
    let keeper = scene.somebody();
    let spare = scene.random.u8(15..40);
    let items = [
        format!("{keeper} checks the free space of <code>{host}</code>: at least {spare} percent {}", date(&due)),
        format!("Read the last 50 lines of the log and look for {}", subject.error),
        format!("Verify that {} is open from the monitoring network only", subject.port),
        "Compare the list of administrators with the access review".to_owned(),
        format!("Rehearse the remedy: {}", subject.remedy),
    ];
    let done = scene.random.usize(0..4);
    let blocks = vec![
        paragraph(&format!(
            "Monthly routine of the {} for the {}. Copy the list into the change ticket {}.",
            subject.team,
            subject.name,
            scene.ticket("CHG")
        )),
        tasks(scene.random, &items, done),
        boxed(
            "panel",
            &[("title", "Window"), ("bgColor", "#deebff")],
            &paragraph(&format!("Third Sunday of the month, 20:00 to 23:00 {} time.", scene.office.city)),
        ),
        code(scene.random, subject.language, subject.command),
        paragraph(
            "<ac:emoticon ac:name=\"tick\" ac:emoji-shortname=\":check_mark:\" ac:emoji-id=\"atlassian-check_mark\" /> Done means: the ticket holds a screenshot of every check.",
        ),
    ];
    scene.sheet(&format!("Monthly checklist: {}", subject.name), "checklist", blocks)
}

/// Questions and answers.
pub(super) fn questions(scene: &mut Scene<'_>) -> Sheet {
    let subject = scene.subject;
    let (weeks, users) = (scene.random.u8(2..9), scene.random.u16(40..2_300));
    let pair = |question: &str, answer: &str| boxed("expand", &[("title", question)], &paragraph(answer));
    let blocks = vec![
        paragraph(&format!(
            "Answers of the {} for the {users} people who use the {} in {}.",
            subject.team, subject.name, scene.office.city
        )),
        pair(
            "Why do I see an error?",
            &format!(
                "If {}, then probably {}. The code is <code>{}</code>.",
                subject.symptom, subject.cause, subject.error
            ),
        ),
        pair(
            "Can I fix it myself?",
            &format!("Not on your own: only the {} can {}. Open a ticket with the code.", subject.team, subject.remedy),
        ),
        pair(
            "How long are records kept?",
            &format!("Logs of {} are kept for {weeks} weeks, then deleted.", scene.host(1)),
        ),
        pair(
            "Whom do I ask?",
            &format!("{} or the desk on extension 4{:03}.", scene.somebody(), 100 + scene.serial % 900),
        ),
        heading(3, "Related"),
        list(
            "ul",
            &[
                page_link(&scene.neighbour),
                format!("<a href=\"https://desk.example.net/catalogue/{}\">Service catalogue</a>", subject.slug),
            ],
        ),
    ];
    scene.sheet(&format!("{}: questions and answers", scene.capital()), "faq", blocks)
}

/// Alerts and thresholds.
pub(super) fn monitoring(scene: &mut Scene<'_>) -> Sheet {
    let subject = scene.subject;
    let (warn, page) = (scene.random.u8(60..80), scene.random.u8(85..97));
    let row = |name: &str, warning: String, critical: String, who: &str| {
        vec![name.to_owned(), warning, critical, who.to_owned()]
    };
    let rows = [
        row("Availability", "1 failed probe".into(), "3 failed probes".into(), subject.team),
        row("Disk", format!("{warn}&nbsp;%"), format!("{page}&nbsp;%"), "Platform team"),
        row(
            "Errors",
            format!("5 &times; {} in an hour", subject.error),
            format!("20 &times; {} in an hour", subject.error),
            subject.team,
        ),
        vec!["Heartbeat".to_owned(), "silent for 15 minutes: page the person on call".to_owned()],
    ];
    let rule = format!(
        "alert: {}Down\nexpr: probe_success{{host=~\"{}-{}-.*\"}} == 0\nfor: 3m\nlabels:\n  severity: page\n  team: \"{}\"",
        subject.slug.replace('-', ""),
        subject.slug,
        scene.office.code,
        subject.team
    );
    let left = heading(3, "Dashboard")
        + &paragraph(&format!(
            "<a href=\"https://mon.example.net/d/{}-{}\">{} in {}</a>",
            subject.slug,
            scene.office.code,
            scene.capital(),
            scene.office.city
        ));
    let right = heading(3, "On call")
        + &paragraph(&format!("{} this week; the rota changes on Mondays at 09:00.", scene.somebody()));
    let blocks = vec![
        paragraph(&format!("What is watched on {} and when somebody is called.", scene.host(1))),
        table(&["Check", "Warning", "Critical", "Goes to"], &rows, &[]),
        code(scene.random, "yaml", &rule),
        columns(&left, &right),
        boxed(
            "info",
            &[("title", "False alarms")],
            &paragraph(&format!(
                "Alarm {} fired without cause on {}; the threshold was raised to {page}&nbsp;%.",
                scene.ticket("ALM"),
                scene.day()
            )),
        ),
    ];
    scene.sheet(&format!("Monitoring and alerts: {}", subject.name), "monitoring", blocks)
}
