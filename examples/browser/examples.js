const SHOP = "0x1000000000000000000000000000000000000001";
const USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";

export const EXAMPLES = [
  { title: "$50 in ETH", request: { type: "TRANSFER", to: SHOP, humanAmount: "0.025" } },
  { title: "$5 in ETH", request: { type: "TRANSFER", to: SHOP, humanAmount: "0.0025" } },
  { title: "$2,000 in ETH", request: { type: "TRANSFER", to: SHOP, humanAmount: "1" } },
  {
    title: "20 USDC",
    request: { type: "TOKEN_TRANSFER", to: SHOP, humanAmount: "20", token: { address: USDC, decimals: 6, symbol: "USDC" } },
  },
  {
    title: "Unlimited USDC allowance",
    request: {
      type: "APPROVE",
      spender: SHOP,
      amount: "115792089237316195423570985008687907853269984665640564039457584007913129639935",
      token: { address: USDC, decimals: 6, symbol: "USDC" },
    },
  },
  { title: "A contract call", request: { type: "CONTRACT_CALL", to: SHOP, calldata: "0x12345678", value: "0" } },
];

export const CONTEXT = {
  network: "ethereum-mainnet",
  now: "2026-01-05T12:00:00Z",
  wallet: { owner_state: "LOCKED" },
  prices: { "eip155:1/slip44:60": "2000", [`eip155:1/erc20:${USDC}`]: "1" },
  tokens: { [`eip155:1/erc20:${USDC}`]: { decimals: 6, symbol: "USDC" } },
  history: [],
};

/// What the templates cannot do without.
export const PARAMETERS = {
  "trading-bot": { contracts: SHOP },
  treasury: { recipients: SHOP },
};
