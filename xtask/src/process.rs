//! Where things are, and how other programs are run.

use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The workspace root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies inside the workspace")
}

pub fn dist() -> PathBuf {
    root().join("dist")
}

/// Cargo's target folder, where generated files may go.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// The cargo that runs us, in the workspace root.
pub fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(root());
    command
}

/// The first file called `name` in the folders of `path`.
pub fn find_on(path: &[PathBuf], name: &str) -> Option<PathBuf> {
    path.iter()
        .map(|dir| dir.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
        .find(|file| is_executable(file))
}

/// The folders of `$PATH`.
pub fn search_path() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// Standard output of a command that must succeed; its standard error is part of the failure.
pub fn output(command: &mut Command) -> Result<String> {
    let name = name_of(command);
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("`{name}` could not be started"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{name}` failed ({}): {}", output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// As [`output`], of a command that is ended after some time; what failed is its last line.
pub fn output_within(command: &mut Command, patience: Duration) -> Result<String> {
    let name = name_of(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{name}` could not be started"))?;
    // In threads of their own, which may outlive this call: a grandchild can keep the pipes open.
    let said = read_aside(child.stdout.take());
    let complained = read_aside(child.stderr.take());
    let started = std::time::Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() > patience {
            let _ = child.kill();
            let _ = child.wait();
            bail!("`{name}` took longer than {} s", patience.as_secs_f64());
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    if !status.success() {
        let complaint = complained.recv().unwrap_or_default();
        let last = complaint.lines().rev().map(str::trim).find(|line| !line.is_empty());
        bail!("`{name}` failed ({status}): {}", last.unwrap_or("it did not say why"));
    }
    Ok(said.recv().unwrap_or_default())
}

fn read_aside(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// Runs a command whose output the user sees; `cure` is what they read if it fails.
pub fn run(command: &mut Command, cure: &str) -> Result<()> {
    let name = name_of(command);
    let status = command.status().with_context(|| format!("`{name}` could not be started. {cure}"))?;
    if !status.success() {
        bail!("`{name}` failed ({status}). {cure}");
    }
    Ok(())
}

/// The program's name without its folder, as a person would type it.
fn name_of(command: &Command) -> String {
    Path::new(command.get_program()).file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Says what is being done. Standard error, so that standard output stays a result.
pub fn say(message: impl AsRef<str>) {
    eprintln!("==> {}", message.as_ref());
}
