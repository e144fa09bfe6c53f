//! Which files that decide about permissions others than their owner can write.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Findings;
use crate::cli::CliError;
use crate::cli::console::harmless;
use crate::cli::people::agents;
use crate::config::declared::DATA_DIR;
use crate::config::{ProfileName, Settings};
use crate::people::{Approvers, agents_file, approvers_file};

/// What is wrong with the files about people, and who else may change what decides about permissions.
pub(super) fn list(settings: &Settings, findings: &mut Findings<'_>) -> Result<(), CliError> {
    findings.heading("Files")?;
    let problems = findings.problems;
    if let Ok(file) = approvers_file(settings)
        && let Err(error) = Approvers::load(&file)
    {
        findings.problem(&error.to_string())?;
    }
    let open: Vec<PathBuf> = deciding(settings).into_iter().filter(|path| others_may_write(path)).collect();
    for path in &open {
        let path = harmless(&path.display().to_string(), 120);
        findings.note(&format!("{path} can be written by others than its owner; take that from group and others"))?;
    }
    if open.is_empty() && findings.problems == problems {
        findings.good("what decides about permissions can be written by its owner alone")?;
    }
    Ok(findings.console.line("")?)
}

/// Every file and folder whose contents widen what an agent may do.
fn deciding(settings: &Settings) -> BTreeSet<PathBuf> {
    let mut paths: BTreeSet<PathBuf> = settings.configuration_folder.iter().cloned().collect();
    paths.extend(settings.file.clone());
    paths.extend(agents_file(settings));
    paths.extend(approvers_file(settings));
    paths.extend(settings.path(&DATA_DIR));
    let profile = |name: ProfileName| match name {
        ProfileName::File(path) => Some(path),
        ProfileName::Shipped(_) => None,
    };
    paths.extend(profile(settings.profile()));
    let agents = agents::of(settings).unwrap_or_default();
    paths.extend(agents.iter().filter_map(|agent| profile(agent.profile.clone())));
    paths
}

#[cfg(unix)]
fn others_may_write(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o022 != 0)
}

#[cfg(not(unix))]
fn others_may_write(_: &Path) -> bool {
    false
}
