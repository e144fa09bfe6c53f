//! Kills and power cuts, shortened; `tests/crash/run` has them in full.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Folder;
use crate::shared;

/// The rigs, the program that they drive, and what else they need.
fn rigs() -> Option<(PathBuf, PathBuf)> {
    let rigs = shared::folder("rigs")?;
    let (python, compiler) = (shared::program("python3")?, shared::program("cc")?);
    assert!(python.is_file() && compiler.is_file());
    // Beside the folder of the test binary lie the examples, which the test command builds too.
    let binary = std::env::current_exe().unwrap();
    let torture = binary.parent().and_then(Path::parent).unwrap().join("examples").join("torture");
    assert!(torture.is_file(), "{} is not built; `cargo build --examples` builds it", torture.display());
    Some((rigs, torture))
}

/// What a rig says in the end.
fn run(rig: &Path, torture: &Path, shim: &Path, arguments: &[&str]) -> String {
    let output =
        Command::new("python3").arg(rig).args(arguments).env("TORTURE", torture).env("SHIM", shim).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let Some((rigs, torture)) = rigs() else { return };
    let folder = Folder::new();
    let base = folder.path("kills");
    let said = run(&rigs.join("kill9.py"), &torture, Path::new(""), &["sluice", "40", base.to_str().unwrap()]);
    assert!(said.contains("kills=40") && said.contains("fails=0"), "{said}");
}

#[test]
fn nothing_acknowledged_is_lost_in_a_power_cut() {
    let Some((rigs, torture)) = rigs() else { return };
    let folder = Folder::new();
    let (shim, base) = (folder.path("shim.so"), folder.path("cuts"));
    let source = rigs.join("shim.c");
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&shim).arg(&source).arg("-ldl").status().unwrap();
    assert!(built.success());
    let said =
        run(&rigs.join("powercut.py"), &torture, &shim, &["sluice", "30", "15", base.to_str().unwrap(), "strict"]);
    assert!(said.contains("crashes=30 -> {'ok': 30}"), "{said}");
}
