"""Steps that look or do something outside the dialogue and go on with what it came to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wasl.flows.policy.expressions import Failed, shown
from wasl.flows.policy.moving import Moving, in_address
from wasl.flows.policy.state import (
    Asked,
    AskPartner,
    CancelThis,
    LookThisUp,
    MoveOrder,
    SendThis,
    WriteContact,
    WriteRecord,
)
from wasl.flows.policy.steps import (
    CancelBooking,
    ChangeContact,
    ChangeOrder,
    ChangeRecord,
    Http,
    LookUp,
    Send,
)
from wasl.flows.policy.words import western

Act = LookUp | Http | ChangeContact | ChangeOrder | ChangeRecord | Send | CancelBooking
SECRET = re.compile(r"\{\{\s*secret\.([a-z][a-z0-9_]{0,39})\s*\}\}")


class Acting(Moving):
    """The steps `lookup`, `http`, `contact`, `order`, `record`, `send` and `cancel_booking` of a
    move."""

    def _act(self, step: Act) -> None:
        state = self.state
        try:
            asked = self._asked_by(step)
        except Failed as failed:
            way, to = self._failed(step, failed)
            self._leave(to, way)
            return
        self._note_way("looks" if isinstance(step, LookUp) else "acts")
        state.waiting, state.moment = "look_up", None
        self.outputs.append(asked)

    def _asked_by(self, step: Act) -> Asked:
        if isinstance(step, LookUp):
            number, proof = self._plainly(step.number), self._plainly(step.proof)
            return LookThisUp(step.what, number, proof, step.kind or "")
        if isinstance(step, Http):
            return self._request(step)
        if isinstance(step, ChangeContact):
            return WriteContact(self._shown_values(step.values))
        if isinstance(step, ChangeOrder):
            return MoveOrder(self._plainly(step.number), self._plainly(step.proof), step.to)
        if isinstance(step, ChangeRecord):
            key = shown(self._value(step.key))
            return WriteRecord(step.kind, key, self._shown_values(step.values))
        if isinstance(step, CancelBooking):
            return CancelThis(shown(self._value(step.booking)))
        self.state.steps += 1
        return SendThis(self.state.steps, step.channel, self._filled(step.text))

    def _shown_values(self, values: Mapping[Any, str]) -> dict[str, str]:
        return {str(name): shown(self._value(source)) for name, source in values.items()}

    def _plainly(self, source: str | None) -> str:
        """What names a thing, as it is written anywhere; "" without a source."""
        return "" if source is None else western(shown(self._value(source))).strip()

    def _request(self, step: Http) -> AskPartner:
        self.state.steps += 1
        self.state.asking = self.state.steps
        return AskPartner(
            n=self.state.asking,
            method=step.method,
            url=self._template(step.url, in_address),
            headers={name: self._header(value) for name, value in step.headers.items()},
            body={name: self._value(source) for name, source in step.body.items()},
            timeout_s=step.timeout_s,
            retries=step.retries,
            save=step.save,
        )

    def _header(self, template: str) -> list[str | dict[str, str]]:
        """The parts of a header; a secret is named only, and nothing a contact says becomes one."""
        parts: list[str | dict[str, str]] = []
        at = 0
        for found in SECRET.finditer(template):
            parts += [self._plain(template[at : found.start()]), {"secret": found[1]}]
            at = found.end()
        return [*parts, self._plain(template[at:])]

    def _plain(self, template: str) -> str:
        return self._template(template, _in_header)

    def _acted(self, step: Act, record: Mapping[str, Any] | None) -> None:
        if isinstance(step, LookUp):
            self._keep(step.save, None if record is None else dict(record))
            way = "missing" if record is None else "found"
            self._leave(step.missing if record is None else step.found, way)
            return
        if record is None:
            way, to = self._failed(step, Failed(f"{_NAMED[type(step)]}_failed"))
            self._leave(to, way)
            return
        if isinstance(step, Http):
            for name in step.save:
                self._keep(name, record.get(name))
        self._leave(step.next, "next")


def _in_header(value: Any, _: re.Match[str]) -> str:
    return re.sub(r"[^\x20-\x7e]", "", shown(value))


_NAMED: dict[type, str] = {
    Http: "request",
    ChangeContact: "change",
    ChangeOrder: "order",
    ChangeRecord: "record",
    Send: "sending",
    CancelBooking: "cancelling",
}
