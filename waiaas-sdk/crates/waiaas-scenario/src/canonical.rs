//! The one text of a decision: the same bytes wherever it is made.

use crate::request::Refused;
use serde_json::Value;
use waiaas_core::policy::{Allowance, CumulativeWarning, Decision, Denial, TraceEntry, Valuation, Verdict};
use waiaas_core::wire::Issue;

/// The canonical JSON of a decision: no spaces, keys in alphabetical order and always present (`null` for what does not
/// apply), amounts, dollars and 64-bit counts as texts, seconds of delays and timeouts as numbers.
///
/// ```json
/// {"trace":[{"outcome":"…","policy":null,"rule":"…"}],
///  "valuation":{"components":[{"amount":"…","asset":"…","usd":"…"}],"usd":"…"},
///  "verdict":{"allowed":true,"approval_reason":null,"approval_timeout_seconds":null,
///             "cumulative_warning":null,"delay_seconds":300,"downgraded":false,"tier":"DELAY"}}
/// ```
///
/// A verdict that denies has `allowed`, `denied_by`, `instruction`, `message`, `policy`, `reason` and
/// `retry_after_seconds`. The entry that a list lacks belongs to the ways out and not to the decision
/// (`Judgement::would_pass`).
#[must_use]
pub fn canonical(decision: &Decision) -> String {
    let mut json = Json::default();
    json.object(|json| {
        json.key("trace").list(&decision.trace, trace_entry);
        json.key("valuation");
        valuation(json, &decision.valuation);
        json.key("verdict");
        verdict(json, &decision.verdict);
    });
    json.text
}

/// The canonical JSON of a request that is refused while it is read: an object with the one key `refused`.
#[must_use]
pub fn canonical_refusal(refused: &Refused) -> String {
    let mut json = Json::default();
    json.object(|json| {
        json.key("refused").object(|json| {
            json.key("denied_by").string(refused.denied_by.as_str());
            json.key("issues").list(&refused.issues, issue);
            json.key("why").string(refused.why);
        });
    });
    json.text
}

/// The canonical JSON of a verdict alone, as it stands in [`canonical`].
#[must_use]
pub fn canonical_verdict(given: &Verdict) -> String {
    let mut json = Json::default();
    verdict(&mut json, given);
    json.text
}

fn trace_entry(json: &mut Json, entry: &TraceEntry) {
    json.object(|json| {
        json.key("outcome").string(&entry.outcome);
        json.key("policy").displayed(entry.policy);
        json.key("rule").string(entry.rule);
    });
}

fn valuation(json: &mut Json, valuation: &Valuation) {
    json.object(|json| {
        json.key("components").list(&valuation.components, |json, component| {
            json.object(|json| {
                json.key("amount").displayed(Some(component.amount));
                json.key("asset").displayed(Some(component.asset));
                json.key("usd").displayed(component.usd);
            });
        });
        json.key("usd").displayed(valuation.usd);
    });
}

fn verdict(json: &mut Json, verdict: &Verdict) {
    json.object(|json| match verdict {
        Verdict::Allow(allowance) => allowed(json, allowance),
        Verdict::Deny(denial) => denied(json, denial),
    });
}

fn allowed(json: &mut Json, allowance: &Allowance) {
    json.key("allowed").bare("true");
    json.key("approval_reason").displayed(allowance.approval_reason);
    json.key("approval_timeout_seconds").number(allowance.approval_timeout_seconds);
    json.key("cumulative_warning");
    match allowance.cumulative_warning {
        Some(CumulativeWarning { window, spent, limit }) => json.object(|json| {
            json.key("limit").displayed(Some(limit));
            json.key("spent").displayed(Some(spent));
            json.key("window").displayed(Some(window));
        }),
        None => json.bare("null"),
    }
    json.key("delay_seconds").number(allowance.delay_seconds);
    json.key("downgraded").bare(if allowance.downgraded { "true" } else { "false" });
    json.key("tier").displayed(Some(allowance.tier));
}

fn denied(json: &mut Json, denial: &Denial) {
    json.key("allowed").bare("false");
    json.key("denied_by").displayed(Some(denial.denied_by));
    json.key("instruction").number(denial.instruction);
    json.key("message").string(&denial.message);
    json.key("policy").displayed(denial.policy);
    json.key("reason").displayed(Some(denial.reason));
    json.key("retry_after_seconds").displayed(denial.retry_after_seconds);
}

