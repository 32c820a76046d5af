//! The story: one transaction for each way that a request can go.

use crate::screen::Screen;
use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};
use waiaas_tests::anvil::{Anvil, NETWORK};
use waiaas_tests::api::{Caller, text};
use waiaas_tests::http::Answer;
use waiaas_tests::owner::OwnerKey;
use waiaas_tests::server::Server;

/// One ether in wei.
const ETHER: u128 = 1_000_000_000_000_000_000;
/// A dollar in wei: the demo fixes 1 ETH at $2000.
const DOLLAR: u128 = ETHER / 2_000;
/// Who gets the money.
const SHOP: &str = "0x00000000000000000000000000000000005a0b01";

/// Who took part; what a person needs to look around.
pub(crate) struct Cast {
    pub(crate) wallet_id: String,
    pub(crate) wallet_address: String,
    pub(crate) token: String,
    pub(crate) last_transaction: String,
}

/// Everything that the scenes share.
struct Stage<'a> {
    screen: &'a Screen,
    chain: &'a Anvil,
    agent: Caller,
    anyone: Caller,
    owner: OwnerKey,
}

/// Plays all scenes.
pub(crate) fn play(screen: &Screen, server: &Server, chain: &Anvil) -> Result<Cast> {
    let master = server.master();
    screen.scene(1, "The operator makes a wallet, a policy and a session");
    let body = json!({ "name": "trading-bot", "chain": "ethereum", "environment": "testnet", "createSession": false });
    let wallet = master.post("/v1/wallets", &body)?.expect(201)?;
    let (wallet_id, address) = (text(&wallet, "id")?.to_owned(), text(&wallet, "publicKey")?.to_owned());
    chain.set_balance(&address, 10 * ETHER)?;
    screen.step("wallet", &format!("{address}, with 10 ETH of the local chain"));
    let session = master.post("/v1/sessions", &json!({ "walletId": wallet_id, "ttl": 86_400 }))?.expect(201)?;
    let token = text(&session, "token")?.to_owned();
    screen.step(
        "session",
        &format!("{}... for a day: all that the agent ever holds", token.get(..24).unwrap_or_default()),
    );
    let rules = json!({
        "instant_max_usd": 10, "notify_max_usd": 100, "delay_max_usd": 1_000, "delay_seconds": 60,
        "daily_limit_usd": 5_000,
    });
    let policy = json!({ "walletId": wallet_id, "type": "SPENDING_LIMIT", "rules": rules });
    master.post("/v1/policies", &policy)?.expect(201)?;
    screen
        .step("policy", "to $10 at once, to $100 with a notice, to $1000 after a delay, above that the owner decides");

    let owner = OwnerKey::well_known(0x46)?;
    let stage = Stage { screen, chain, agent: server.agent(&token), anyone: server.anyone(), owner };
    stage.owner_registers(&master, &wallet_id)?;
    stage.dry_run()?;
    stage.goes_at_once(3, "The agent pays $5: at once", 5, "INSTANT")?;
    stage.goes_at_once(4, "The agent pays $50: at once, and the operator is told", 50, "NOTIFY")?;
    stage.cancelled()?;
    stage.ended_early()?;
    let last_transaction = stage.approved()?;
    stage.denied()?;
    stage.balances(&address)?;
    Ok(Cast { wallet_id, wallet_address: address, token, last_transaction })
}

