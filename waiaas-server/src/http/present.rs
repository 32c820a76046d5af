//! Rows as the API shows them.

use crate::app::App;
use waiaas_sdk::core::chain::Network;
use waiaas_sdk::core::money::Usd;
use waiaas_sdk::core::time::UnixMillis;
use waiaas_sdk::core::tx::TxStatus;
use waiaas_sdk::core::wire::UnixSecs;
use waiaas_sdk::core::wire::transactions::TxDetailResponse;
use waiaas_sdk::core::wire::wallets::{AccountType, WalletCrudResponse};
use waiaas_sdk::engine::ports::store::{TxRow, WalletRow};

/// An amount in whole units.
#[derive(Clone, Debug)]
pub(crate) struct ShownAmount {
    pub(crate) formatted: String,
    pub(crate) decimals: u8,
    pub(crate) symbol: String,
}

/// What stands for the network of a wallet: its only network, else the name of its chain.
pub(crate) fn wallet_network(wallet: &WalletRow) -> &'static str {
    Network::single(wallet.chain, wallet.environment).map_or(wallet.chain.as_str(), Network::as_str)
}

/// A wallet.
pub(crate) fn wallet(wallet: &WalletRow) -> WalletCrudResponse {
    WalletCrudResponse {
        id: wallet.id,
        name: wallet.name.clone(),
        chain: wallet.chain,
        network: wallet_network(wallet).to_owned(),
        environment: wallet.environment,
        public_key: wallet.address.map(|address| address.to_string()).unwrap_or_default(),
        status: wallet.status,
        owner_address: wallet.owner.as_ref().map(|owner| owner.address.to_string()),
        owner_state: wallet.owner_state(),
        monitor_incoming: false,
        account_type: AccountType::Eoa,
        signer_key: None,
        deployed: true,
        provider: None,
        created_at: UnixSecs::from(wallet.created_at),
        factory_address: None,
    }
}

/// The amount of a transaction in whole units; `None` when the decimals of its asset are not at hand.
pub(crate) async fn amount(app: &App, row: &TxRow) -> Option<ShownAmount> {
    let (decimals, symbol) = app.engine.accounts().unit(&row.tx.asset(row.network)).await?;
    Some(ShownAmount { formatted: row.tx.amount().to_human(decimals), decimals, symbol })
}

/// Recipient, contract or spender.
pub(crate) fn destination(row: &TxRow) -> Option<String> {
    row.tx.to_address().or_else(|| row.tx.spender()).map(|address| address.to_string())
}

/// `$` and two decimals, rounded half up. For display only.
fn dollars(usd: Usd) -> String {
    let cents = usd.micros().saturating_add(5_000) / 10_000;
    format!("${}.{:02}", cents / 100, cents % 100)
}

/// A transaction. `expires_at` is the end of its approval, while it waits for that.
pub(crate) async fn transaction(app: &App, row: &TxRow, expires_at: Option<UnixMillis>) -> TxDetailResponse {
    let shown = amount(app, row).await;
    let asset = row.tx.asset(row.network);
    let in_dollars = row.usd.map(dollars);
    TxDetailResponse {
        id: row.id,
        wallet_id: row.wallet,
        tx_type: row.tx.tx_type(),
        status: row.status,
        tier: row.tier,
        chain: row.network.chain(),
        network: Some(row.network),
        to_address: row.tx.to_address().map(|address| address.to_string()),
        spender: row.tx.spender().map(|address| address.to_string()),
        amount: Some(row.tx.amount().to_string()),
        tx_hash: row.tx_hash.clone(),
        error: row.failure.as_ref().map(|note| note.message.clone()),
        created_at: Some(UnixSecs::from(row.created_at)),
        display_currency: in_dollars.as_ref().map(|_| "USD".to_owned()),
        display_amount: in_dollars,
        amount_formatted: shown.as_ref().map(|amount| amount.formatted.clone()),
        amount_decimals: shown.as_ref().map(|amount| amount.decimals),
        amount_symbol: shown.map(|amount| amount.symbol),
        chain_id: Some(row.network.caip2().to_owned()),
        contract_name: None,
        contract_name_source: None,
        updated_at: Some(UnixSecs::from(row.updated_at)),
        executed_at: row.executed_at.map(UnixSecs::from),
        token_address: asset.token_address().map(|address| address.to_string()),
        asset_id: Some(asset.to_string()),
        fee: row.fee.map(|fee| fee.to_string()),
        explorer_url: row.tx_hash.as_deref().and_then(|hash| row.network.explorer_tx(hash)),
        execute_at: row.delay_until.filter(|_| row.status == TxStatus::Queued).map(UnixSecs::from),
        expires_at: expires_at.map(UnixSecs::from),
    }
}
