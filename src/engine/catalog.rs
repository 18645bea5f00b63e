//! The models that come with the tool: reduced configs with published figures, by Hub id.

use super::error::Error;
use super::model::Model;

/// A built-in model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id on the Hub.
    pub id: &'static str,
    /// The keys of its config.json that an analysis reads.
    pub config: &'static str,
}

impl Entry {
    /// Builds the model under its Hub id.
    ///
    /// # Errors
    /// As [`Model::from_json`]; a test holds that none of the built-in ones has any.
    pub fn model(&self) -> Result<Model, Error> {
        let mut model = Model::from_json(self.config)?;
        model.name = Some(self.id.to_owned());
        Ok(model)
    }
}

/// The model the page opens with.
pub const DEFAULT_ID: &str = "meta-llama/Llama-2-7b-hf";

/// Finds a built-in model by its Hub id; upper and lower case are the same.
pub fn find(id: &str) -> Option<&'static Entry> {
    MODELS.iter().find(|entry| entry.id.eq_ignore_ascii_case(id))
}

macro_rules! models {
    ($($id:literal: $config:tt)*) => {
        /// Every built-in model, by family and size. The figures are those of the models' published
        /// configs.
        pub const MODELS: &[Entry] = &[$(Entry { id: $id, config: stringify!($config) }),*];
    };
}

models! {
    "meta-llama/Llama-2-7b-hf": {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 32000, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "float16"}
    "meta-llama/Llama-2-13b-hf": {"model_type": "llama", "hidden_size": 5120, "intermediate_size": 13824, "num_hidden_layers": 40, "num_attention_heads": 40, "num_key_value_heads": 40, "vocab_size": 32000, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "float16"}
    "meta-llama/Llama-2-70b-hf": {"model_type": "llama", "hidden_size": 8192, "intermediate_size": 28672, "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8, "vocab_size": 32000, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "float16"}
    "meta-llama/Meta-Llama-3-8B": {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
    "meta-llama/Llama-3.1-8B": {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
    "meta-llama/Llama-3.1-70B": {"model_type": "llama", "hidden_size": 8192, "intermediate_size": 28672, "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8, "vocab_size": 128256, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
    "meta-llama/Llama-3.1-405B": {"model_type": "llama", "hidden_size": 16384, "intermediate_size": 53248, "num_hidden_layers": 126, "num_attention_heads": 128, "num_key_value_heads": 8, "vocab_size": 128256, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
    "meta-llama/Llama-3.2-1B": {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64, "vocab_size": 128256, "hidden_act": "silu", "tie_word_embeddings": true, "torch_dtype": "bfloat16"}
    "meta-llama/Llama-3.2-3B": {"model_type": "llama", "hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 28, "num_attention_heads": 24, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 128256, "hidden_act": "silu", "tie_word_embeddings": true, "torch_dtype": "bfloat16"}
    "meta-llama/Llama-3.3-70B-Instruct": {"model_type": "llama", "hidden_size": 8192, "intermediate_size": 28672, "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8, "vocab_size": 128256, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
    "huggyllama/llama-7b": {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32, "vocab_size": 32000, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "float16"}
    "TinyLlama/TinyLlama-1.1B-Chat-v1.0": {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 5632, "num_hidden_layers": 22, "num_attention_heads": 32, "num_key_value_heads": 4, "vocab_size": 32000, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
    "HuggingFaceTB/SmolLM2-135M": {"model_type": "llama", "hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3, "vocab_size": 49152, "hidden_act": "silu", "tie_word_embeddings": true, "torch_dtype": "bfloat16"}
    "HuggingFaceTB/SmolLM2-1.7B": {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 24, "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 49152, "hidden_act": "silu", "tie_word_embeddings": true, "torch_dtype": "bfloat16"}
    "01-ai/Yi-34B": {"model_type": "llama", "hidden_size": 7168, "intermediate_size": 20480, "num_hidden_layers": 60, "num_attention_heads": 56, "num_key_value_heads": 8, "vocab_size": 64000, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
    "deepseek-ai/deepseek-coder-33b-base": {"model_type": "llama", "hidden_size": 7168, "intermediate_size": 19200, "num_hidden_layers": 62, "num_attention_heads": 56, "num_key_value_heads": 8, "vocab_size": 32256, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
    "deepseek-ai/DeepSeek-R1-Distill-Llama-8B": {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_model_builds_to_its_published_size() {
        // Parameters as the models' pages on the Hub state them, in millions, rounded.
        for (id, millions) in [
            ("meta-llama/Llama-2-7b-hf", 6738),
            ("meta-llama/Llama-2-13b-hf", 13016),
            ("meta-llama/Llama-2-70b-hf", 68977),
            ("meta-llama/Llama-3.1-8B", 8030),
            ("meta-llama/Llama-3.1-70B", 70554),
            ("meta-llama/Llama-3.1-405B", 405_853),
            ("meta-llama/Llama-3.2-1B", 1236),
            ("meta-llama/Llama-3.2-3B", 3213),
            ("huggyllama/llama-7b", 6738),
            ("TinyLlama/TinyLlama-1.1B-Chat-v1.0", 1100),
            ("HuggingFaceTB/SmolLM2-135M", 135),
            ("HuggingFaceTB/SmolLM2-1.7B", 1711),
            ("01-ai/Yi-34B", 34389),
            ("deepseek-ai/deepseek-coder-33b-base", 33343),
        ] {
            let model = find(id).unwrap().model().unwrap();
            let report =
                crate::engine::analyze(&model, &Default::default(), &Default::default(), None).unwrap();
            assert_eq!((report.model.parameters.total + 500_000) / 1_000_000, millions, "{id}");
        }
        for entry in MODELS {
            assert!(entry.model().is_ok(), "{}", entry.id);
        }
    }

    #[test]
    fn ids_are_unique_and_found_in_any_case() {
        for entry in MODELS {
            assert_eq!(find(&entry.id.to_lowercase()), Some(entry));
        }
        assert_eq!(find("nobody/nothing"), None);
        assert!(find(DEFAULT_ID).is_some());
    }
}
