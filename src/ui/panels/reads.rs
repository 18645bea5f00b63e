//! What was read from the config, what was assumed, what had no effect.

use crate::engine::Model;
use crate::engine::config::Read;
use crate::ui::dom::{El, Node, el, list};
use crate::ui::subject::sentence;

pub fn reads(model: &Model) -> El {
    let (assumed, given): (Vec<_>, Vec<_>) = model.reads.iter().partition(|read| read.assumed.is_some());
    let counted = format!("{} read, {} assumed, {} ignored", given.len(), assumed.len(), model.ignored.len());
    let summary = el("summary").child("What was read from the config").child(el("span.count").child(counted));
    let assumed = (!assumed.is_empty()).then(|| {
        let reasons = by_reason(&assumed).into_iter();
        let reasons = reasons.map(|(why, reads)| list([el("p.reason").child(sentence(why)), pairs(&reads)]));
        list([el("h3").child("Assumed").node(), list(reasons)])
    });
    let ignored = (!model.ignored.is_empty()).then(|| {
        let keys = model.ignored.iter().map(|key| list([el("code").child(key.clone()).node(), " ".node()]));
        list([el("h3").child("Without effect"), el("p.keys").each(keys)])
    });
    el("details.fold").child(summary).child(pairs(&given)).child(assumed).child(ignored)
}

/// Keys and what they hold.
fn pairs(reads: &[&Read]) -> El {
    el("dl.pairs").each(reads.iter().map(|read| {
        list([
            el("dt").child(el("code").child(read.key.clone())),
            el("dd.number").child(shortened(read.value.to_string())),
        ])
    }))
}

/// Assumptions with one reason together, in the order in which the reasons first appear.
fn by_reason<'a>(assumed: &[&'a Read]) -> Vec<(&'a str, Vec<&'a Read>)> {
    let mut groups: Vec<(&str, Vec<&Read>)> = Vec::new();
    for &read in assumed {
        let why = read.assumed.as_deref().unwrap_or_default();
        match groups.iter_mut().find(|group| group.0 == why) {
            Some(group) => group.1.push(read),
            None => groups.push((why, vec![read])),
        }
    }
    groups
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
