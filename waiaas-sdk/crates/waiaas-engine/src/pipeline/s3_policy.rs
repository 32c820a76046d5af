//! Stage 3, policy: the evaluator is asked, with facts read under the lock.

use super::s1_validate::Market;
use super::s2_authenticate::Authenticated;
use crate::ports::clock::TimeZones;
use crate::ports::store::WalletRow;
use waiaas_core::chain::Network;
use waiaas_core::policy::{ActionFacts, Decision, Facts, LedgerFacts, Phase, PolicyBook, PolicySettings, Subject};
use waiaas_core::tx::Effects;

/// A request that was judged.
pub(crate) struct Decided<'a> {
    pub(crate) request: Authenticated<'a>,
    pub(crate) decision: Decision,
}

/// Runs the stage. Pure.
pub(crate) fn decide<'a>(request: Authenticated<'a>, rules: &Rules<'_>, ledger: &LedgerFacts) -> Decided<'a> {
    let validated = request.request;
    let subject = subject(&request.state.wallet, validated.network);
    let decision = evaluate(rules, &subject, &validated.effects, &validated.market, ledger, Phase::Admission);
    Decided { request, decision }
}

/// Who is judged.
pub(crate) fn subject(wallet: &WalletRow, network: Network) -> Subject {
    Subject {
        wallet: wallet.id,
        chain: wallet.chain,
        environment: wallet.environment,
        owner: wallet.owner_state(),
        network,
    }
}

/// The rules, and what belongs to them rather than to one transaction.
pub(crate) struct Rules<'a> {
    pub(crate) book: &'a PolicyBook,
    pub(crate) settings: &'a PolicySettings,
    pub(crate) time_zones: &'a dyn TimeZones,
}

/// The one call of the evaluator: admission, re-check and dry run all come through here.
pub(crate) fn evaluate(
    rules: &Rules<'_>,
    subject: &Subject,
    effects: &Effects,
    market: &Market,
    ledger: &LedgerFacts,
    phase: Phase,
) -> Decision {
    let offset = |zone: &str| Some((zone.to_owned(), rules.time_zones.utc_offset(zone, market.now)?));
    let zone_offsets = rules.book.time_zones(subject, effects).into_iter().filter_map(offset).collect();
    let facts = Facts {
        now: market.now,
        zone_offsets: &zone_offsets,
        prices: &market.prices,
        tokens: &market.tokens,
        ledger,
        // No provider and no other channel exists here yet.
        actions: &ActionFacts::default(),
        settings: rules.settings,
    };
    rules.book.evaluate(subject, effects, &facts, phase)
}
