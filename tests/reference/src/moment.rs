//! Where a request comes from and when: the gates of channels (5.12, 5.19), ALLOWED_NETWORKS (5.11),
//! TIME_RESTRICTION (5.3) and RATE_LIMIT (5.4). Each is asked once for a whole batch.

use crate::evaluate::{Request, refuse};
use crate::read::{Corrupt, Read, Rules, entry_or_text, list, rules, text, whole};
use crate::rows::in_force;
use crate::verdict::Refusal;
use serde_json::Value;
use waiaas_core::chain::Network;
use waiaas_core::policy::{DeniedBy, Phase, PolicyRow, PolicyType, ReasonCode};
use waiaas_core::tx::{Channel, Host};

/// What a channel demands by itself.
pub(crate) fn gate(request: &Request<'_>) -> Result<(), Refusal> {
    let settings = request.facts.settings;
    match &request.effects.channel {
        Channel::X402(_) if !settings.x402_enabled => refuse(DeniedBy::Channel, ReasonCode::X402Disabled),
        Channel::X402(host) => x402_allowed_domains(request, host),
        Channel::Erc8128(_) if !settings.erc8128_enabled => refuse(DeniedBy::Channel, ReasonCode::Erc8128Disabled),
        Channel::Erc8128(host) => erc8128_allowed_domains(request, host),
        Channel::Send | Channel::Sign | Channel::Message | Channel::External => Ok(()),
    }
}

/// X402_ALLOWED_DOMAINS (5.12).
fn x402_allowed_domains(request: &Request<'_>, host: &Host) -> Result<(), Refusal> {
    let force = in_force(&request.scope, PolicyType::X402AllowedDomains);
    if force.base.is_none() && request.facts.settings.default_deny_x402_domains {
        return refuse(DeniedBy::X402AllowedDomains, ReasonCode::X402DomainNotAllowed);
    }
    for row in force.all() {
        request.obeys(row, DeniedBy::X402AllowedDomains, |rules| {
            Ok(if lists_host(rules, host)? { None } else { Some(ReasonCode::X402DomainNotAllowed) })
        })?;
    }
    Ok(())
}

/// ERC8128_ALLOWED_DOMAINS (5.19): first the domain, then the rate of the domain.
fn erc8128_allowed_domains(request: &Request<'_>, host: &Host) -> Result<(), Refusal> {
    let settings = request.facts.settings;
    let force = in_force(&request.scope, PolicyType::Erc8128AllowedDomains);
    let by = DeniedBy::Erc8128AllowedDomains;
    if force.base.is_none() && settings.default_deny_erc8128_domains {
        return refuse(by, ReasonCode::Erc8128DomainNotAllowed);
    }
    let judge_rate = |limit: u64| match request.facts.actions.erc8128_recent {
        None => Some(ReasonCode::MissingInput),
        Some(recent) if recent >= limit => Some(ReasonCode::Erc8128RateLimited),
        Some(_) => None,
    };
    match judge_rate(settings.erc8128_default_rpm) {
        Some(reason) if force.base.is_none() => return refuse(by, reason),
        _ => {}
    }
    let rate_of = |rules: &Rules| -> Read<u64> {
        match rules.get("rate_limit_rpm").map(whole).transpose()? {
            Some(0) => Err(Corrupt),
            Some(limit) => Ok(limit),
            None => Ok(settings.erc8128_default_rpm),
        }
    };
    for row in force.all() {
        request.obeys(row, by, |rules| {
            let rate = rate_of(rules)?;
            if !lists_host(rules, host)? {
                return Ok(Some(ReasonCode::Erc8128DomainNotAllowed));
            }
            Ok(judge_rate(rate))
        })?;
    }
    Ok(())
}

/// Whether the rules list the host: by its name, or by `*.` and an end of it with a dot before.
fn lists_host(rules: &Rules, host: &Host) -> Read<bool> {
    let mut listed = false;
    for value in list(rules, "domains", 1)? {
        let pattern = text(Some(value))?;
        let (wild, name) = pattern.strip_prefix("*.").map_or((false, pattern), |rest| (true, rest));
        if !is_host_name(name) {
            return Err(Corrupt);
        }
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let host = host.as_str();
        listed |= if wild { host.ends_with(&format!(".{name}")) } else { host == name };
    }
    Ok(listed)
}

/// A bare host name: no scheme, port or path.
fn is_host_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    name.split('.').all(|label| !label.is_empty() && label.bytes().all(letter))
}

/// The conditions that concern a request as a whole.
pub(crate) fn once(request: &Request<'_>) -> Result<(), Refusal> {
    // An action outside of any chain has no network to be judged by.
    if request.effects.channel.is_on_chain() {
        for row in in_force(&request.scope, PolicyType::AllowedNetworks).all() {
            request.obeys(row, DeniedBy::AllowedNetworks, |rules| allowed_networks(request, rules))?;
        }
    }
    // Neither is asked again for what has waited (section 7, last point).
    if request.phase == Phase::Admission {
        for row in in_force(&request.scope, PolicyType::TimeRestriction).all() {
            request.obeys(row, DeniedBy::TimeRestriction, |rules| time_restriction(request, rules))?;
        }
    }
    rate(request)
}

