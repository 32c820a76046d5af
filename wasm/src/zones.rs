//! Time zones, which the JavaScript side knows.

use waiaas_core::time::UnixMillis;

/// The offset of a time zone at an instant, in seconds east of UTC; `None` for a zone that does not exist.
#[cfg(target_arch = "wasm32")]
pub(crate) fn offset(zone: &str, at: UnixMillis) -> Option<i32> {
    outside::offset(zone, at.as_millis())
}

#[cfg(target_arch = "wasm32")]
mod outside {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen(raw_module = "./zones.js")]
    extern "C" {
        /// Of the package's JavaScript, which asks `Intl`.
        pub(crate) fn offset(zone: &str, millis: i64) -> Option<i32>;
    }
}

/// Outside of JavaScript there is nobody to ask: only UTC exists.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn offset(zone: &str, at: UnixMillis) -> Option<i32> {
    waiaas_scenario::no_zones(zone, at)
}
