//! A page in a browser of its own, and what a person can do with it and see of it.

use crate::webdriver::{Element, Session};
use crate::{PATIENCE, driver, site};
use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Between two looks at what is being waited for.
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// How the page is opened.
#[derive(Clone, Debug)]
pub struct PageBuilder {
    width: u32,
    height: u32,
    ratio: f64,
    /// Media features: `prefers-color-scheme` and its kin.
    media: Vec<(&'static str, &'static str)>,
    print: bool,
    slowdown: f64,
    base: Option<String>,
    before: Vec<String>,
    arguments: Vec<&'static str>,
}

impl PageBuilder {
    /// CSS pixels.
    pub fn size(mut self, width: u32, height: u32) -> Self {
        (self.width, self.height) = (width, height);
        self
    }

    /// 375 × 812.
    pub fn phone(self) -> Self {
        self.size(375, 812)
    }

    /// Device pixels to a CSS pixel.
    pub fn pixel_ratio(mut self, ratio: f64) -> Self {
        self.ratio = ratio;
        self
    }

    pub fn dark(self) -> Self {
        self.media("prefers-color-scheme", "dark")
    }

    pub fn reduced_motion(self) -> Self {
        self.media("prefers-reduced-motion", "reduce")
    }

    /// Any media feature, such as `forced-colors` with `active`. The last word on one counts.
    pub fn media(mut self, feature: &'static str, value: &'static str) -> Self {
        self.media.retain(|(name, _)| *name != feature);
        self.media.push((feature, value));
        self
    }

    /// As it is laid out on paper.
    pub fn print(mut self) -> Self {
        self.print = true;
        self
    }

    /// A processor that many times slower.
    pub fn slow_cpu(mut self, times: f64) -> Self {
        self.slowdown = times;
        self
    }

    /// A script that runs in every document before the page's own: what another browser, an
    /// extension or a setting would do to it.
    pub fn before(mut self, script: &str) -> Self {
        self.before.push(script.to_owned());
        self
    }

    /// The address may change as often as a script likes. Chromium else ignores what goes beyond 200 times in
    /// ten seconds.
    pub fn restless(mut self) -> Self {
        self.arguments.push("--disable-ipc-flooding-protection");
        self
    }

    /// Frames follow each other as fast as they can be made, not at a screen's pace.
    pub fn unpaced(mut self) -> Self {
        self.arguments.extend(["--disable-frame-rate-limit", "--disable-gpu-vsync"]);
        self
    }

    /// From another address than the page as built; see [`crate::Site::url`].
    pub fn at(mut self, url: &str) -> Self {
        self.base = Some(url.to_owned());
        self
    }

    /// Opens the page and waits until the application has taken over.
    /// `fragment` is empty or starts with `#`.
    #[track_caller]
    pub fn open(self, fragment: &str) -> Page {
        let page = self.open_at_once(fragment);
        page.wait_until("the application to start", "return !document.getElementById('boot')", json!([]));
        page
    }

    /// Opens the page and does not wait for the application.
    #[track_caller]
    pub fn open_at_once(self, fragment: &str) -> Page {
        let base = self.base.clone().unwrap_or_else(|| site::shared().url());
        let driver = driver::driver().unwrap_or_else(|error| panic!("{error}"));
        let session = Session::start(driver, &self.arguments).unwrap_or_else(|error| panic!("{error:#}"));
        let page =
            Page { session, base, expected: RefCell::new(Vec::new()), console: RefCell::new(Vec::new()) };
        if page.session.is_firefox {
            page.resize(self.width, self.height);
            page.prefer(&self);
        } else {
            page.emulate(&self);
        }
        page.goto(fragment);
        page
    }
}

/// A page that is open. When it is dropped the browser closes, and a console error that no
/// [`Page::expect_console`] named fails the scenario.
pub struct Page {
    session: Session,
    base: String,
    expected: RefCell<Vec<String>>,
    console: RefCell<Vec<ConsoleEntry>>,
}

#[derive(Clone, Debug)]
struct ConsoleEntry {
    level: String,
    message: String,
}

/// A node of the accessibility tree: what a screen reader is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AxNode {
    pub role: String,
    pub name: String,
    pub description: String,
    pub value: String,
    /// Such as `expanded=true`, `invalid=true`, `level=1`.
    pub properties: Vec<String>,
}

