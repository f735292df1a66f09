"""The record of rule changes: one JSON object a line, appended and never rewritten, beside the tables."""

import json
import os
from pathlib import Path

from verifier.errors import NotConfigured
from verifier.model.audit import Event


class RuleLog:
    """Implements `verifier.ports.Audit` for events about nobody, in a file of its own."""

    def __init__(self, path: Path) -> None:
        """Append to *path*."""
        self.path = path

    def record(self, *events: Event) -> None:
        """Append *events*, durable when this returns.

        Raises:
            NotConfigured: the file cannot be written.
        """
        lines = "".join(f"{json.dumps(_dump(event))}\n" for event in events)
        try:
            self._append(lines.encode())
        except OSError as error:
            raise NotConfigured(f"The record of rule changes cannot be written: {error.strerror}.") from error

    def _append(self, lines: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, lines)  # one write, so that lines of two processes do not mix
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _dump(event: Event) -> dict[str, str]:
    return {
        "at": event.at.isoformat(),
        "who": event.context.who,
        "where": event.context.where,
        "request_id": event.context.request_id,
        "action": event.action,
        "what": event.what,
        "result": event.result,
    }
