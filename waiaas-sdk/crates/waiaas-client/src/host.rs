//! What differs between a native program and a browser: waiting, and randomness.

use core::time::Duration;

/// Waits.
pub(crate) async fn sleep(duration: Duration) {
    #[cfg(not(target_arch = "wasm32"))]
    tokio::time::sleep(duration).await;
    #[cfg(target_arch = "wasm32")]
    gloo_timers::future::sleep(duration).await;
}

/// Random bytes; `None` where the system has none.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn random() -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes)
}

/// Random bytes; `None` where the system has none.
#[cfg(target_arch = "wasm32")]
pub(crate) fn random() -> Option<[u8; 16]> {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
        fn get_random_values(bytes: &mut [u8]) -> Result<JsValue, JsValue>;
    }

    let mut bytes = [0; 16];
    get_random_values(&mut bytes).ok()?;
    Some(bytes)
}
