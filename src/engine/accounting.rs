//! What is counted. FLOP counts of one model differ between tools because each counts other things;
//! here that is data, and a report carries its name.

use super::workload::Pairs;
use std::borrow::Cow;

/// A set of choices about what a cost contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accounting {
    /// FLOPs of a matrix product.
    pub gemm: Gemm,
    /// Query–key pairs that attention computes.
    pub pairs: Pairs,
    /// Whether the softmax counts, at five FLOPs a score and head.
    pub softmax: bool,
    /// How norms, rotary embeddings, activations, residuals and biases count.
    pub elementwise: Elementwise,
    /// Which experts' weights a batch reads.
    pub experts: ExpertReads,
    /// How multi-head latent attention runs.
    pub latent: LatentForm,
    /// Whether the embedding lookup and the final norm are layers.
    pub ends: bool,
    /// Which rows the LM head runs for.
    pub head: Head,
    /// Whether bytes moved are counted.
    pub traffic: bool,
    /// What storage lists.
    pub storage: Storage,
}

/// FLOPs of an M×K by K×N product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gemm {
    /// `M·N·(2K − 1)`: K products and K − 1 sums.
    Sums,
    /// `2·M·N·K`: a multiply-add is two, as vendors count their peaks.
    Fma,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elementwise {
    /// As the reference specification prints it.
    Document,
    /// Every element that is touched, biases included.
    Exact,
    /// Nothing but matrix products.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpertReads {
    /// Those that one token takes, once.
    TopK,
    /// The distinct experts to expect of all tokens, each drawing evenly.
    Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatentForm {
    /// Keys and values are projected up, and cached or read that way, as the model's code is written.
    Expanded,
    /// Expanded, or with the projection absorbed into the queries and outputs: what takes fewer FLOPs.
    Cheapest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// The LM head is left out.
    None,
    /// Logits for the last token of each query.
    LastToken,
    /// Logits for every new token.
    EveryToken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// The weight bytes that the layers read, plus the embedding table.
    WeightTraffic,
    /// Every parameter once.
    Parameters,
}

impl Accounting {
    /// The reference specification, to the FLOP and the byte. The default.
    pub const DOCUMENT: Accounting = Accounting {
        gemm: Gemm::Sums,
        pairs: Pairs::All,
        softmax: false,
        elementwise: Elementwise::Document,
        experts: ExpertReads::TopK,
        latent: LatentForm::Expanded,
        ends: false,
        head: Head::None,
        traffic: true,
        storage: Storage::WeightTraffic,
    };

    /// The least work the operations must do.
    pub const EXACT: Accounting = Accounting {
        gemm: Gemm::Fma,
        pairs: Pairs::Causal,
        softmax: true,
        elementwise: Elementwise::Exact,
        experts: ExpertReads::Expected,
        latent: LatentForm::Cheapest,
        ends: true,
        head: Head::LastToken,
        traffic: true,
        storage: Storage::Parameters,
    };

    /// What `torch.utils.flop_counter.FlopCounterMode` reports for the eager transformers model.
    pub const TORCH: Accounting = Accounting {
        gemm: Gemm::Fma,
        pairs: Pairs::Eager,
        softmax: false,
        elementwise: Elementwise::None,
        experts: ExpertReads::TopK,
        latent: LatentForm::Expanded,
        ends: true,
        head: Head::EveryToken,
        traffic: false,
        storage: Storage::Parameters,
    };

    /// The named accountings: id, title, what it stands for.
    pub const NAMED: [(&'static str, Accounting, &'static str); 3] = [
        (
            "document",
            Accounting::DOCUMENT,
            "The reference specification: all query–key pairs, products at 2K − 1, no embedding and no LM head.",
        ),
        (
            "exact",
            Accounting::EXACT,
            "The least work there is: causal pairs, products at 2K, softmax and every element, logits for the last token.",
        ),
        (
            "torch",
            Accounting::TORCH,
            "What PyTorch's FLOP counter reports for the eager model: matrix products only, all pairs, logits for every token, no bytes.",
        ),
    ];

    /// Reads a name, and single choices behind it: `exact,pairs=all,softmax=off`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(',');
        let name = parts.next()?;
        let named = Self::NAMED.iter().find(|row| row.0 == name)?.1;
        parts.try_fold(named, |accounting, part| {
            let (choice, option) = part.split_once('=')?;
            let choice = Choice::ALL.into_iter().find(|known| known.id() == choice)?;
            accounting.with(choice, option)
        })
    }

    /// What [`Accounting::parse`] reads it from: its name, or the nearest name and the choices that differ.
    pub fn id(&self) -> Cow<'static, str> {
        if let Some(row) = Self::NAMED.iter().find(|row| row.1 == *self) {
            return row.0.into();
        }
        let differing = |named: &Accounting| {
            Choice::ALL.into_iter().filter(|choice| self.option(*choice) != named.option(*choice)).count()
        };
        let nearest = Self::NAMED.iter().min_by_key(|row| differing(&row.1)).unwrap_or(&Self::NAMED[0]);
        let mut id = nearest.0.to_owned();
        for choice in Choice::ALL {
            if self.option(choice) != nearest.1.option(choice) {
                id += &format!(",{}={}", choice.id(), self.option(choice));
            }
        }
        id.into()
    }

    /// Its name, `custom` where single choices differ from every named one.
    pub fn name(&self) -> &'static str {
        Self::NAMED.iter().find(|row| row.1 == *self).map_or("custom", |row| row.0)
    }

    /// The option in force for a choice, by its id.
    pub fn option(&self, choice: Choice) -> &'static str {
        let options = choice.options();
        options
            .iter()
            .find(|option| self.with(choice, option.id) == Some(*self))
            .map_or("", |option| option.id)
    }

    /// With another option for one choice; none where the choice has no such option.
    pub fn with(mut self, choice: Choice, option: &str) -> Option<Self> {
        match (choice, option) {
            (Choice::Products, "sums") => self.gemm = Gemm::Sums,
            (Choice::Products, "fma") => self.gemm = Gemm::Fma,
            (Choice::Pairs, "all") => self.pairs = Pairs::All,
            (Choice::Pairs, "causal") => self.pairs = Pairs::Causal,
            (Choice::Pairs, "eager") => self.pairs = Pairs::Eager,
            (Choice::Softmax, "off") => self.softmax = false,
            (Choice::Softmax, "on") => self.softmax = true,
            (Choice::Elements, "document") => self.elementwise = Elementwise::Document,
            (Choice::Elements, "exact") => self.elementwise = Elementwise::Exact,
            (Choice::Elements, "none") => self.elementwise = Elementwise::None,
            (Choice::Experts, "topk") => self.experts = ExpertReads::TopK,
            (Choice::Experts, "distinct") => self.experts = ExpertReads::Expected,
            (Choice::Latent, "expanded") => self.latent = LatentForm::Expanded,
            (Choice::Latent, "cheapest") => self.latent = LatentForm::Cheapest,
            (Choice::Ends, "out") => self.ends = false,
            (Choice::Ends, "in") => self.ends = true,
            (Choice::Head, "none") => self.head = Head::None,
            (Choice::Head, "last") => self.head = Head::LastToken,
            (Choice::Head, "every") => self.head = Head::EveryToken,
            (Choice::Bytes, "on") => self.traffic = true,
            (Choice::Bytes, "off") => self.traffic = false,
            (Choice::Storage, "read") => self.storage = Storage::WeightTraffic,
            (Choice::Storage, "parameters") => self.storage = Storage::Parameters,
            (
                Choice::Products
                | Choice::Pairs
                | Choice::Softmax
                | Choice::Elements
                | Choice::Experts
                | Choice::Latent
                | Choice::Ends
                | Choice::Head
                | Choice::Bytes
                | Choice::Storage,
                _,
            ) => return None,
        }
        Some(self)
    }
}

