//! Who may do what in a space, as the list of its permissions has it.

use serde_json::{Value, json};

use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::Answered;
use crate::sandbox::server::call::Call;
use crate::sandbox::server::paging::{Key, Order, Row, listed};
use crate::sandbox::server::world::World;

/// The group that stands for everyone who can sign in.
const EVERYONE: &str = "00000000-0000-4000-8000-000000000001";

/// What whoever sees a space may do, and what whoever writes in it may do beside.
const READS: &[(&str, &str)] = &[("read", "space")];
const WRITES: &[(&str, &str)] =
    &[("create", "page"), ("create", "blogpost"), ("create", "comment"), ("create", "attachment"), ("delete", "page")];

pub(super) fn of_space(call: &Call, world: &mut World) -> Answered {
    let space = Sight::new(&world.site, &call.caller).space(call.first_id()?)?;
    let mut found: Vec<(&str, String, &str, &str)> = Vec::new();
    for (people, operations) in [(&space.viewers, READS), (&space.editors, WRITES)] {
        for (operation, target) in operations {
            match people {
                None => found.push(("group", EVERYONE.to_owned(), operation, target)),
                Some(people) => {
                    found.extend(people.iter().map(|person| ("user", person.clone(), *operation, *target)));
                }
            }
        }
    }
    found.push(("user", space.author.clone(), "administer", "space"));
    let rows = (1_u64..)
        .zip(found)
        .map(|(number, item)| Row { key: Key::Number(i64::try_from(number).unwrap_or(i64::MAX)), id: number, item })
        .map(|row| Row { key: row.key, id: row.id, item: (row.id, row.item) })
        .collect();
    listed(call, rows, &Order::by("id"), 25, |(number, (kind, id, operation, target))| -> Value {
        json!({
            "id": format!("{}{number:03}", space.id),
            "principal": { "type": kind, "id": id },
            "operation": { "key": operation, "targetType": target },
        })
    })
}