impl Stage<'_> {
    fn owner_registers(&self, master: &Caller, wallet: &str) -> Result<()> {
        let path = format!("/v1/wallets/{wallet}/owner");
        master.put(&path, &json!({ "owner_address": self.owner.address() }))?.expect(200)?;
        let statement = format!("Verify owner of wallet {wallet}");
        self.anyone.as_owner(&self.owner, &statement, &format!("{path}/verify"))?.expect(200)?;
        self.screen.step("owner", &format!("{}, verified by a signature", self.owner.address()));
        Ok(())
    }

    fn dry_run(&self) -> Result<()> {
        self.screen.scene(2, "The agent asks what $50 would do, without doing it");
        let mut body = transfer(50);
        if let Some(body) = body.as_object_mut() {
            body.insert("dryRun".to_owned(), json!(true));
        }
        let told = self.agent.post("/v1/transactions/send", &body)?.expect(200)?;
        let (tier, fee) = (told.pointer("/policy/tier"), told.pointer("/fee/estimatedFee"));
        let stored = self.agent.get("/v1/transactions")?.expect(200)?;
        ensure!(stored.get("items") == Some(&json!([])), "the dry run was stored: {stored}");
        self.screen
            .step("dry run", &format!("tier {}, fee {} wei; nothing stored, nothing sent", plain(tier), plain(fee)));
        Ok(())
    }

    fn goes_at_once(&self, number: u8, title: &str, dollars: u128, tier: &str) -> Result<()> {
        self.screen.scene(number, title);
        let id = self.send(dollars, tier)?;
        self.confirmed(&id)
    }

    fn cancelled(&self) -> Result<()> {
        self.screen.scene(5, "The agent asks for $500, which is held, and thinks better of it");
        let id = self.send(500, "DELAY")?;
        self.agent.post(&format!("/v1/transactions/{id}/cancel"), &json!({}))?.expect(200)?;
        let row = self.agent.until(&id, &["CANCELLED"])?;
        self.screen.step(text(&row, "status")?, "by the agent; the $500 count towards no limit any more");
        Ok(())
    }

    fn ended_early(&self) -> Result<()> {
        self.screen.scene(6, "The agent asks for $400, which is held for a minute; the owner ends the wait early");
        let id = self.send(400, "DELAY")?;
        self.owner_approves(&id)?;
        self.confirmed(&id)
    }

    fn approved(&self) -> Result<String> {
        self.screen.scene(7, "The agent asks for $2000: only the owner's signature moves that");
        let id = self.send(2_000, "APPROVAL")?;
        self.owner_approves(&id)?;
        self.confirmed(&id)?;
        Ok(id)
    }

    fn denied(&self) -> Result<()> {
        self.screen.scene(8, "The agent tries to send a token that nobody allowed");
        let token = json!({
            "address": "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238", "symbol": "USDC", "decimals": 6,
        });
        let body = json!({
            "type": "TOKEN_TRANSFER", "to": SHOP, "amount": "1000000", "token": token, "network": NETWORK,
        });
        let answer = self.agent.post("/v1/transactions/send", &body)?;
        let error = answer.expect(403)?;
        self.screen.step("DENIED", &format!("{}: {}", text(&error, "code")?, text(&error, "message")?));
        Ok(())
    }

    fn balances(&self, wallet: &str) -> Result<()> {
        self.screen.scene(9, "What the chain says in the end");
        for (who, address) in [("wallet", wallet), ("shop", SHOP)] {
            let balance = self.chain.balance(address)?;
            self.screen.step(who, &format!("{} ETH", ether(balance)));
        }
        let expected = (5 + 50 + 400 + 2_000) * DOLLAR;
        ensure!(self.chain.balance(SHOP)? == expected, "the shop should have {} ETH", ether(expected));
        Ok(())
    }

    /// Sends dollars to the shop and tells how the service takes it.
    fn send(&self, dollars: u128, tier: &str) -> Result<String> {
        let answer: Answer = self.agent.post("/v1/transactions/send", &transfer(dollars))?;
        let told = answer.expect(201)?;
        if told.get("tier").and_then(Value::as_str) != Some(tier) {
            bail!("expected tier {tier}: {told}");
        }
        self.screen.step(text(&told, "status")?, &format!("tier {tier}, transaction {}", text(&told, "id")?));
        Ok(text(&told, "id")?.to_owned())
    }

    fn owner_approves(&self, id: &str) -> Result<()> {
        let path = format!("/v1/transactions/{id}/approve");
        let answer = self.anyone.as_owner(&self.owner, &format!("Approve transaction {id}"), &path)?.expect(200)?;
        self.screen.step(
            text(&answer, "status")?,
            "the owner signed `Approve transaction ...` (EIP-4361, one nonce, one use)",
        );
        Ok(())
    }

    /// Waits for the block and looks the transaction up on the chain itself.
    fn confirmed(&self, id: &str) -> Result<()> {
        let row = self.agent.until(id, &["CONFIRMED"])?;
        let hash = text(&row, "txHash")?;
        ensure!(self.chain.transaction(hash)?.is_object(), "the chain does not know {hash}");
        self.screen.step(text(&row, "status")?, hash);
        Ok(())
    }
}

fn transfer(dollars: u128) -> Value {
    json!({ "type": "TRANSFER", "to": SHOP, "amount": (dollars * DOLLAR).to_string(), "network": NETWORK })
}

/// A JSON value without quotes.
fn plain(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "unknown".to_owned(),
    }
}

/// Wei as ether.
fn ether(wei: u128) -> String {
    let digits = format!("{}.{:018}", wei / ETHER, wei % ETHER);
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}
