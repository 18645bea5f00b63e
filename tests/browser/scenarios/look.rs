//! The page as its readers see it: parts are found by their headings, labels and texts.

use browser::Page;
use serde_json::{Value, json};

/// Small enough to count by hand: 3 blocks, hidden 64, 4 query and 2 KV heads of 16, intermediate
/// 128, 2 bytes an element.
pub const TINY: &str = r#"{
  "model_type": "llama",
  "hidden_size": 64,
  "intermediate_size": 128,
  "num_hidden_layers": 3,
  "num_attention_heads": 4,
  "num_key_value_heads": 2,
  "head_dim": 16,
  "vocab_size": 100,
  "hidden_act": "silu",
  "tie_word_embeddings": false,
  "torch_dtype": "bfloat16"
}"#;

/// The chart's part of the page.
pub const CHART: &str = "section[aria-labelledby=chart-title]";
pub const CANVAS: &str = "section[aria-labelledby=chart-title] canvas";

/// The table of layers.
#[derive(Debug)]
pub struct Layers {
    columns: Vec<String>,
    /// What each row shows, then the sums.
    shown: Vec<Vec<String>>,
    /// The exact figures on hover, where there are any.
    exact: Vec<Vec<String>>,
}

/// The table as it is once the parts below the first screen, which follow a frame later, are drawn.
#[track_caller]
pub fn layers(page: &Page) -> Layers {
    let read = page.script(
        "const frame = () => new Promise(drawn => requestAnimationFrame(() => setTimeout(drawn)));
         return frame().then(frame).then(() => {
         const table = document.querySelector('[aria-labelledby=layers-title] table');
         const plain = s => s.replace(/\\s+/g, ' ').trim();
         const lines = [...table.querySelectorAll('tbody tr, tfoot tr')].filter(tr => tr.querySelector('th[scope=row]'));
         const cells = f => lines.map(tr => [...tr.cells].map(f));
         return [
           [...table.querySelectorAll('thead th')].map(th => plain(th.innerText.replace(/[↑↓]/g, ''))),
           cells(td => plain(td.innerText)),
           cells(td => td.title || td.querySelector('[title]')?.title || ''),
         ]})",
        json!([]),
    );
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let lines = |value: &Value| value.as_array().unwrap().iter().map(texts).collect();
    Layers { columns: texts(&read[0]), shown: lines(&read[1]), exact: lines(&read[2]) }
}

impl Layers {
    /// The layers from top to bottom, without the sums.
    pub fn names(&self) -> Vec<&str> {
        self.shown[..self.shown.len() - 1].iter().map(|row| row[0].as_str()).collect()
    }

    #[track_caller]
    fn find(&self, layer: &str, column: &str) -> (usize, usize) {
        let row = self.shown.iter().position(|row| row[0] == layer);
        let column = self.columns.iter().position(|name| name == column);
        row.zip(column).unwrap_or_else(|| panic!("no such cell in {self:?}"))
    }

    /// What a cell shows.
    #[track_caller]
    pub fn shown(&self, layer: &str, column: &str) -> &str {
        let (row, column) = self.find(layer, column);
        &self.shown[row][column]
    }

    /// What pointing at a cell tells.
    #[track_caller]
    pub fn exact(&self, layer: &str, column: &str) -> &str {
        let (row, column) = self.find(layer, column);
        &self.exact[row][column]
    }

    /// Exact FLOPs, weight, input and output bytes.
    #[track_caller]
    pub fn costs(&self, layer: &str) -> [u128; 4] {
        ["Compute", "Weights", "Input", "Output"].map(|column| digits(self.exact(layer, column)))
    }
}

/// The number in `1,234 B`.
#[track_caller]
pub fn digits(text: &str) -> u128 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("no number in {text:?}"))
}

/// A figure of the headlines with its note: `≥ 4.03 ms memory-bound`.
#[track_caller]
pub fn headline(page: &Page, label: &str) -> String {
    pair(page, "section[aria-labelledby=answer-title]", label, "innerText")
}

