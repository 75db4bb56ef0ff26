"""What can fail behind the protocol, and before a server has started."""


class EngineError(Exception):
    """The engine failed; its words reach the client as a generation error (424)."""


class StartError(Exception):
    """A server cannot start; the message says why."""
