"""The table of what each fault must come to."""

import re
from dataclasses import dataclass

from lorax import errors
from lorax_devserver.faults import KINDS
from lorax_devserver.listening import START_FAULTS
from tests.reliability.outcomes import Outcome
from tests.reliability.ways import Way

IMPATIENT = 0.5
ANSWER = Outcome()
FAILED = Outcome(errors.ConnectionFailedError)
TOO_LATE = Outcome(errors.RequestTimeoutError)
BROKEN = Outcome(errors.IncompleteGenerationError)
FOREIGN = Outcome(errors.UnexpectedAnswerError)
OVERLOADED = Outcome(errors.OverloadedError)
UNKNOWN = Outcome(errors.UnknownError)
MODEL_FAILED = Outcome(errors.GenerationError)


def after(pieces: int, outcome: Outcome) -> Outcome:
    return Outcome(outcome.error, pieces)


@dataclass(frozen=True)
class Row:
    """A fault and what it must come to, however the call is made.

    Attributes:
        fault: The fault as the server is asked for it; with `*1` for the first attempt alone.
        whole: What a whole answer must come to.
        stream: What a stream must come to.
        of_tools: What the stream of a tool call must come to: it has fewer pieces, as a call is
            given out from its name on.
        of_vectors: What embeddings must come to: no character of theirs has several bytes.
        timeout: How long the user waits; the short one where nothing will come.
    """

    fault: str
    whole: Outcome
    stream: Outcome
    of_tools: Outcome | None = None
    of_vectors: Outcome | None = None
    timeout: float = 60

    @property
    def name(self) -> str:
        return re.split("[=*]", self.fault)[0]

    @property
    def is_of_start(self) -> bool:
        """Whether a server has it from its start on, for all requests."""
        return self.name in START_FAULTS

    @property
    def meaning(self) -> str:
        """What it does, in the server's own words."""
        words = START_FAULTS[self.name] if self.is_of_start else KINDS[self.name].meaning
        value = self.fault.partition("=")[2].partition("*")[0]
        return words.replace("VALUE", value) if value else words

    def expected(self, way: Way) -> Outcome:
        if way.is_of_vectors and self.of_vectors is not None:
            return self.of_vectors
        if way.is_of_tools and way.is_stream and self.of_tools is not None:
            return self.of_tools
        return self.stream if way.is_stream else self.whole


ROWS = [
    # No answer, or none of LoRAX's.
    Row("refuse", FAILED, FAILED),
    Row("deaf", TOO_LATE, TOO_LATE, timeout=IMPATIENT),
    Row("expired-tls", FAILED, FAILED),
    Row("reset", FAILED, FAILED),
    Row("reset*1", ANSWER, ANSWER),
    Row("close", FAILED, FAILED),
    Row("close*1", ANSWER, ANSWER),
    Row("hang", TOO_LATE, TOO_LATE, timeout=IMPATIENT),
    Row("overloaded", OVERLOADED, OVERLOADED),
    Row("overloaded*1", ANSWER, ANSWER),
    Row("unavailable=0", UNKNOWN, UNKNOWN),
    Row("unavailable=1*1", ANSWER, ANSWER),
    Row("unavailable-date=0", UNKNOWN, UNKNOWN),
    Row("unavailable-date=1*1", ANSWER, ANSWER),
    Row("html=502", UNKNOWN, UNKNOWN),
    Row("html=502*1", ANSWER, ANSWER),
    Row("html=200", FOREIGN, FOREIGN),
    Row("empty=204", UNKNOWN, UNKNOWN),
    Row("empty=200", FOREIGN, FOREIGN),
    Row("redirect=/elsewhere", UNKNOWN, UNKNOWN),
    Row("comments=0.05", TOO_LATE, TOO_LATE, timeout=IMPATIENT),
    # An answer that comes to its end, if it is waited for.
    Row("gzip", ANSWER, ANSWER),
    Row("big-event=2", ANSWER, ANSWER),
    Row("late=0.1", ANSWER, ANSWER),
    Row("late=60", TOO_LATE, TOO_LATE, timeout=IMPATIENT),
    Row("slow-bytes=0", ANSWER, ANSWER),
    Row("slow-bytes=60", TOO_LATE, TOO_LATE, timeout=IMPATIENT),
    # An answer that breaks off: before anything of it was given out it is asked for again.
    Row("reset-after=0", FAILED, BROKEN),
    Row("reset-after=0*1", ANSWER, ANSWER),
    Row("reset-after=8", FAILED, after(8, BROKEN), after(1, BROKEN)),
    Row("reset-after=8*1", ANSWER, after(8, BROKEN), after(1, BROKEN)),
    Row("cut=0", FAILED, BROKEN),
    Row("cut=0*1", ANSWER, ANSWER),
    Row("cut=8", FAILED, after(8, BROKEN), after(1, BROKEN)),
    Row("cut=8*1", ANSWER, after(8, BROKEN), after(1, BROKEN)),
    Row("cut-event=0", FAILED, BROKEN),
    Row("cut-event=0*1", ANSWER, ANSWER),
    Row("cut-event=8", FAILED, after(8, BROKEN), after(1, BROKEN)),
    Row("cut-event=8*1", ANSWER, after(8, BROKEN), after(1, BROKEN)),
    Row("cut-character=0", FAILED, after(8, BROKEN), after(5, BROKEN), ANSWER),
    Row("cut-character=0*1", ANSWER, after(8, BROKEN), after(5, BROKEN)),
    # What ends as it should and is not whole, or no answer.
    Row("end-early=0", FOREIGN, BROKEN),
    Row("end-early=0*1", FOREIGN, ANSWER),
    Row("end-early=8", FOREIGN, after(8, BROKEN), after(1, BROKEN)),
    Row("half-json", FOREIGN, FOREIGN),
    Row("malformed=0", FOREIGN, FOREIGN),
    Row("malformed=8", FOREIGN, after(8, FOREIGN), after(1, FOREIGN)),
    Row("error-event=0", ANSWER, MODEL_FAILED),
    Row("error-event=0*1", ANSWER, ANSWER),
    Row("error-event=8", ANSWER, after(8, MODEL_FAILED), after(1, MODEL_FAILED)),
]
