//! Anything that is a model goes into one box; what is none is explained where it stands.

use crate::look::{
    TINY, headline, layers, set_load, stored, title, wait_for_headline, wait_for_link, wait_for_title,
};
use browser::Page;
use serde_json::json;

#[test]
fn a_pasted_config_is_counted_as_by_hand() {
    let page = Page::new().open("");
    page.set("#model-text", TINY);
    wait_for_title(&page, "Pasted llama config");
    set_load(&page, "7", "2", "3");
    // N = 3·2 tokens over T = 9 each: Σ T = 27, Σ n·T = 54. Heads are 16 wide: Q 64, K and V 32.
    wait_for_headline(&page, "New tokens per second", "≤");
    page.wait_for_text("#answer", "7 cached and 2 input tokens, batch of 3");
    let table = layers(&page);
    for (layer, costs) in [
        // (4·64 + 2)·6; (64 + 1)·2; 64·6·2
        ("Attn - RMSNorm", [1_548, 130, 768, 768]),
        // 6·128·(2·64 − 1); 64·128·2; 64·6·2; 128·6·2
        ("Attn - QKV_Proj", [97_536, 16_384, 768, 1_536]),
        // 3·96·6; 96·6·2
        ("Attn - RoPE", [1_728, 0, 1_152, 1_152]),
        // 54·(2·64 − 1) + 32·(2·54 − 6); Q 64·6·2 + K and V 2·32·27·2
        ("Attn - SDPA", [10_122, 0, 4_224, 768]),
        // 6·64·(2·64 − 1); 64·64·2
        ("Attn - O_Proj", [48_768, 8_192, 768, 768]),
        ("Attn - ResidualAdd", [384, 0, 1_536, 768]),
        ("Ffn - RMSNorm", [1_548, 130, 768, 768]),
        // 6·256·(2·64 − 1); 64·256·2; 64·6·2; 256·6·2
        ("Ffn - GateUp_Proj", [195_072, 32_768, 768, 3_072]),
        // 5·128 + 6; 2·128·6·2; 128·6·2
        ("Ffn - ActMul", [646, 0, 3_072, 1_536]),
        // 6·64·(2·128 − 1); 128·64·2
        ("Ffn - Down_Proj", [97_920, 16_384, 1_536, 768]),
        ("Ffn - ResidualAdd", [384, 0, 1_536, 768]),
    ] {
        assert_eq!(table.costs(layer), costs, "{layer}");
        assert_eq!(table.shown(layer, "Blocks"), "3");
    }
    assert_eq!(table.costs("All blocks"), [1_366_968, 221_964, 50_688, 38_016]);
    // 27·32·2·2·3 and 64·100·2.
    assert_eq!(
        ["Weights", "KV cache", "Embedding table"].map(|part| stored(&page, part)),
        [221_964, 10_368, 12_800]
    );
    assert_eq!(headline(&page, "Intensity").split(' ').next(), Some("4.40"), "1,366,968 / 310,668");
}

#[test]
fn a_file_is_dropped_anywhere_or_chosen() {
    let page = Page::new().open("");
    page.drop_file("footer", "my-model.json", TINY);
    wait_for_title(&page, "my-model");
    assert_eq!(page.value("#model-text"), TINY);
    assert_eq!(page.count("[aria-invalid=true]"), 0);

    page.choose_file("input[type=file]", "config.json", &TINY.replace(": 3,", ": 5,"));
    wait_for_title(&page, "Pasted llama config");
    assert_eq!(layers(&page).shown("Attn - SDPA", "Blocks"), "5");
}

#[test]
fn a_file_that_is_no_config_changes_nothing_but_says_so() {
    let page = Page::new().open("");
    page.drop_file("main", "notes.json", "not json");
    page.wait_for_text("[role=alert]", "Line 1, column");
    assert_eq!(title(&page), "meta-llama/Llama-2-7b-hf");
    page.drop_file("main", "model.safetensors", &" ".repeat(5 << 20));
    page.wait_for_text("[role=status]", "model.safetensors is larger than 4 MiB");
    assert_eq!(page.value("#model-text"), "not json");
}

#[test]
fn a_broken_config_names_the_place_and_keeps_the_last_answer() {
    let page = Page::new().open("");
    page.set("#model-text", TINY);
    wait_for_title(&page, "Pasted llama config");
    let good = page.text("#answer-title");
    let broken = TINY.replace("\"intermediate_size\": 128,", "\"intermediate_size\": 12x8,");
    page.set("#model-text", &broken);
    page.wait_for_text("#model-note [role=alert]", "Line 4, column");
    assert_eq!(page.value("#model-text"), broken, "nobody's text is taken away");
    assert_eq!(page.attribute("#model-text", "aria-invalid").as_deref(), Some("true"));
    page.wait_for_text("main [role=status]", "Showing the last good answer");
    assert_eq!((page.text("#answer-title"), layers(&page).names().len()), (good, 11));

    // JSON, but no model: the key is named.
    page.set("#model-text", &TINY.replace("\"num_hidden_layers\": 3", "\"num_hidden_layers\": \"three\""));
    page.wait_for_text("#model-note [role=alert]", "num_hidden_layers");
    page.set("#model-text", TINY);
    page.wait_gone("[role=alert]");
    page.wait_until(
        "the answer to be current again",
        "return !document.querySelector('main').innerText.includes('last good answer')",
        json!([]),
    );
}

