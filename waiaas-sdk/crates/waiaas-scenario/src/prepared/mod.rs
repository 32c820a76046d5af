//! Everything that one evaluation is given, put together once and judged as often as one likes.
//!
//! Documents are read, amounts made exact, the ledger asked and time zones looked up when a request is prepared. What
//! comes out is judged without any of that, also in another process or another language: it has a form as bytes.

mod codec;
mod numbers;
mod wire;

pub use wire::BytesError;

use crate::Zones;
use crate::node::{Faults, Node};
use crate::request::{self, Refused};
use crate::rows;
use crate::world::World;
use serde_json::Value;
use std::collections::BTreeMap;
use waiaas_core::chain::AssetId;
use waiaas_core::policy::{
    ActionFacts, Decision, Facts, LedgerFacts, Phase, PolicyBook, PolicySettings, PriceFact, Subject, TokenFact,
    Verdict,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::Effects;
use waiaas_core::wire::Issues;

/// One request with all the facts that its evaluation needs: the arguments of [`PolicyBook::judge`], owned.
///
/// The facts are those that the policies asked for when it was prepared. Other policies may need more; they deny what
/// they cannot judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Whose request it is.
    pub subject: Subject,
    /// What it does.
    pub effects: Effects,
    /// The instant of the decision.
    pub now: UnixMillis,
    /// Prices of what moves.
    pub prices: BTreeMap<AssetId, PriceFact>,
    /// Decimals and symbols of the tokens that move.
    pub tokens: BTreeMap<AssetId, TokenFact>,
    /// Seconds east of UTC at `now`, by time zone.
    pub zone_offsets: BTreeMap<String, i32>,
    /// What was spent and is in flight.
    pub ledger: LedgerFacts,
    /// What actions and other channels are judged by.
    pub actions: ActionFacts,
    /// The operator's settings.
    pub settings: PolicySettings,
    /// When it is judged.
    pub phase: Phase,
}

impl Prepared {
    /// The facts, as the evaluator takes them.
    #[must_use]
    pub const fn facts(&self) -> Facts<'_> {
        Facts {
            now: self.now,
            prices: &self.prices,
            tokens: &self.tokens,
            zone_offsets: &self.zone_offsets,
            ledger: &self.ledger,
            actions: &self.actions,
            settings: &self.settings,
        }
    }

    /// The verdict alone, which costs no allocation for a request that is allowed. For trace and counterfactuals from
    /// one judgement, hand [`Self::facts`] to [`PolicyBook::judge`].
    #[must_use]
    pub fn verdict(&self, book: &PolicyBook) -> Verdict {
        let facts = self.facts();
        book.judge(&self.subject, &self.effects, &facts, self.phase).verdict().clone()
    }

    /// The verdict with its trace and the valuation.
    #[must_use]
    pub fn decide(&self, book: &PolicyBook) -> Decision {
        book.evaluate(&self.subject, &self.effects, &self.facts(), self.phase)
    }

    /// The compact form, version 1. Equal values have equal bytes, and [`Self::from_bytes`] reads them back exactly.
    ///
    /// Little-endian; a whole number below 224 is one byte, any other is 223 and its length in bytes (1 to 32)
    /// together, then the bytes without leading zeros; negative numbers are interleaved (0, −1, 1, −2, …); a text or a
    /// list has its length before it; an enum is a number that stays what it is.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::to_bytes(self)
    }

    /// Reads what [`Self::to_bytes`] writes, and nothing else. Takes time and memory in proportion to the bytes.
    ///
    /// # Errors
    /// [`BytesError`]: other bytes, of another version, cut short or with something behind.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BytesError> {
        codec::from_bytes(bytes)
    }
}

/// Compiles rows as `POST /v1/policies` takes them and `GET /v1/policies` lists them. A row whose rules cannot be read
/// is compiled too: it denies what it concerns.
///
/// # Errors
/// What is wrong with the list, with places that begin with `policies`.
pub fn compile(policies: &Value) -> Result<PolicyBook, Issues> {
    let mut faults = Faults::default();
    let rows = rows::read(&Node::at(policies, "policies"), &mut faults);
    faults.finish(Some(rows)).map(|rows| PolicyBook::compile(&rows))
}

/// Prepares a request, with documents as [`explain`](crate::explain()) takes them. `book` only says which facts are
/// needed. What is refused while it is read never comes to be judged.
///
/// # Errors
/// What is wrong with the documents; the paths begin with `context` or `request`. A `create_policy` request is none to
/// be judged.
pub fn prepare(
    book: &PolicyBook,
    context: &Value,
    request: &Value,
    zones: Zones<'_>,
) -> Result<Result<Prepared, Refused>, Issues> {
    let mut faults = Faults::default();
    let prepared = read(book, &Node::at(context, "context"), &Node::at(request, "request"), zones, &mut faults);
    faults.finish(prepared)
}

fn read(
    book: &PolicyBook,
    context: &Node<'_>,
    request: &Node<'_>,
    zones: Zones<'_>,
    faults: &mut Faults,
) -> Option<Result<Prepared, Refused>> {
    if let Some(body) = request.get("create_policy") {
        return body.invalid(faults, "is no request that policies judge");
    }
    let world = World::read(std::slice::from_ref(context), request.given("network").as_ref(), faults)?;
    let effects = request::read(request, &world, faults)?;
    Some(effects.map(|effects| world.prepare(book, effects, zones)))
}

#[cfg(test)]
mod tests;
