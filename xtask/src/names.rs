//! Short names between the wasm and its script. wasm-bindgen joins the two by three hundred long ones, which no
//! reader sees and no packing makes small, for a part of each is a checksum.

use crate::offline;
use crate::process;
use crate::tools::Tools;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

const WASM: &str = "_bg.wasm";

/// What wasm-opt says of the names that it has shortened.
#[derive(Deserialize)]
struct Names {
    /// The module, the name, the short name.
    imports: Vec<(String, String, String)>,
    exports: Vec<(String, String)>,
}

/// Shortens the names in a folder that holds a built page. Both files are called after what is in them, as before.
///
/// # Errors
/// When a file is not there, or the script does not name what the wasm imports in the way that is known here.
pub fn shorten(dist: &Path, tools: &Tools) -> Result<()> {
    let stem = stem(dist)?;
    let (wasm, script, page) =
        (dist.join(format!("{stem}{WASM}")), dist.join(format!("{stem}.js")), dist.join("index.html"));
    let read =
        |file: &Path| std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()));
    let before = [offline::checksum(&read(&wasm)?), offline::checksum(&read(&script)?)];

    let mut optimise = Command::new(tools.program("wasm-opt")?);
    optimise.arg("--minify-imports-and-exports-and-modules").arg(&wasm).arg("-o").arg(&wasm);
    let names = process::output(optimise.env("PATH", tools.path()?))?;
    let names: Names = serde_json::from_str(&names).context("wasm-opt tells its short names otherwise")?;
    let text = names.put_into(&String::from_utf8(read(&script)?)?)?;
    std::fs::write(&script, &text)?;

    let after = [offline::checksum(&read(&wasm)?), offline::checksum(text.as_bytes())];
    let mut html = String::from_utf8(read(&page)?)?;
    for (before, after) in before.iter().zip(&after) {
        if !html.contains(before) {
            bail!("index.html does not have the checksum {before}");
        }
        html = html.replace(before, after);
    }
    let called = called(&stem, &after.concat())?;
    std::fs::write(&page, html.replace(&stem, &called))?;
    std::fs::rename(&wasm, dist.join(format!("{called}{WASM}")))?;
    std::fs::rename(&script, dist.join(format!("{called}.js")))?;
    Ok(())
}

/// What the names of the wasm and its script begin with.
fn stem(dist: &Path) -> Result<String> {
    for entry in std::fs::read_dir(dist).context("there is no dist/")? {
        if let Some(stem) = entry?.file_name().to_string_lossy().strip_suffix(WASM) {
            return Ok(stem.to_owned());
        }
    }
    bail!("dist/ holds no wasm");
}

/// The same stem with another checksum at its end.
fn called(stem: &str, content: &str) -> Result<String> {
    let (name, old) = stem.rsplit_once('-').with_context(|| format!("{stem} has no checksum in its name"))?;
    let mut new = offline::digest(content);
    new.truncate(old.len());
    Ok(format!("{name}-{new}"))
}

impl Names {
    /// The script with these names, without comments and indentation.
    fn put_into(&self, script: &str) -> Result<String> {
        let mut text = String::with_capacity(script.len());
        for line in script.lines().map(str::trim_start) {
            if !(line.is_empty() || ["/*", "*", "//"].iter().any(|begin| line.starts_with(begin))) {
                text += line;
                text.push('\n');
            }
        }
        for (module, name, short) in &self.imports {
            // wasm-opt calls every module so.
            text = text.replace(&format!("\"{module}\""), "\"a\"");
            let (key, new) = (format!("\n{name}: "), format!("\n{short}: "));
            if text.matches(&key).count() != 1 {
                bail!("the script has not one function {name}");
            }
            text = text.replace(&key, &new);
        }
        let short: HashMap<&str, &str> =
            self.exports.iter().map(|(name, short)| (&**name, &**short)).collect();
        let mut parts = text.split("wasm.");
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(|c: char| !(c.is_alphanumeric() || "_$".contains(c))).unwrap_or(part.len());
            let (name, rest) = part.split_at(end);
            whole.extend(["wasm.", short.get(name).copied().unwrap_or(name), rest]);
        }
        Ok(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        serde_json::from_str(
            r#"{"imports": [["./page_bg.js", "__wbg_log_0123", "$"], ["./page_bg.js", "__wbg_log_01", "a"]],
                "exports": [["memory", "b"], ["__wbindgen_free", "c"], ["main", "d"]]}"#,
        )
        .unwrap()
    }

    #[test]
    fn a_script_has_the_short_names() {
        let script = "\
/**
 * Says something.
 */
const import0 = {
    __wbg_log_01: function(arg0) {
        wasm.__wbindgen_free(arg0, wasm.memory.buffer);
    },
    __wbg_log_0123: function() { return wasm.__wbindgen_freed; },
};
return { \"./page_bg.js\": import0 };
export { main };
";
        let expected = "\
const import0 = {
a: function(arg0) {
wasm.c(arg0, wasm.b.buffer);
},
$: function() { return wasm.__wbindgen_freed; },
};
return { \"a\": import0 };
export { main };
";
        assert_eq!(names().put_into(script).unwrap(), expected);
    }

    #[test]
    fn a_script_of_another_form_is_refused() {
        let said = names().put_into("const imports = {};").unwrap_err().to_string();
        assert_eq!(said, "the script has not one function __wbg_log_0123");
    }

    #[test]
    fn a_file_is_called_after_what_is_in_it() {
        let one = called("the-page-0123456789abcdef", "one").unwrap();
        assert!(one.starts_with("the-page-") && one.len() == "the-page-0123456789abcdef".len(), "{one}");
        assert_ne!(one, called("the-page-0123456789abcdef", "two").unwrap());
    }
}
