"""What variable queries found, kept for a while: panels that follow a page's first ones need the same options again."""

import threading
import time
from collections.abc import Callable

Key = tuple[str, ...]
KEEP_S, MOST = 300.0, 2000
_found: dict[Key, tuple[float, list[str]]] = {}
_lock = threading.Lock()


def remembered(key: Key, ask: Callable[[], list[str]], *, fresh: bool) -> list[str]:
    """Return what was found under a key within the last five minutes, or ask.

    key: everything that the answer depends on. fresh: ask in any case, and keep the answer for those who follow.
    """
    now = time.monotonic()
    if not fresh:
        kept = _found.get(key)
        if kept is not None and now - kept[0] < KEEP_S:
            return kept[1]
    words = ask()
    with _lock:
        if len(_found) >= MOST:
            for old in sorted(_found, key=lambda one: _found[one][0])[: MOST // 4]:
                del _found[old]
        _found[key] = (now, words)
    return words
