//! Policies that are compiled once and judge many requests.

use crate::packed::{pack, seconds};
use crate::texts::{issues_text, json};
#[cfg(feature = "tools")]
use crate::zones;
use waiaas_core::policy::PolicyBook;
use waiaas_scenario::{Prepared, canonical, compile};
use wasm_bindgen::prelude::wasm_bindgen;

/// Compiled policies, with room for the bytes of requests that is used again and again.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Book {
    #[cfg(feature = "tools")]
    policies: serde_json::Value,
    book: PolicyBook,
    input: Vec<u8>,
    seconds: u32,
}

impl Book {
    /// No packed verdict has all bits.
    pub const FAULT: u32 = u32::MAX;
}

#[wasm_bindgen]
impl Book {
    /// Compiles policies: the JSON text of a list of rows.
    ///
    /// # Errors
    /// The issues.
    #[wasm_bindgen(constructor)]
    pub fn new(policies: &str) -> Result<Self, String> {
        let policies = json("policies", policies)?;
        let book = compile(&policies).map_err(|issues| issues_text(&issues))?;
        Ok(Self {
            #[cfg(feature = "tools")]
            policies,
            book,
            input: Vec::new(),
            seconds: 0,
        })
    }

    /// Makes room for `length` bytes and tells where: the caller writes a prepared request there and then judges it.
    pub fn input(&mut self, length: usize) -> *mut u8 {
        self.input.resize(length, 0);
        self.input.as_mut_ptr()
    }

    /// Judges the prepared request in the input: the packed verdict, or [`Self::FAULT`] for bytes that are no prepared
    /// request. What may fail crosses the boundary as a list, which costs more than the judging; [`Self::decide`] says
    /// what is wrong.
    pub fn judge(&mut self) -> u32 {
        let Ok(prepared) = Prepared::from_bytes(&self.input) else { return Self::FAULT };
        let verdict = prepared.verdict(&self.book);
        self.seconds = seconds(&verdict);
        pack(&verdict)
    }

    /// The seconds of the last verdict: of its delay or of the owner's time, else 0.
    pub fn seconds(&self) -> u32 {
        self.seconds
    }

    /// Judges many prepared requests that stand in the input one after the other, each behind its length (four bytes,
    /// little-endian): for each the packed verdict and the seconds.
    ///
    /// # Errors
    /// A sentence about the first bytes that are no prepared request.
    #[wasm_bindgen(js_name = judgeMany)]
    pub fn judge_many(&self) -> Result<Vec<u32>, String> {
        let mut verdicts = Vec::new();
        let mut rest = self.input.as_slice();
        while let Some((length, behind)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|error| error.to_string())?;
            let (bytes, others) = behind.split_at_checked(length).ok_or("the last prepared request is cut short")?;
            let prepared = Prepared::from_bytes(bytes).map_err(|error| error.to_string())?;
            let verdict = prepared.verdict(&self.book);
            verdicts.extend([pack(&verdict), seconds(&verdict)]);
            rest = others;
        }
        if rest.is_empty() { Ok(verdicts) } else { Err("a length is cut short".to_owned()) }
    }

    /// The canonical JSON of the decision about the prepared request in the input.
    ///
    /// # Errors
    /// A sentence about bytes that are no prepared request.
    pub fn decide(&self) -> Result<String, String> {
        Ok(canonical(&self.prepared()?.decide(&self.book)))
    }

    fn prepared(&self) -> Result<Prepared, String> {
        Prepared::from_bytes(&self.input).map_err(|error| error.to_string())
    }
}

#[cfg(feature = "tools")]
#[wasm_bindgen]
impl Book {
    /// The JSON of what would let the prepared request in the input pass, `{}` for one that is allowed.
    ///
    /// # Errors
    /// As [`Self::decide`].
    #[wasm_bindgen(js_name = wouldPass)]
    pub fn would_pass(&self) -> Result<String, String> {
        let prepared = self.prepared()?;
        let facts = prepared.facts();
        let judgement = self.book.judge(&prepared.subject, &prepared.effects, &facts, prepared.phase);
        let ways = waiaas_core::wire::transactions::WouldPass::of(&judgement.would_pass(&zones::offset));
        let text = ways.as_ref().map_or_else(|| Ok("{}".to_owned()), serde_json::to_string);
        text.map_err(|error| error.to_string())
    }

    /// Prepares a request, given with its context as JSON texts.
    ///
    /// # Errors
    /// The issues of the documents, or an object with the key `refused`.
    pub fn prepare(&self, context: &str, request: &str) -> Result<Vec<u8>, String> {
        let (context, request) = (json("context", context)?, json("request", request)?);
        let prepared = waiaas_scenario::prepare(&self.book, &context, &request, &zones::offset)
            .map_err(|issues| issues_text(&issues))?;
        prepared.map(|prepared| prepared.to_bytes()).map_err(|refused| waiaas_scenario::canonical_refusal(&refused))
    }

    /// The JSON of an explanation: verdict, every rule that was considered, and what is doubtful about the rows.
    ///
    /// # Errors
    /// The issues of the documents.
    pub fn explain(&self, context: &str, request: &str) -> Result<String, String> {
        let (context, request) = (json("context", context)?, json("request", request)?);
        let explanation = waiaas_scenario::explain(&self.policies, &context, &request, &zones::offset);
        explanation.map(|explanation| explanation.to_json().to_string()).map_err(|issues| issues_text(&issues))
    }
}
