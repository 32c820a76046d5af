"""When a call is made again."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RetryPolicy"]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often, and with which pauses, a call is made again that may be made again.

    What may be made again is not a setting: reads, calls that set something to a value, and calls with an idempotency
    key, after an answer was lost; every call, when it certainly was not carried out.
    """

    max_retries: int = 3
    """Further calls after the first; 0 never repeats."""
    base_delay: float = 0.25
    """The pause before the second call, in seconds; it doubles with each further one."""
    max_delay: float = 10.0
    """The longest pause. An answer that asks for a longer one is raised as the error that it is."""

    @classmethod
    def never(cls) -> RetryPolicy:
        """Never repeats anything."""
        return cls(max_retries=0)

    def pause(self, failed: int, asked: float | None, jitter: float) -> float | None:
        """The pause after `failed` failed calls; `None` when that was the last one, or when the server asks for more
        patience than the policy has. `jitter` (0 to 1) spreads callers over the upper half of a pause.
        """
        if failed > self.max_retries:
            return None
        if asked is not None:
            return asked if asked <= self.max_delay else None
        longest = min(self.base_delay * (1 << min(failed - 1, 16)), self.max_delay)
        return longest / 2 * (1 + jitter)
