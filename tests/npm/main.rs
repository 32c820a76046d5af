//! `cargo npm`: builds the npm package into `target/npm/waiaas`.

use waiaas_tests::npm::package;

#[expect(clippy::print_stdout, reason = "a program of the command line says what it does on standard output")]
fn main() -> anyhow::Result<()> {
    let folder = package(&|notice| println!("{notice}"))?;
    println!("the package is in {}", folder.display());
    Ok(())
}
