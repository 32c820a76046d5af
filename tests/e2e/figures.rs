//! What the program costs. The figures are printed; the bounds are loose, because no test may fail on a slow machine.
//! The promises (ready within 100 ms, 40 MB, 30 MB) are about the shipped program on an idle machine.

use crate::world::World;
use std::time::Duration;
use waiaas_tests::project;

/// Whether the program under test is the shipped one; a debug build is large and slow, and promises nothing.
fn shipped() -> bool {
    std::env::var_os("WAIAAS_BIN").is_some_and(|path| path.to_string_lossy().contains("release"))
}

#[test]
fn it_starts_quickly_and_needs_little() {
    let program = project::program().unwrap();
    let mut world = World::start();
    let first = world.server.ready_after();
    let mut again = Vec::new();
    for _ in 0..5 {
        assert_eq!(world.server.stop().unwrap(), Some(0));
        world.server.restart().unwrap();
        again.push(world.server.ready_after());
    }
    again.sort();
    let wallet = world.unlimited_wallet();
    world.send(&wallet, &crate::world::stranger(), 1).expect(201).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let resident = world.server.resident_kib().unwrap();
    let size = std::fs::metadata(program).unwrap().len();
    println!(
        "first start (with a new key store) {} ms; later starts {} to {} ms; resident {} KiB; program {} KiB",
        first.as_millis(),
        again[0].as_millis(),
        again[4].as_millis(),
        resident,
        size / 1_024
    );
    assert!(again[0] < Duration::from_secs(10), "{again:?}");
    if shipped() {
        assert!(resident < 40 * 1_024, "{resident} KiB");
        assert!(size < 30 * 1_048_576, "{size} bytes");
    }
}