/// What a page is opened with, as each browser is told it.
impl Page {
    #[track_caller]
    fn emulate(&self, wanted: &PageBuilder) {
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": wanted.width, "height": wanted.height, "deviceScaleFactor": wanted.ratio, "mobile": false }),
        );
        let features: Vec<Value> =
            wanted.media.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let media = if wanted.print { "print" } else { "" };
        self.cdp("Emulation.setEmulatedMedia", json!({ "media": media, "features": features }));
        if wanted.slowdown > 1.0 {
            self.slow_cpu(wanted.slowdown);
        }
        for script in &wanted.before {
            self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }));
        }
    }

    /// Firefox takes less, and says no to the rest.
    #[track_caller]
    fn prefer(&self, wanted: &PageBuilder) {
        assert!(
            wanted.ratio == 1.0 && !wanted.print && wanted.slowdown <= 1.0 && wanted.before.is_empty(),
            "only Chromium opens a page like this: {wanted:?}"
        );
        for (feature, value) in &wanted.media {
            match (*feature, *value) {
                ("prefers-color-scheme", scheme) => {
                    let scheme = u8::from(scheme == "light");
                    self.set_preference("layout.css.prefers-color-scheme.content-override", json!(scheme));
                }
                ("prefers-reduced-motion", motion) => {
                    self.set_preference("ui.prefersReducedMotion", json!(u8::from(motion == "reduce")));
                }
                other => panic!("only Chromium opens a page like this: {other:?}"),
            }
        }
    }

    #[track_caller]
    fn set_preference(&self, name: &str, value: Value) {
        let set = "const [name, value] = arguments;
             const kinds = { boolean: 'setBoolPref', number: 'setIntPref', string: 'setStringPref' };
             Services.prefs[kinds[typeof value]](name, value);";
        self.ok(self.session.privileged(set, json!([name, value])));
    }
}

/// Opening.
impl Page {
    /// 1280 × 800, light, no other preference.
    #[expect(clippy::new_ret_no_self, reason = "reads well where it is used: Page::new().phone().open(\"\")")]
    pub fn new() -> PageBuilder {
        PageBuilder {
            width: 1280,
            height: 800,
            ratio: 1.0,
            media: vec![("prefers-color-scheme", "light"), ("prefers-reduced-motion", "no-preference")],
            print: false,
            slowdown: 1.0,
            base: None,
            before: Vec::new(),
            arguments: Vec::new(),
        }
    }

    /// Goes to the page's address with this fragment. Within the open page only the fragment
    /// changes, as when a user edits the address; [`Page::reload`] starts anew.
    #[track_caller]
    pub fn goto(&self, fragment: &str) {
        self.visit(&format!("{}{fragment}", self.base));
    }

    /// Goes to any address.
    #[track_caller]
    pub fn visit(&self, url: &str) {
        self.ok(self.session.post("url", &json!({ "url": url })));
    }

    #[track_caller]
    pub fn reload(&self) {
        self.ok(self.session.post("refresh", &json!({})));
    }

    #[track_caller]
    pub fn back(&self) {
        self.ok(self.session.post("back", &json!({})));
    }

    #[track_caller]
    pub fn forward(&self) {
        self.ok(self.session.post("forward", &json!({})));
    }

    #[track_caller]
    pub fn resize(&self, width: u32, height: u32) {
        if self.session.is_firefox {
            let frame = self.script("return [outerWidth - innerWidth, outerHeight - innerHeight]", json!([]));
            let outer = |inner: u32, side: usize| u64::from(inner) + frame[side].as_u64().unwrap_or_default();
            let size = json!({ "width": outer(width, 0), "height": outer(height, 1) });
            self.ok(self.session.post("window/rect", &size));
            return;
        }
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 0, "mobile": false }),
        );
    }

    #[track_caller]
    pub fn slow_cpu(&self, times: f64) {
        self.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": times }));
    }

    /// Cuts the network, or mends it.
    #[track_caller]
    pub fn offline(&self, offline: bool) {
        self.cdp("Network.enable", json!({}));
        self.cdp(
            "Network.emulateNetworkConditions",
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 }),
        );
    }
}

