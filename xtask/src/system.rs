//! The browser that the tests drive, and the driver between.

use crate::process::{self, find_on, say, search_path};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A Chromium, or a Chrome, and the chromedriver of the same release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
}

/// A Firefox, and the geckodriver that drives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firefox {
    pub firefox: PathBuf,
    pub geckodriver: PathBuf,
}

/// Names under which Chromium and its kin are installed.
const CHROMIUM_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const CHROMIUM_PLACES: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
/// Debian's names. The font is for a machine that has none at all.
const PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-dejavu-core"];

const CURE: &str = "Install Chromium (or Chrome) and the chromedriver of the same release: on Debian \
    `sudo apt-get install chromium chromium-driver`, on macOS `brew install --cask google-chrome chromedriver`. \
    If they are already there, name them in CHROMIUM and CHROMEDRIVER.";

const FIREFOX_NAMES: [&str; 2] = ["firefox", "firefox-esr"];
const FIREFOX_PLACE: &str = "/Applications/Firefox.app/Contents/MacOS/firefox";
const FIREFOX_CURE: &str = "Install Firefox and geckodriver: on Debian `sudo apt-get install firefox-esr` and \
    `cargo install geckodriver`, on macOS `brew install --cask firefox` and `brew install geckodriver`. If they are \
    already there, name them in FIREFOX and GECKODRIVER.";

/// Finds the other browser, or says how to get it.
pub fn find_firefox() -> Result<Firefox> {
    let path = search_path();
    let firefox = named("FIREFOX")?
        .or_else(|| FIREFOX_NAMES.iter().find_map(|name| find_on(&path, name)))
        .or_else(|| Some(PathBuf::from(FIREFOX_PLACE)).filter(|place| place.is_file()))
        .with_context(|| format!("no Firefox was found. {FIREFOX_CURE}"))?;
    let geckodriver = named("GECKODRIVER")?
        .or_else(|| find_on(&path, "geckodriver"))
        .with_context(|| format!("no geckodriver was found. {FIREFOX_CURE}"))?;
    Ok(Firefox { firefox, geckodriver })
}

/// Finds the browser, or says how to get it.
pub fn find() -> Result<Browser> {
    let chromium = named("CHROMIUM")?
        .or_else(look_for_chromium)
        .with_context(|| format!("no Chromium was found. {CURE}"))?;
    let chromedriver = named("CHROMEDRIVER")?
        .or_else(|| find_on(&search_path(), "chromedriver"))
        .with_context(|| format!("no chromedriver was found. {CURE}"))?;
    Ok(Browser { chromium, chromedriver })
}

/// Finds the browser, installing it where that can be done without asking.
pub fn ensure() -> Result<Browser> {
    let browser = match find() {
        Ok(browser) => browser,
        Err(missing) => {
            let Some(mut apt) = apt_get() else {
                return Err(missing);
            };
            say(format!("installing {} with apt-get", PACKAGES.join(", ")));
            install(&mut apt)?;
            find()?
        }
    };
    check_same_release(&browser)?;
    Ok(browser)
}

/// The program that a variable names, which must then exist.
fn named(variable: &str) -> Result<Option<PathBuf>> {
    match std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from) {
        Some(file) if !file.is_file() => {
            bail!("{variable} names {}, which is not there; correct it or unset it", file.display())
        }
        file => Ok(file),
    }
}

fn look_for_chromium() -> Option<PathBuf> {
    let path = search_path();
    CHROMIUM_NAMES
        .iter()
        .find_map(|name| find_on(&path, name))
        .or_else(|| CHROMIUM_PLACES.iter().map(PathBuf::from).find(|place| place.is_file()))
}

/// Makes an apt-get command that runs without a password.
type AptGet = Box<dyn FnMut() -> Command>;

fn apt_get() -> Option<AptGet> {
    find_on(&search_path(), "apt-get")?;
    let is_root = process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if is_root {
        return Some(Box::new(|| Command::new("apt-get")));
    }
    process::output(Command::new("sudo").args(["-n", "true"])).ok()?;
    Some(Box::new(|| {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "apt-get"]);
        sudo
    }))
}

fn install(apt: &mut AptGet) -> Result<()> {
    let mut quietly = |arguments: &[&str]| {
        process::output(apt().args(arguments).env("DEBIAN_FRONTEND", "noninteractive")).map(|_| ())
    };
    quietly(&["update", "-qq"]).context("the package lists could not be renewed; check the connection")?;
    let mut arguments = vec!["install", "-qq", "-y", "--no-install-recommends"];
    arguments.extend(PACKAGES);
    quietly(&arguments).context(CURE)
}

fn check_same_release(browser: &Browser) -> Result<()> {
    let (chromium, chromedriver) = (release(&browser.chromium)?, release(&browser.chromedriver)?);
    if chromium != chromedriver {
        bail!(
            "{} is release {chromium} but {} is release {chromedriver}, and they only work together. {CURE}",
            browser.chromium.display(),
            browser.chromedriver.display()
        );
    }
    Ok(())
}

fn release(program: &Path) -> Result<u32> {
    let said = process::output(Command::new(program).arg("--version")).context(CURE)?;
    parse_release(&said).with_context(|| format!("{} did not tell its version: {said:?}", program.display()))
}

/// The first number of the first version in the text: `Chromium 156.0.8078.79 built on Debian`.
fn parse_release(said: &str) -> Option<u32> {
    said.split_whitespace().find_map(|word| word.split_once('.')?.0.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_from_what_programs_print() {
        let cases = [
            ("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n", Some(156)),
            ("ChromeDriver 156.0.8078.79 (abc-refs/branch-heads/8078@{#1})", Some(156)),
            ("Google Chrome 99.1.2.3 ", Some(99)),
            ("no version. at all", None),
        ];
        for (said, expected) in cases {
            assert_eq!(parse_release(said), expected, "{said}");
        }
    }
}
