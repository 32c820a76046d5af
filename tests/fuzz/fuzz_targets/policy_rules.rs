//! Any text as the rules of a policy of any type, offered for creation and found in the database.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use waiaas_core::policy::{PolicyBook, PolicyType, validate_rules_in};
use waiaas_fuzz::{accepted_rules_are_readable, knows_zone, row, scenes};

fuzz_target!(|input: &[u8]| {
    let Some((letter, text)) = input.split_first() else { return };
    let types = PolicyType::ALL;
    let policy_type = types[usize::from(letter.wrapping_sub(b'A')) % types.len()];
    let text = String::from_utf8_lossy(text).into_owned();
    if let Ok(rules) = serde_json::from_str::<Value>(&text) {
        if let Err(issues) = validate_rules_in(policy_type, &rules, &knows_zone) {
            assert!(!issues.is_empty(), "refused without a reason");
            for issue in issues {
                assert_eq!(issue.path.first().map(String::as_str), Some("rules"), "{issue:?}");
                assert!(!issue.message.is_empty(), "{issue:?}");
            }
        } else {
            accepted_rules_are_readable(policy_type, &rules);
        }
    }
    // The same text in the database, whoever put it there: read twice, it is judged alike.
    let stored = [row(1, policy_type, text)];
    let (book, again) = (PolicyBook::compile(&stored), PolicyBook::compile(&stored));
    for scene in scenes() {
        assert_eq!(scene.judge_by(&book), scene.judge_by(&again));
    }
});