/// Acting. A selector is CSS; the first match that can be seen is meant.
impl Page {
    /// A mouse click in the element's middle; fails if something lies on top of it for good.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        self.click_found(|| self.find(selector));
    }

    /// Clicks the button, link, tab… with this visible text or accessible label.
    #[track_caller]
    pub fn click_named(&self, name: &str) {
        self.click_found(|| self.find_named(name));
    }

    /// Tries again while the element moves, is covered or is being redrawn.
    #[track_caller]
    fn click_found(&self, find: impl Fn() -> Element) {
        let started = Instant::now();
        while let Err(error) = self.session.click(&find()) {
            if started.elapsed() > PATIENCE {
                panic!("{error:#}");
            }
            // Below something that stays in view: a person would scroll.
            let _ = self.session.script(
                "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })",
                json!([find().to_value()]),
            );
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// Gives a text field, a select or a range its value at once, as a paste or a pick would.
    #[track_caller]
    pub fn set(&self, selector: &str, value: &str) {
        self.of(
            selector,
            "const value = arguments[1];
             element.focus();
             const prototype = Object.getPrototypeOf(element);
             Object.getOwnPropertyDescriptor(prototype, 'value').set.call(element, value);
             element.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste', data: value }));
             element.dispatchEvent(new Event('change', { bubbles: true }));",
            json!(value),
        );
    }

    /// Presses a key with its modifiers: `Tab`, `Shift+Tab`, `Escape`, `Control+a`, `?`.
    #[track_caller]
    pub fn press(&self, chord: &str) {
        let keys: Vec<char> = chord_keys(chord);
        let down = keys.iter().map(|key| json!({ "type": "keyDown", "value": key.to_string() }));
        let up = keys.iter().rev().map(|key| json!({ "type": "keyUp", "value": key.to_string() }));
        self.act(json!([{ "type": "key", "id": "keys", "actions": down.chain(up).collect::<Vec<_>>() }]));
    }

    /// Types into whatever has the focus, key by key. For long text use [`Page::set`].
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        for key in text.chars() {
            self.press(&key.to_string());
        }
    }

    /// Moves the mouse to a point, in pixels from the element's middle.
    #[track_caller]
    pub fn hover(&self, selector: &str, x: i32, y: i32) {
        let element = self.find(selector);
        self.script(
            "arguments[0].scrollIntoView({ block: 'nearest', behavior: 'instant' })",
            json!([element.to_value()]),
        );
        let to =
            json!({ "type": "pointerMove", "duration": 0, "origin": element.to_value(), "x": x, "y": y });
        self.act(json!([{ "type": "pointer", "id": "mouse", "actions": [to] }]));
    }

    /// A mouse click at a point, in pixels from the element's middle.
    #[track_caller]
    pub fn click_at(&self, selector: &str, x: i32, y: i32) {
        self.hover(selector, x, y);
        let button = |kind: &str| json!({ "type": kind, "button": 0 });
        let press = [button("pointerDown"), button("pointerUp")];
        self.act(json!([{ "type": "pointer", "id": "mouse", "actions": press }]));
    }

    /// Drops a file onto an element.
    #[track_caller]
    pub fn drop_file(&self, selector: &str, name: &str, content: &str) {
        self.of(
            selector,
            "const [name, content] = arguments[1];
             const dataTransfer = new DataTransfer();
             dataTransfer.items.add(new File([content], name, { type: 'application/json' }));
             for (const type of ['dragenter', 'dragover', 'drop']) {
               element.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
             }",
            json!([name, content]),
        );
    }

    /// Chooses a file in an `<input type=file>`, which may be hidden.
    #[track_caller]
    pub fn choose_file(&self, selector: &str, name: &str, content: &str) {
        self.wait_until(
            &format!("{selector} to be there"),
            "return !!document.querySelector(arguments[0])",
            json!([selector]),
        );
        self.script(
            "const [selector, name, content] = arguments;
             const dataTransfer = new DataTransfer();
             dataTransfer.items.add(new File([content], name, { type: 'application/json' }));
             const input = document.querySelector(selector);
             input.files = dataTransfer.files;
             input.dispatchEvent(new Event('input', { bubbles: true }));
             input.dispatchEvent(new Event('change', { bubbles: true }));",
            json!([selector, name, content]),
        );
    }

    /// Lets the page use the clipboard, as a user's click would.
    #[track_caller]
    pub fn allow_clipboard(&self) {
        if self.session.is_firefox {
            return self.set_preference("dom.events.testing.asyncClipboard", json!(true));
        }
        self.cdp(
            "Browser.grantPermissions",
            json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] }),
        );
        self.cdp("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
    }

    /// Downloads go to a folder of this scenario's, which is emptied first and returned.
    #[track_caller]
    pub fn allow_downloads(&self) -> PathBuf {
        let folder = xtask::process::target().join("downloads").join(scenario());
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder for downloads");
        if self.session.is_firefox {
            self.set_preference("browser.download.folderList", json!(2));
            self.set_preference("browser.download.dir", json!(folder));
        } else {
            self.cdp("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": folder }));
        }
        folder
    }

    #[track_caller]
    fn act(&self, actions: Value) {
        self.ok(self.session.post("actions", &json!({ "actions": actions })));
    }
}