#[test]
fn no_config_stops_the_page() {
    let page = Page::new().open("");
    let with = |key: &str, value: &str| {
        let line = TINY.lines().find(|line| line.contains(key)).unwrap();
        TINY.replace(line, &format!("\"{key}\": {value},"))
    };
    for config in [
        with("num_hidden_layers", "99999999999999999999"),
        with("num_hidden_layers", "1000000000"),
        with("hidden_size", "18446744073709551615"),
        with("hidden_size", "-64"),
        with("num_attention_heads", "0"),
        with("vocab_size", "1e400"),
        with("hidden_act", "[[[]]]"),
        with("hidden_act", &format!("{}{}", "[".repeat(5000), "]".repeat(5000))),
        with("hidden_act", "\"<img src=x onerror=alert(1)>\""),
        format!("{{\"a\": \"{}\"}}", "x".repeat(1 << 20)),
    ] {
        page.set("#model-text", &config);
        let said = page.wait_until(
            "an answer or a reason",
            "const alert = document.querySelector('#model-note [role=alert]');
             return alert?.innerText || document.querySelector('#model-note').innerText.includes('Analysed as you type')",
            json!([]),
        );
        assert!(said != json!(""), "{config:.200}");
        assert_eq!(layers(&page).names().len(), 11, "{config:.200}");
        assert_eq!(page.count("main img"), 0);
    }
    page.set("#model-text", TINY);
    page.wait_gone("[role=alert]");
    wait_for_title(&page, "Pasted llama config");
}

#[test]
fn an_unknown_family_can_be_read_as_llama_and_is_marked() {
    let page = Page::new().open("");
    page.set("#model-text", &TINY.replace("\"llama\"", "\"brandnew\""));
    page.wait_for_text("[role=alert]", "brandnew");
    assert_eq!(title(&page), "meta-llama/Llama-2-7b-hf");
    page.click_named("Read it as llama all the same");
    wait_for_title(&page, "brandnew");
    page.wait_for_text("main", "as llama");
    assert_eq!(layers(&page).costs("Attn - O_Proj")[1], 8_192);
    let link = wait_for_link(&page, "c=");
    let other = Page::new().open(&link);
    other.wait_for_text("main", "as llama");
    assert_eq!(other.text("#answer-title"), page.text("#answer-title"));
}

#[test]
fn a_built_in_model_is_found_by_typing() {
    let page = Page::new().open("");
    page.click("#built-in");
    page.type_text("llama 70b 3.1");
    page.wait_for_text("[role=option]", "meta-llama/Llama-3.1-70B");
    page.press("Enter");
    wait_for_title(&page, "Llama-3.1-70B");
    assert_eq!(page.value("#model-text"), "meta-llama/Llama-3.1-70B");
    wait_for_headline(&page, "Parameters", "70.6 B");
    wait_for_headline(&page, "Memory", "does not fit");
    wait_for_link(&page, "m=meta-llama/Llama-3.1-70B");

    page.click("#built-in");
    page.type_text("no such model");
    page.wait_for_text("[role=listbox]", "No built-in model matches");
    page.press("Escape");
    page.wait_gone("[role=listbox]");
    assert_eq!(title(&page), "meta-llama/Llama-3.1-70B");
}

#[test]
fn typing_a_known_id_needs_no_network() {
    let page = Page::new().open("");
    page.offline(true);
    page.set("#model-text", "");
    page.click("#model-text");
    page.type_text("meta-llama/llama-3.1-8b");
    wait_for_title(&page, "Llama-3.1-8B");
    assert_eq!(page.focused(), "textarea Hugging Face id, address, or the text of a config.json");
    page.offline(false);
}

#[test]
fn what_was_read_assumed_and_ignored_can_be_unfolded() {
    let page = Page::new().open("");
    page.set("#model-text", &TINY.replacen('{', "{ \"_name_or_path\": \"x\", \"bos_token_id\": 1,", 1));
    page.wait_for_text("summary", "12 read, 2 assumed, 1 ignored");
    page.click_named("What was read from the config 12 read, 2 assumed, 1 ignored");
    page.wait_for_text("aside", "num_key_value_heads 2");
    page.wait_for_text("aside", "attention_bias false");
    page.wait_for_text("aside", "bos_token_id");
}
