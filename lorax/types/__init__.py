"""What comes back: answers whole and streamed, and the metadata beside them."""

from lorax.messages import ChatMessage
from lorax.parameters import (
    BatchRequest,
    MergedAdapters,
    Parameters,
    Request,
    ResponseFormat,
    ResponseFormatType,
)
from lorax.tools import Tool
from lorax.types.chat import (
    ChatChunk,
    ChatFinishReason,
    ChatResponse,
    ToolCall,
    ToolCallDelta,
)
from lorax.types.generation import (
    AlternativeToken,
    BestOfSequence,
    Details,
    FinishReason,
    InputToken,
    Response,
    StreamDetails,
    StreamResponse,
    Token,
)
from lorax.types.metadata import Metadata, Usage, WithMetadata
from lorax.types.routes import (
    ClassifyResponse,
    DeployedModel,
    EmbedManyResponse,
    EmbedResponse,
    Health,
    Info,
    Metric,
    PlacedToken,
    Sample,
)

__all__ = [
    "AlternativeToken",
    "BatchRequest",
    "BestOfSequence",
    "ChatChunk",
    "ChatFinishReason",
    "ChatMessage",
    "ChatResponse",
    "ClassifyResponse",
    "DeployedModel",
    "Details",
    "EmbedManyResponse",
    "EmbedResponse",
    "FinishReason",
    "Health",
    "Info",
    "InputToken",
    "MergedAdapters",
    "Metadata",
    "Metric",
    "Parameters",
    "PlacedToken",
    "Request",
    "Response",
    "ResponseFormat",
    "ResponseFormatType",
    "Sample",
    "StreamDetails",
    "StreamResponse",
    "Token",
    "Tool",
    "ToolCall",
    "ToolCallDelta",
    "Usage",
    "WithMetadata",
]