fn issue(json: &mut Json, issue: &Issue) {
    json.object(|json| {
        json.key("code").string(issue.code.as_str());
        json.key("message").string(&issue.message);
        json.key("path").string(&issue.path_string());
    });
}

/// Writes JSON, key by key. A tree of values would sort its keys or not, depending on what else is linked.
#[derive(Debug, Default)]
struct Json {
    text: String,
}

impl Json {
    fn object(&mut self, members: impl FnOnce(&mut Self)) {
        self.text.push('{');
        members(self);
        self.text.push('}');
    }

    fn list<T>(&mut self, entries: &[T], write: impl Fn(&mut Self, &T)) {
        self.text.push('[');
        for entry in entries {
            self.separate();
            write(self, entry);
        }
        self.text.push(']');
    }

    fn key(&mut self, key: &str) -> &mut Self {
        self.separate();
        self.string(key);
        self.text.push(':');
        self
    }

    /// A comma, unless this is the first.
    fn separate(&mut self) {
        if !self.text.ends_with(['{', '[']) {
            self.text.push(',');
        }
    }

    fn bare(&mut self, word: &str) {
        self.text.push_str(word);
    }

    fn string(&mut self, text: &str) {
        // The escapes of serde_json depend on the text alone.
        self.text.push_str(&Value::from(text).to_string());
    }

    fn displayed(&mut self, value: Option<impl core::fmt::Display>) {
        match value {
            Some(value) => self.string(&value.to_string()),
            None => self.bare("null"),
        }
    }

    fn number(&mut self, value: Option<impl core::fmt::Display>) {
        match value {
            Some(value) => self.bare(&value.to_string()),
            None => self.bare("null"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use waiaas_core::id::PolicyId;
    use waiaas_core::money::Usd;
    use waiaas_core::policy::{ApprovalReason, DeniedBy, ReasonCode, Tier, Window};

    fn check(verdict: Verdict, expect: &str) {
        let trace = vec![TraceEntry { rule: "WHITELIST", policy: None, outcome: "a \"quoted\" {\n".to_owned() }];
        let text = canonical(&Decision { verdict, trace, valuation: Valuation::default() });
        let around = r#"{"trace":[{"outcome":"a \"quoted\" {\n","policy":null,"rule":"WHITELIST"}],"valuation":{"components":[],"usd":null},"verdict":"#;
        assert_eq!(text, format!("{around}{expect}}}"));
        let keys_in_order = serde_json::from_str::<Value>(&text).unwrap().to_string();
        assert_eq!(text, keys_in_order);
    }

    #[test]
    fn every_field_has_its_place() {
        check(
            Verdict::Allow(Allowance {
                tier: Tier::Approval,
                delay_seconds: None,
                approval_timeout_seconds: Some(3_600),
                approval_reason: Some(ApprovalReason::CumulativeDaily),
                downgraded: false,
                cumulative_warning: Some(CumulativeWarning {
                    window: Window::Daily,
                    spent: Usd::parse("80.5").unwrap(),
                    limit: Usd::MAX,
                }),
            }),
            r#"{"allowed":true,"approval_reason":"cumulative_daily","approval_timeout_seconds":3600,"cumulative_warning":{"limit":"340282366920938463463374607431768.211455","spent":"80.5","window":"daily"},"delay_seconds":null,"downgraded":false,"tier":"APPROVAL"}"#,
        );
        check(
            Verdict::Deny(Denial {
                denied_by: DeniedBy::RateLimit,
                reason: ReasonCode::RateLimitExceeded,
                message: "wait".to_owned(),
                policy: Some(PolicyId::from_bytes([0xab; 16])),
                retry_after_seconds: Some(u64::MAX),
                instruction: Some(3),
                missing: None,
            }),
            r#"{"allowed":false,"denied_by":"RATE_LIMIT","instruction":3,"message":"wait","policy":"abababab-abab-abab-abab-abababababab","reason":"RATE_LIMIT_EXCEEDED","retry_after_seconds":"18446744073709551615"}"#,
        );
    }
}
