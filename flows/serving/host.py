"""A Prefect server that ends with the process that started it.

Run it as ``python -m flows.serving.host PORT``. Its parent holds the other end of its
standard input. When the parent is gone, killed outright even, that end is closed, and the
server shuts down.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

import uvicorn

#: Seconds it waits at its end for those that are still connected.
_PATIENCE = 3


def main() -> None:
    """Serve until standard input ends."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    uvicorn.run(
        "prefect.server.api.server:create_app",
        factory=True,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="error",
        lifespan="on",
        timeout_graceful_shutdown=_PATIENCE,
    )


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
