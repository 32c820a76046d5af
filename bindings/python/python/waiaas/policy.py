"""The policy evaluator of the service, in this process: no server, no network, no keys.

```python
from waiaas.policy import Policies

policies = Policies.compile([{"type": "SPENDING_LIMIT", "rules": {"instant_max_usd": 10, "delay_max_usd": 100}}])
context = {"prices": {"eip155:1/slip44:60": "2000"}}
request = {"to": "0x1000000000000000000000000000000000000001", "amount": 25 * 10**15}
verdict = policies.evaluate(policies.prepare(context, request))
assert verdict.allowed and verdict.tier == "DELAY"
```

Amounts and prices are `int`, text or `decimal.Decimal`; a float is refused.
"""

from __future__ import annotations

from ._native import (
    Decision,
    Diff,
    Explanation,
    Policies,
    Prepared,
    Report,
    TraceEntry,
    Verdict,
    diff,
    run,
    template_rows,
    template_scenario,
    templates,
    validate,
)
from .errors import Issue, RequestRefused, UsageError, ValidationError

__all__ = [
    "Decision",
    "Diff",
    "Explanation",
    "Issue",
    "Policies",
    "Prepared",
    "Report",
    "RequestRefused",
    "TraceEntry",
    "UsageError",
    "ValidationError",
    "Verdict",
    "diff",
    "run",
    "template_rows",
    "template_scenario",
    "templates",
    "validate",
]