impl Default for Accounting {
    fn default() -> Self {
        Accounting::DOCUMENT
    }
}

/// One thing that accountings decide differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Products,
    Pairs,
    Softmax,
    Elements,
    Experts,
    Latent,
    Ends,
    Head,
    Bytes,
    Storage,
}

/// A way to decide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choose {
    pub id: &'static str,
    /// What is counted, as the end of a sentence.
    pub words: &'static str,
}

macro_rules! options {
    ($($id:literal $words:literal),*) => { &[$(Choose { id: $id, words: $words }),*] };
}

impl Choice {
    pub const ALL: [Choice; 10] = [
        Choice::Products,
        Choice::Pairs,
        Choice::Softmax,
        Choice::Elements,
        Choice::Experts,
        Choice::Latent,
        Choice::Ends,
        Choice::Head,
        Choice::Bytes,
        Choice::Storage,
    ];

    /// Its name in `--accounting` and in links.
    pub fn id(self) -> &'static str {
        match self {
            Choice::Products => "products",
            Choice::Pairs => "pairs",
            Choice::Softmax => "softmax",
            Choice::Elements => "elements",
            Choice::Experts => "experts",
            Choice::Latent => "latent",
            Choice::Ends => "ends",
            Choice::Head => "head",
            Choice::Bytes => "bytes",
            Choice::Storage => "storage",
        }
    }

    /// Its name in a form.
    pub fn words(self) -> &'static str {
        match self {
            Choice::Products => "Matrix products",
            Choice::Pairs => "Query–key pairs",
            Choice::Softmax => "Softmax",
            Choice::Elements => "Element-wise work",
            Choice::Experts => "Experts read",
            Choice::Latent => "Latent attention",
            Choice::Ends => "Embedding and final norm",
            Choice::Head => "LM head",
            Choice::Bytes => "Bytes moved",
            Choice::Storage => "Stored weights",
        }
    }

    /// The ways to decide it.
    pub fn options(self) -> &'static [Choose] {
        match self {
            Choice::Products => options![
                "sums" "a dot product of K elements is K products and K − 1 sums",
                "fma" "a dot product of K elements is K multiply-adds, 2K FLOPs"
            ],
            Choice::Pairs => options![
                "all" "every new token is scored against the whole context",
                "causal" "only scores that the mask, window or chunk lets through",
                "eager" "every new token is scored against what an eager cache still holds"
            ],
            Choice::Softmax => options![
                "off" "the softmax is free",
                "on" "the softmax takes five FLOPs a score and head"
            ],
            Choice::Elements => options![
                "document" "norms, RoPE, activations and residuals as the specification prints them, no biases",
                "exact" "every element that norms, RoPE, activations, residuals and biases touch",
                "none" "matrix products only"
            ],
            Choice::Experts => options![
                "topk" "the experts of one token are read once, whatever the batch",
                "distinct" "the distinct experts to expect of the whole batch are read"
            ],
            Choice::Latent => options![
                "expanded" "keys and values are projected up as the model's code is written",
                "cheapest" "expanded or absorbed, whichever takes fewer FLOPs"
            ],
            Choice::Ends => options![
                "out" "the embedding lookup and the final norm are left out",
                "in" "the embedding lookup and the final norm are counted"
            ],
            Choice::Head => options![
                "none" "the LM head is left out",
                "last" "the LM head runs for the last token of each query",
                "every" "the LM head runs for every new token"
            ],
            Choice::Bytes => options!["on" "bytes moved are counted", "off" "no bytes are counted"],
            Choice::Storage => options![
                "read" "stored weights are the weight bytes that the layers read",
                "parameters" "every parameter is stored once"
            ],
        }
    }

    /// The sentence of the option that an accounting takes.
    pub fn sentence(self, accounting: &Accounting) -> &'static str {
        let taken = accounting.option(self);
        self.options().iter().find(|option| option.id == taken).map_or("", |option| option.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_accountings_agree() {
        for (name, accounting, _) in Accounting::NAMED {
            assert_eq!(Accounting::parse(name), Some(accounting));
            assert_eq!((accounting.name(), &*accounting.id()), (name, name));
        }
        for text in ["Document", "", "exact,", "exact,pairs", "exact,pairs=some", "exact,luck=on"] {
            assert_eq!(Accounting::parse(text), None, "{text}");
        }
        assert_eq!(Accounting::default().name(), "document");
    }

    #[test]
    fn single_choices_have_an_id_that_reads_back() {
        let custom = Accounting { softmax: true, ..Accounting::DOCUMENT };
        assert_eq!((custom.name(), &*custom.id()), ("custom", "document,softmax=on"));
        for choice in Choice::ALL {
            for option in choice.options() {
                for (_, named, _) in Accounting::NAMED {
                    let changed = named.with(choice, option.id).unwrap();
                    assert_eq!(changed.option(choice), option.id);
                    assert_eq!(Accounting::parse(&changed.id()), Some(changed));
                    assert_eq!(choice.sentence(&changed), option.words);
                }
            }
            assert_eq!(Accounting::EXACT.with(choice, "?"), None);
        }
    }
}
