//! How fast the evaluator decides, beside cedar-policy and regorus, in one run. See the README of this project.

mod cases;
mod cedar;
mod counting;
mod rego;
#[path = "../../../../waiaas-sdk/crates/waiaas-core/tests/allocations/requests.rs"]
mod requests;
mod scaling;
#[path = "../../../../waiaas-sdk/crates/waiaas-core/tests/allocations/scene.rs"]
mod scene;
mod table;

use cases::Case;
use cedar::Cedar;
use counting::{Counting, allocations};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};
use rego::Rego;
use scene::{Scale, World};
use std::hint::black_box;
use std::time::Duration;
use waiaas_core::policy::{Phase, PolicyBook, Verdict};
use waiaas_core::tx::Effects;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    // Many samples of a millisecond: on a busy machine an interruption spoils a few of them, and not the median.
    let mut criterion = Criterion::default()
        .output_directory(&table::folder())
        .sample_size(500)
        .nresamples(10_000)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(500))
        .configure_from_args();
    let mut lines = Vec::new();
    for scale in Scale::ALL {
        let book = PolicyBook::compile(&scene::rows(scale));
        let (cedar, mut rego) = (Cedar::new(scale), Rego::new(scale));
        check_equivalence(&book, &cedar, &mut rego);
        ours(&mut criterion, scale, &book, &mut lines);
        rivals(&mut criterion, scale, &cedar, &mut rego, &mut lines);
        let rows = scene::rows(scale);
        let mut group = group_of(&mut criterion, "compile", scale);
        group.sample_size(10).bench_function("book", |bencher| bencher.iter(|| PolicyBook::compile(black_box(&rows))));
        group.finish();
    }
    criterion.final_summary();
    table::print(&lines);
    scaling::print();
}

/// Measurements of one engine in one scene.
fn group_of<'a>(criterion: &'a mut Criterion, engine: &str, scale: Scale) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(format!("{engine}/{}", scale.name()));
    group.sampling_mode(SamplingMode::Flat);
    group
}

/// Nothing is worth comparing before all give the same answers.
fn check_equivalence(book: &PolicyBook, cedar: &Cedar, rego: &mut Rego) {
    for case in cases::all() {
        let (world, effects) = case.ours();
        let judgement = book.judge(&world.subject, &effects, &world.facts(), Phase::Admission).verdict().clone();
        let ours = match &judgement {
            Verdict::Allow(allowance) => allowance.tier.as_str(),
            Verdict::Deny(_) => "DENIED",
        };
        assert_eq!(ours, case.expect, "ours: {}: {judgement:?}", case.name);
        assert_eq!(Cedar::outcome(&cedar.judge(&Cedar::request(&case))), case.expect, "cedar: {}", case.name);
        rego.set(&case);
        assert_eq!(Rego::outcome(&rego.judge()), case.expect, "regorus: {}", case.name);
    }
    println!("{} requests around the limits: the same outcome from all three", cases::all().len());
}

/// Verdicts of every sort of request, and what the trace costs.
fn ours(criterion: &mut Criterion, scale: Scale, book: &PolicyBook, lines: &mut Vec<table::Line>) {
    let world = World::new();
    let facts = world.facts();
    let mut measure = |name: &'static str, effects: &Effects, allowed: bool| {
        let judge = || book.judge(black_box(&world.subject), black_box(effects), black_box(&facts), Phase::Admission);
        assert_eq!(matches!(judge().verdict(), Verdict::Allow(_)), allowed, "{name}: {:?}", judge().verdict());
        let count = allocations(judge);
        assert!(!allowed || count == 0, "{name} took {count} pieces from the heap");
        let mut group = group_of(criterion, "judge", scale);
        group.bench_function(name, |bencher| bencher.iter(judge));
        group.finish();
        lines.push(table::Line { scale, engine: "judge", request: name, allocations: count });
    };
    for (name, effects) in requests::allowed() {
        measure(name, &effects, true);
    }
    for (name, effects) in requests::denied() {
        measure(name, &effects, false);
    }
    for (name, effects) in
        [("native transfer", requests::native_transfer()), ("token transfer", requests::token_transfer())]
    {
        let evaluate = || book.evaluate(&world.subject, black_box(&effects), black_box(&facts), Phase::Admission);
        let mut group = group_of(criterion, "evaluate", scale);
        group.bench_function(name, |bencher| bencher.iter(evaluate));
        group.finish();
        lines.push(table::Line { scale, engine: "evaluate", request: name, allocations: allocations(evaluate) });
    }
}

/// The two transfers that all engines judge.
fn rivals(criterion: &mut Criterion, scale: Scale, cedar: &Cedar, rego: &mut Rego, lines: &mut Vec<table::Line>) {
    for case in [cases::native_transfer(), cases::token_transfer()] {
        let Case { name, .. } = case;
        let request = Cedar::request(&case);
        let judge = || cedar.judge(black_box(&request));
        let mut group = group_of(criterion, "cedar-policy", scale);
        group.bench_function(name, |bencher| bencher.iter(judge));
        group.finish();
        lines.push(table::Line { scale, engine: "cedar-policy", request: name, allocations: allocations(judge) });

        rego.set(&case);
        let mut group = group_of(criterion, "regorus", scale);
        group.bench_function(name, |bencher| bencher.iter(|| black_box(&mut *rego).judge()));
        group.finish();
        lines.push(table::Line { scale, engine: "regorus", request: name, allocations: allocations(|| rego.judge()) });
    }
}