/// Waits until a figure of the headlines begins so.
#[track_caller]
pub fn wait_for_headline(page: &Page, label: &str, begins: &str) {
    page.wait_until(
        &format!("{label} to be {begins}"),
        "const [label, begins] = arguments;
         const plain = s => s.replace(/\\s+/g, ' ').trim();
         const name = [...document.querySelectorAll('section[aria-labelledby=answer-title] dt')].find(dt => plain(dt.innerText) === label);
         return !!name && plain(name.nextElementSibling.innerText).startsWith(begins)",
        json!([label, begins]),
    );
}

/// The exact bytes of a line of the memory list.
#[track_caller]
pub fn stored(page: &Page, label: &str) -> u128 {
    digits(&pair(page, "section[aria-labelledby=storage-title]", label, "title"))
}

/// What stands beside a term of a list.
#[track_caller]
fn pair(page: &Page, part: &str, label: &str, property: &str) -> String {
    let text = page.wait_until(
        &format!("{label} in {part}"),
        "const [part, label, property] = arguments;
         const plain = s => s.replace(/\\s+/g, ' ').trim();
         const name = [...document.querySelectorAll(`${part} dt`)].find(dt => plain(dt.innerText) === label);
         return name && plain(name.nextElementSibling[property])",
        json!([part, label, property]),
    );
    text.as_str().unwrap_or_default().to_owned()
}

/// The title of the answer: `meta-llama/Llama-2-7b-hf`.
#[track_caller]
pub fn title(page: &Page) -> String {
    page.text("#answer-title").replace(' ', "")
}

#[track_caller]
pub fn wait_for_title(page: &Page, text: &str) {
    page.wait_for_text("#answer-title", text);
}

/// What the fields hold and what the answer says: the same twice means the same page twice.
#[track_caller]
pub fn everything(page: &Page) -> String {
    let text = page.script(
        "const fields = [...document.querySelectorAll('aside input, aside select')]
           .filter(e => e.checkVisibility())
           .map(e => `${e.id || e.name}: ${e.type === 'radio' ? `${e.value} ${e.checked}` : e.value}`);
         const pressed = [...document.querySelectorAll('aside [aria-pressed=true]')].map(e => e.innerText);
         return [...fields, ...pressed, document.querySelector('main').innerText].join('\\n')",
        json!([]),
    );
    text.as_str().unwrap_or_default().to_owned()
}

/// Waits until the address holds this text.
#[track_caller]
pub fn wait_for_link(page: &Page, text: &str) -> String {
    page.wait_until(
        &format!("the address to hold {text:?}"),
        "return location.hash.includes(arguments[0])",
        json!([text]),
    );
    page.fragment()
}

/// Sets cached tokens, input tokens and batch size.
#[track_caller]
pub fn set_load(page: &Page, cached: &str, input: &str, batch: &str) {
    page.set("#cached-tokens", cached);
    page.set("#input-tokens", input);
    page.set("#batch-size", batch);
}

/// Chooses the way of counting.
#[track_caller]
pub fn count_as(page: &Page, accounting: &str) {
    page.click(&format!("input[name=accounting][value={accounting}]"));
}

/// The selector of the button that opens a layer's formulas, and shows by `aria-expanded` whether
/// they are open.
#[track_caller]
pub fn layer_button(page: &Page, layer: &str) -> String {
    let id = format!("opens-{}", layer.replace([' ', '-'], ""));
    page.wait_until(
        &format!("the row of {layer}"),
        "const [layer, id] = arguments;
         const button = [...document.querySelectorAll('tbody th[scope=row] button')].find(e => e.innerText.trim() === layer);
         if (button) button.dataset.scenario = id;
         return !!button",
        json!([layer, id]),
    );
    format!("[data-scenario={id}]")
}

/// Clicks a figure of a layer.
#[track_caller]
pub fn click_figure(page: &Page, layer: &str, column: &str) {
    let column = layers(page).find(layer, column).1;
    let row = layer_button(page, layer);
    page.click(&format!("tr:has({row}) > :nth-child({}) button", column + 1));
}
