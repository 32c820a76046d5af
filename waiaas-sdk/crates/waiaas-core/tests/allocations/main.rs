//! Judging an allowed request takes nothing from the heap.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)]

mod requests;
mod scene;

use allocation_counter::measure;
use scene::{Scale, World};
use std::hint::black_box;
use waiaas_core::policy::{Phase, PolicyBook, Tier, Verdict};
use waiaas_core::tx::Effects;

#[test]
fn allowed_requests_cost_no_allocation() {
    let world = World::new();
    let facts = world.facts();
    for scale in Scale::ALL {
        let book = PolicyBook::compile(&scene::rows(scale));
        let judge = |effects: &Effects| book.judge(&world.subject, effects, &facts, Phase::Admission).verdict().clone();
        for (name, effects) in requests::allowed() {
            let (place, verdict) = (format!("{name}, {}", scale.name()), judge(&effects));
            assert!(
                matches!(&verdict, Verdict::Allow(allowance) if allowance.tier == Tier::Instant),
                "{place}: {verdict:?}"
            );
            let judged = measure(|| {
                black_box(book.judge(&world.subject, &effects, &facts, Phase::Admission));
            });
            assert_eq!((judged.count_total, judged.bytes_total), (0, 0), "{place}");
            // The counter counts: the same with the trace written down.
            let explained = measure(|| {
                black_box(book.evaluate(&world.subject, &effects, &facts, Phase::Admission));
            });
            assert!(explained.count_total > 0, "{place}");
        }
        for (name, effects) in requests::denied() {
            let verdict = judge(&effects);
            assert!(matches!(verdict, Verdict::Deny(_)), "{name}, {}: {verdict:?}", scale.name());
        }
    }
}
