"""Asking a TVox: a question goes out in its dialect, and once more where it turns out to have another schema by now."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.tvox.asking import Question
from connectors.tvox.introspection import Introspection
from connectors.tvox.known import Known
from connectors.tvox.reading import Answered
from connectors.tvox.sending import Sends, Sent
from connectors.tvox.wire import QueryRefused, Wrong
from tabular.errors import UpstreamWrong
from tabular.upstream import Urgent


@dataclass(frozen=True, slots=True)
class Reply:
    """What came, with what was known when it was asked for."""

    known: Known
    came: Answered
    sent: Sent


class Asker:
    """The way to a TVox whose schema is known."""

    def __init__(self, sends: Sends, introspection: Introspection) -> None:
        self._sends, self._introspection = sends, introspection

    def ask(self, what: str, urgent: Urgent, question: Callable[[Known], Question]) -> Reply:
        """The reply to a question, which is made with what is known: one request.

        Where the TVox refuses it and shows another schema than before, it is made and asked anew. `what` names it in
        errors. Raises UpstreamFailed.
        """
        known = self._introspection.known(urgent)
        try:
            try:
                return self._reply(known, what, urgent, question)
            except QueryRefused as refused:
                newer = self._introspection.again(known, urgent)
                if newer is None:
                    raise UpstreamWrong(what, str(refused)) from refused
                return self._reply(newer, what, urgent, question)
        except (QueryRefused, Wrong) as failure:
            raise UpstreamWrong(what, str(failure)) from failure

    def _reply(self, known: Known, what: str, urgent: Urgent, question: Callable[[Known], Question]) -> Reply:
        asked = question(known)
        sent = self._sends.send(asked.body, urgent, what)
        return Reply(known, asked.read(sent.body), sent)
