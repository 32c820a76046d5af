# One rule per type that Rego can express, the same as in `rules.cedar`.
package rules

wallet := data.wallets[input.wallet]

asset := object.get(data.assets, input.asset, {})

tier := "DENIED" if {
	denied
} else := "INSTANT" if {
	calm
	input.usd <= wallet.instant_max_usd
	within("instant")
} else := "NOTIFY" if {
	calm
	input.usd <= wallet.notify_max_usd
	within("notify")
} else := "DELAY" if {
	calm
	input.usd <= wallet.delay_max_usd
	within("delay")
} else := "APPROVAL"

calm if {
	input.daily + input.usd <= wallet.daily_limit_usd
	input.monthly + input.usd <= wallet.monthly_limit_usd
	input.reputation >= wallet.min_score
}

within(threshold) if input.amount + input.held <= asset[threshold]

within(threshold) if not asset[threshold]

denied if not wallet.whitelist[input.to]

denied if not wallet.networks[input.network]

denied if input.hour < wallet.hours_start

denied if input.hour >= wallet.hours_end

denied if not wallet.days[input.weekday]

denied if input.recent >= wallet.max_requests

denied if {
	input.action == "token_transfer"
	not wallet.tokens[input.asset]
}

denied if {
	input.action == "call"
	not wallet.contracts[input.to]
}

denied if {
	input.action == "call"
	not data.methods[input.to][input.selector]
}

denied if {
	input.action == "approve"
	not wallet.spenders[input.to]
}

denied if {
	input.action == "approve"
	input.amount > wallet.max_approval
}

denied if {
	input.action == "borrow"
	not wallet.lending[input.asset]
}

denied if {
	input.action == "borrow"
	(input.debt + input.usd) * 1000000 > input.collateral * wallet.max_ltv
}

denied if {
	input.action == "perp"
	not wallet.markets[input.market]
}

denied if {
	input.action == "perp"
	input.leverage > wallet.max_leverage
}

denied if {
	input.action == "perp"
	input.size > wallet.max_position
}

denied if {
	input.venue
	not wallet.venues[input.venue]
}

denied if {
	input.action == "x402"
	not wallet.hosts[input.host]
}

denied if {
	input.action == "erc8128"
	not wallet.hosts[input.host]
}

denied if {
	input.action == "erc8128"
	input.signed >= wallet.signatures_per_minute
}

denied if input.notional > wallet.per_action_limit
