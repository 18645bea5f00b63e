//! What is counted. FLOP counts of one model differ between tools because each counts other things;
//! here that is data, and a report carries its name.

use super::workload::Pairs;

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

    /// Finds a named accounting.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMED.iter().find(|row| row.0 == name).map(|row| row.1)
    }

    /// Its name, `custom` where single choices differ from every named one.
    pub fn name(&self) -> &'static str {
        Self::NAMED.iter().find(|row| row.1 == *self).map_or("custom", |row| row.0)
    }
}

impl Default for Accounting {
    fn default() -> Self {
        Accounting::DOCUMENT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_accountings_agree() {
        for (name, accounting, _) in Accounting::NAMED {
            assert_eq!(Accounting::parse(name), Some(accounting));
            assert_eq!(accounting.name(), name);
        }
        assert_eq!(Accounting::parse("Document"), None);
        assert_eq!(Accounting { softmax: true, ..Accounting::DOCUMENT }.name(), "custom");
        assert_eq!(Accounting::default().name(), "document");
    }
}