/// RATE_LIMIT (5.4) counts requests of any kind.
pub(crate) fn rate(request: &Request<'_>) -> Result<(), Refusal> {
    if request.phase == Phase::Admission {
        for row in in_force(&request.scope, PolicyType::RateLimit).all() {
            rate_limit(request, row)?;
        }
    }
    Ok(())
}

/// ALLOWED_NETWORKS (5.11): by name, CAIP-2 id or, for Solana, the old bare name; in any case of letters.
fn allowed_networks(request: &Request<'_>, rules: &Rules) -> Read<Option<ReasonCode>> {
    let mut listed = false;
    for value in list(rules, "networks", 1)? {
        let named = entry_or_text(value, "network")?.to_lowercase();
        let bare = |network: &Network| network.as_str().strip_prefix("solana-") == Some(named.as_str());
        let is =
            |network: &Network| network.as_str() == named || network.caip2().to_lowercase() == named || bare(network);
        if !Network::ALL.iter().any(is) {
            return Err(Corrupt);
        }
        listed |= is(&request.subject.network);
    }
    Ok(if listed { None } else { Some(ReasonCode::NetworkNotAllowed) })
}

/// TIME_RESTRICTION (5.3): hour and weekday by the wall clock of the zone.
fn time_restriction(request: &Request<'_>, rules: &Rules) -> Read<Option<ReasonCode>> {
    let either = |source: &str, seed: &str| rules.get(source).or_else(|| rules.get(seed)).cloned();
    let hours = either("allowed_hours", "allowedHours").ok_or(Corrupt)?;
    let hour_at = |key: &str| hours.get(key).map_or(Err(Corrupt), whole);
    let (start, end) = (hour_at("start")?, hour_at("end")?);
    if start > 23 || end > 24 || start == end {
        return Err(Corrupt);
    }
    let days = either("allowed_days", "allowedDays").map(|days| read_days(&days)).transpose()?;
    let zone = rules.get("timezone").map_or(Ok("UTC"), |zone| text(Some(zone)))?;
    let offset = match zone {
        "UTC" => 0,
        // Nobody knows the zone: unknown, therefore corrupt.
        other => i64::from(*request.facts.zone_offsets.get(other).ok_or(Corrupt)?),
    };
    let local = request.facts.now.as_millis().div_euclid(1_000) + offset;
    let hour = u64::try_from(local.rem_euclid(86_400) / 3_600).unwrap();
    // 1970-01-01 was a Thursday, day 4.
    let weekday = u64::try_from((local.div_euclid(86_400) + 4).rem_euclid(7)).unwrap();
    let in_hours = if start < end { (start..end).contains(&hour) } else { hour >= start || hour < end };
    let in_days = days.is_none_or(|days| days.contains(&weekday));
    Ok(if in_hours && in_days { None } else { Some(ReasonCode::TimeRestricted) })
}

fn read_days(value: &Value) -> Read<Vec<u64>> {
    let days = value.as_array().filter(|days| !days.is_empty()).ok_or(Corrupt)?;
    days.iter().map(|day| whole(day).and_then(|day| if day <= 6 { Ok(day) } else { Err(Corrupt) })).collect()
}

/// RATE_LIMIT (5.4): so many requests in a rolling window.
fn rate_limit(request: &Request<'_>, row: &PolicyRow) -> Result<(), Refusal> {
    let refusal = |reason| Refusal::new(DeniedBy::RateLimit, reason).by(row.id);
    let window = rules(&row.rules).and_then(|rules| rate_of(&rules));
    let Ok((most, seconds)) = window else { return Err(refusal(ReasonCode::PolicyRulesCorrupt)) };
    let counted = &request.facts.ledger.rates;
    let count = counted.iter().find(|rate| (rate.window.max_requests, rate.window.window_seconds) == (most, seconds));
    let Some(count) = count else { return Err(refusal(ReasonCode::MissingInput)) };
    if count.count < most {
        return Ok(());
    }
    let mut refusal = refusal(ReasonCode::RateLimitExceeded);
    refusal.retry_after_seconds = count.frees_at_expiry_of.map(|at| {
        let free = at.as_secs() + i64::try_from(seconds).unwrap() - request.facts.now.as_secs() + 1;
        u64::try_from(free.max(0)).unwrap()
    });
    Err(refusal)
}

/// `(most, seconds)`, in either of the two shapes.
fn rate_of(rules: &Rules) -> Read<(u64, u64)> {
    let at_least_one =
        |value: &Value| whole(value).and_then(|number| if number == 0 { Err(Corrupt) } else { Ok(number) });
    let get = |key: &str| rules.get(key).map_or(Err(Corrupt), at_least_one);
    if rules.contains_key("max_requests") {
        return Ok((get("max_requests")?, get("window_seconds")?));
    }
    let seconds = match rules.get("period").and_then(Value::as_str) {
        Some("hourly") => 3_600,
        Some("daily") => 86_400,
        Some("weekly") => 604_800,
        Some("monthly") => 2_592_000,
        _ => return Err(Corrupt),
    };
    Ok((get("maxTransactions")?, seconds))
}