/// Looking.
impl Page {
    /// Runs the body of a function in the page; `arguments` are its arguments, a promise is awaited.
    #[track_caller]
    pub fn script(&self, body: &str, arguments: Value) -> Value {
        self.ok(self.session.script(body, arguments))
    }

    /// Waits until a function's body returns something true.
    #[track_caller]
    pub fn wait_until(&self, what: &str, body: &str, arguments: Value) -> Value {
        let started = Instant::now();
        loop {
            // A page that is being replaced cannot answer; then ask again.
            let last = self.session.script(body, arguments.clone());
            if let Ok(value) = &last
                && !matches!(value, Value::Null | Value::Bool(false))
            {
                return value.clone();
            }
            if started.elapsed() > PATIENCE {
                let trouble = last.err().map(|error| format!(" ({error:#})")).unwrap_or_default();
                panic!(
                    "waited {} s for {what}{trouble}\nThe page shows:\n{}",
                    PATIENCE.as_secs(),
                    self.excerpt()
                );
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// Waits for an element that can be seen.
    #[track_caller]
    pub fn wait_for(&self, selector: &str) {
        self.find(selector);
    }

    /// Waits until no such element can be seen.
    #[track_caller]
    pub fn wait_gone(&self, selector: &str) {
        self.wait_until(
            &format!("{selector} to go"),
            "return ![...document.querySelectorAll(arguments[0])].some(e => e.checkVisibility())",
            json!([selector]),
        );
    }

    /// Waits until an element that matches shows this text.
    #[track_caller]
    pub fn wait_for_text(&self, selector: &str, text: &str) {
        self.wait_until(
            &format!("{selector} to show {text:?}"),
            "const [selector, text] = arguments;
             const plain = s => s.replace(/\\s+/g, ' ');
             return [...document.querySelectorAll(selector)].some(e => e.checkVisibility() && plain(e.innerText ?? e.textContent).includes(plain(text)))",
            json!([selector, text]),
        );
    }

    /// The text that an element shows, white space collapsed.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        collapse(
            self.of(selector, "return element.innerText ?? element.textContent", json!(null))
                .as_str()
                .unwrap_or_default(),
        )
    }

    /// The texts of all elements that match, seen or not.
    #[track_caller]
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let texts = self.script(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText ?? e.textContent)",
            json!([selector]),
        );
        strings(&texts).iter().map(|text| collapse(text)).collect()
    }

    /// The value of a form field.
    #[track_caller]
    pub fn value(&self, selector: &str) -> String {
        self.of(selector, "return String(element.value)", json!(null)).as_str().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        self.of(selector, "return element.getAttribute(arguments[1])", json!(name))
            .as_str()
            .map(str::to_owned)
    }

    /// How many elements match, seen or not.
    #[track_caller]
    pub fn count(&self, selector: &str) -> usize {
        let count = self.script("return document.querySelectorAll(arguments[0]).length", json!([selector]));
        count.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or_default()
    }

    /// The part of the address from `#` on.
    #[track_caller]
    pub fn fragment(&self) -> String {
        self.script("return location.hash", json!([])).as_str().unwrap_or_default().to_owned()
    }

    /// What has the focus, for people and comparisons: `button Copy link`.
    #[track_caller]
    pub fn focused(&self) -> String {
        let focused = self.script(
            "const e = document.activeElement;
             const label = e.getAttribute('aria-label') || (e.labels && e.labels[0] && e.labels[0].innerText) || e.innerText || e.id;
             return `${e.localName} ${label}`",
            json!([]),
        );
        collapse(focused.as_str().unwrap_or_default())
    }

    /// Every address that the page has loaded something from.
    #[track_caller]
    pub fn loaded(&self) -> Vec<String> {
        strings(&self.script("return performance.getEntriesByType('resource').map(e => e.name)", json!([])))
    }

    /// What is on the clipboard; see [`Page::allow_clipboard`].
    #[track_caller]
    pub fn clipboard(&self) -> String {
        self.script("return navigator.clipboard.readText()", json!([]))
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Waits for a file to be downloaded whole; see [`Page::allow_downloads`].
    #[track_caller]
    pub fn downloaded(&self, folder: &Path, ending: &str) -> String {
        String::from_utf8(self.downloaded_bytes(folder, ending)).expect("text in UTF-8")
    }

    /// The same for a file that is no text.
    #[track_caller]
    pub fn downloaded_bytes(&self, folder: &Path, ending: &str) -> Vec<u8> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
            for file in files.filter(|file| file.to_string_lossy().ends_with(ending)) {
                if let Ok(content) = std::fs::read(&file)
                    && !content.is_empty()
                {
                    return content;
                }
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        panic!("no file ending in {ending} was downloaded within {} s", PATIENCE.as_secs())
    }

    /// The accessibility tree, in document order, without what is hidden from it.
    #[track_caller]
    pub fn accessibility(&self) -> Vec<AxNode> {
        self.cdp("Accessibility.enable", json!({}));
        let tree = self.cdp("Accessibility.getFullAXTree", json!({}));
        let nodes = tree["nodes"].as_array().cloned().unwrap_or_default();
        nodes.iter().filter(|node| node["ignored"] != json!(true)).map(AxNode::of).collect()
    }

    /// Waits until the accessibility tree has a node of this role whose name holds this text.
    #[track_caller]
    pub fn wait_for_role(&self, role: &str, name: &str) -> AxNode {
        let started = Instant::now();
        loop {
            let nodes = self.accessibility();
            if let Some(node) = nodes.iter().find(|node| node.role == role && node.name.contains(name)) {
                return node.clone();
            }
            if started.elapsed() > PATIENCE {
                let have: Vec<_> =
                    nodes.iter().filter(|node| node.role == role).map(|node| &node.name).collect();
                panic!("no {role} is called {name:?}; there are {have:?}");
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// Fails if the page scrolls sideways, and names what sticks out.
    #[track_caller]
    pub fn assert_no_sideways_scrolling(&self) {
        let culprits = self.script(
            "const root = document.scrollingElement;
             if (root.scrollWidth <= root.clientWidth) return [];
             const out = [...document.body.querySelectorAll('*')]
               .filter(e => e.getBoundingClientRect().right + scrollX > root.clientWidth + 0.5)
               .slice(0, 8)
               .map(e => `${e.localName}${e.id && '#' + e.id}.${[...e.classList].join('.')}`);
             return [`${root.scrollWidth} > ${root.clientWidth}`, ...out]",
            json!([]),
        );
        let culprits = strings(&culprits);
        assert!(culprits.is_empty(), "the page is wider than its window: {culprits:?}");
    }

    /// The share of a canvas's pixels that differ from its most frequent one.
    #[track_caller]
    pub fn canvas_ink(&self, selector: &str) -> f64 {
        let ink = self.of(
            selector,
            "if (!element.width || !element.height) return 0;
             const data = element.getContext('2d').getImageData(0, 0, element.width, element.height).data;
             const seen = new Map();
             for (const pixel of new Uint32Array(data.buffer)) seen.set(pixel, (seen.get(pixel) ?? 0) + 1);
             return 1 - Math.max(...seen.values()) / (data.length / 4)",
            json!(null),
        );
        ink.as_f64().unwrap_or_default()
    }

    /// Waits until something is drawn on a canvas.
    #[track_caller]
    pub fn wait_for_ink(&self, selector: &str) {
        let started = Instant::now();
        while self.canvas_ink(selector) < 0.002 {
            assert!(started.elapsed() < PATIENCE, "{selector} stays blank");
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// A picture of what the window shows, at `target/screenshots/NAME.png`.
    #[track_caller]
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let file = self.picture(name, false);
        self.ok(file)
    }

    /// A picture of the page from top to bottom.
    #[track_caller]
    pub fn screenshot_whole(&self, name: &str) -> PathBuf {
        let file = self.picture(name, true);
        self.ok(file)
    }

    fn picture(&self, name: &str, whole: bool) -> Result<PathBuf> {
        let mut parameters = json!({ "format": "png", "captureBeyondViewport": whole });
        if whole && !self.session.is_firefox {
            let size = self.session.script(
                "const e = document.documentElement; return [e.clientWidth, e.scrollHeight]",
                json!([]),
            )?;
            parameters["clip"] = json!({ "x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1 });
        }
        let picture = match self.session.is_firefox {
            true => self.session.get(if whole { "moz/screenshot/full" } else { "screenshot" })?,
            false => self.session.cdp("Page.captureScreenshot", parameters)?["data"].clone(),
        };
        let folder = xtask::process::target().join("screenshots");
        std::fs::create_dir_all(&folder)?;
        let file = folder.join(format!("{name}.png"));
        std::fs::write(&file, BASE64.decode(picture.as_str().unwrap_or_default())?)?;
        Ok(file)
    }

    /// A command of the Chrome DevTools Protocol, for what has no helper here.
    #[track_caller]
    pub fn cdp(&self, command: &str, parameters: Value) -> Value {
        self.ok(self.session.cdp(command, parameters))
    }

    /// What a function's body returns for the first element that matches and can be seen; the body
    /// knows it as `element`. Found and used in one go: a redraw cannot come between.
    #[track_caller]
    fn of(&self, selector: &str, body: &str, argument: Value) -> Value {
        let body = format!(
            "const element = [...document.querySelectorAll(arguments[0])].find(e => e.checkVisibility());
             if (!element) return null;
             const is = (() => {{ {body} }})();
             return {{ is: is ?? null }}"
        );
        let found = self.wait_until(&format!("{selector} to be seen"), &body, json!([selector, argument]));
        found["is"].clone()
    }

    #[track_caller]
    fn find(&self, selector: &str) -> Element {
        let found = self.wait_until(
            &format!("{selector} to be seen"),
            "return [...document.querySelectorAll(arguments[0])].find(e => e.checkVisibility())",
            json!([selector]),
        );
        Element::from_value(&found).expect("querySelectorAll gives elements")
    }

    #[track_caller]
    fn find_named(&self, name: &str) -> Element {
        let found = self.wait_until(
            &format!("something to click called {name:?}"),
            "const plain = s => (s ?? '').replace(/\\s+/g, ' ').trim();
             const names = e => [e.getAttribute('aria-label'), e.innerText, ...[...(e.labels ?? [])].map(l => l.innerText), e.title];
             const all = [...document.querySelectorAll('button, a[href], summary, input, select, label, [role]')].filter(e => e.checkVisibility());
             const name = plain(arguments[0]);
             return all.find(e => names(e).some(n => plain(n) === name))",
            json!([name]),
        );
        Element::from_value(&found).expect("querySelectorAll gives elements")
    }

    /// What the page says in answer, for failures: not its form, which says the same always.
    fn excerpt(&self) -> String {
        let parts = self.session.script(
            "const parts = [...document.querySelectorAll('[role=alert], [role=status], [role=dialog], main')];
             return parts.length ? parts.map(e => e.innerText) : [document.body.innerText]",
            json!([]),
        );
        strings(&parts.unwrap_or_default()).join("\n").chars().take(1500).collect()
    }

    #[track_caller]
    fn ok<T>(&self, result: Result<T>) -> T {
        match result {
            Ok(value) => value,
            Err(error) => panic!("{error:#}"),
        }
    }
}

/// The console.
impl Page {
    /// Permits console errors that hold this text. Chromium reports every refused request as one,
    /// with its status: `401`.
    pub fn expect_console(&self, text: &str) {
        self.expected.borrow_mut().push(text.to_owned());
    }

    /// All that the console holds so far, a line each: `SEVERE …`.
    pub fn console(&self) -> Vec<String> {
        self.read_console();
        self.console.borrow().iter().map(|entry| format!("{} {}", entry.level, entry.message)).collect()
    }

    fn read_console(&self) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let read = match self.session.is_firefox {
            true => self.session.privileged(FIREFOX_CONSOLE, json!([])),
            false => self.session.post("se/log", &json!({ "type": "browser" })),
        };
        let entries = read.ok().and_then(|read| read.as_array().cloned()).unwrap_or_default();
        let mut console = self.console.borrow_mut();
        if self.session.is_firefox {
            // All of it each time, whereas chromedriver tells each entry once; so they are kept.
            console.clear();
        }
        console.extend(
            entries
                .iter()
                .map(|entry| ConsoleEntry { level: text(&entry["level"]), message: text(&entry["message"]) }),
        );
    }

    fn unexpected(&self) -> Vec<String> {
        self.read_console();
        let expected = self.expected.borrow();
        let console = self.console.borrow();
        let severe = console.iter().filter(|entry| entry.level == "SEVERE");
        severe
            .filter(|entry| !expected.iter().any(|text| entry.message.contains(text)))
            .map(|entry| entry.message.clone())
            .collect()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut said = format!("at {}\n", self.session.get("url").unwrap_or_default());
            if let Ok(file) = self.picture(&format!("failed-{}", scenario()), false) {
                let _ = writeln!(said, "picture: {}", file.display());
            }
            for line in self.console() {
                let _ = writeln!(said, "console: {line}");
            }
            eprint!("{said}");
            return;
        }
        let unexpected = self.unexpected();
        assert!(unexpected.is_empty(), "errors on the console:\n{}", unexpected.join("\n"));
    }
}

impl AxNode {
    fn of(node: &Value) -> Self {
        let text = |field: &str| match &node[field]["value"] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let properties = node["properties"].as_array().cloned().unwrap_or_default();
        let property = |property: &Value| {
            let value = &property["value"]["value"];
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{}={value}", property["name"].as_str().unwrap_or_default())
        };
        Self {
            role: text("role"),
            name: text("name"),
            description: text("description"),
            value: text("value"),
            properties: properties.iter().map(property).collect(),
        }
    }
}

/// What Firefox has to say of the page, in chromedriver's words. What the page itself writes on its console stays in
/// another process, out of reach.
const FIREFOX_CONSOLE: &str = "
    const { warningFlag, infoFlag } = Ci.nsIScriptError;
    return Services.console.getMessageArray()
      .filter(entry => entry instanceof Ci.nsIScriptError && entry.sourceName.startsWith('http://127.0.0.1'))
      .map(entry => ({
        level: entry.flags & (warningFlag | infoFlag) ? 'WARNING' : 'SEVERE',
        message: entry.errorMessage,
      }))";

/// The name of the running scenario, fit for a file.
fn scenario() -> String {
    let name = std::thread::current().name().unwrap_or("scenario").replace("::", "-");
    name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn strings(values: &Value) -> Vec<String> {
    let values = values.as_array().map(Vec::as_slice).unwrap_or_default();
    values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The keys of a chord, in the order in which they go down. `+` alone is the plus key.
fn chord_keys(chord: &str) -> Vec<char> {
    if chord.chars().count() == 1 {
        return chord.chars().collect();
    }
    chord.split('+').map(key).collect()
}

/// WebDriver's code points for keys that are no characters.
fn key(name: &str) -> char {
    match name {
        "Backspace" => '\u{E003}',
        "Tab" => '\u{E004}',
        "Enter" => '\u{E007}',
        "Shift" => '\u{E008}',
        "Control" => '\u{E009}',
        "Alt" => '\u{E00A}',
        "Escape" => '\u{E00C}',
        "Space" => ' ',
        "PageUp" => '\u{E00E}',
        "PageDown" => '\u{E00F}',
        "End" => '\u{E010}',
        "Home" => '\u{E011}',
        "ArrowLeft" => '\u{E012}',
        "ArrowUp" => '\u{E013}',
        "ArrowRight" => '\u{E014}',
        "ArrowDown" => '\u{E015}',
        "Delete" => '\u{E017}',
        other => {
            let mut characters = other.chars();
            match (characters.next(), characters.next()) {
                (Some(character), None) => character,
                _ => panic!("no key is called {other:?}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_go_down_modifier_first() {
        assert_eq!(chord_keys("Shift+Tab"), ['\u{E008}', '\u{E004}']);
        assert_eq!(chord_keys("Control+a"), ['\u{E009}', 'a']);
        assert_eq!(chord_keys("+"), ['+']);
        assert_eq!(chord_keys("Escape"), ['\u{E00C}']);
    }

    #[test]
    fn an_accessibility_node_is_flattened() {
        let node = json!({
            "role": { "value": "heading" }, "name": { "value": "Title" },
            "properties": [{ "name": "level", "value": { "value": 1 } }],
        });
        let node = AxNode::of(&node);
        assert_eq!((node.role.as_str(), node.name.as_str()), ("heading", "Title"));
        assert_eq!(node.properties, ["level=1"]);
    }
}
