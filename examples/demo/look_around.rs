//! What to try next, ready to be typed.

use crate::screen::Screen;
use crate::story::Cast;
use waiaas_tests::anvil::{Anvil, NETWORK};
use waiaas_tests::server::{PASSWORD, Server};

/// Tells how to look around. Commands are given when there will be something to answer them.
pub(crate) fn tell(screen: &Screen, server: &Server, chain: &Anvil, cast: &Cast, stays: bool) {
    if !stays {
        screen.line("Look around yourself: `cargo demo --stay` keeps the service running and tells what to type.");
        return;
    }
    let base = format!("http://{}", server.address());
    let Cast { wallet_id, wallet_address, token, last_transaction } = cast;
    screen.title(
        "\nThe service and the chain keep running until you press Enter. Some things to try in another terminal:",
    );
    screen.line(&format!("
  {base}/reference      every route, to try out in a browser
  {base}/doc            the same for programs (OpenAPI)

  TOKEN='{token}'

  # what the agent sees
  curl '{base}/v1/wallet/balance?network={NETWORK}' -H \"Authorization: Bearer $TOKEN\"
  curl {base}/v1/transactions/{last_transaction} -H \"Authorization: Bearer $TOKEN\"

  # what a payment would do; without `dryRun` it is made
  curl -X POST {base}/v1/transactions/send -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\
    -d '{{\"type\":\"TRANSFER\",\"to\":\"{wallet_address}\",\"amount\":\"0.001\",\"network\":\"{NETWORK}\",\"dryRun\":true}}'

  # what the operator sees and does
  curl {base}/v1/wallets/{wallet_id} -H 'X-Master-Password: {PASSWORD}'
  curl {base}/v1/policies -H 'X-Master-Password: {PASSWORD}'

  # stop everything: sessions end, wallets are suspended, what waits is cancelled; and start again
  curl -X POST {base}/v1/admin/kill-switch -H 'X-Master-Password: {PASSWORD}'
  curl -X POST {base}/v1/admin/recover -H 'X-Master-Password: {PASSWORD}'

  # the chain itself
  curl -X POST {chain} -H 'Content-Type: application/json' \\
    -d '{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBalance\",\"params\":[\"{wallet_address}\",\"latest\"]}}'
", chain = chain.url()));
    screen.line("Press Enter to end.");
}
