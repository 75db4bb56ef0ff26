"""LangChain's own tests of chat models and embeddings, on the scripted server."""

from typing import Any

import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_tests.integration_tests import ChatModelIntegrationTests, EmbeddingsIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests, EmbeddingsUnitTests

from langchain_lorax import ChatLoRAX, LoRAXEmbeddings
from lorax_devserver.testing import ScriptedServer

URL = "http://127.0.0.1:8080"
FROM_ENVIRONMENT: tuple[dict[str, str], dict[str, Any], dict[str, Any]] = (
    {"LORAX_URL": URL, "LORAX_API_KEY": "gateway-key", "LORAX_API_TOKEN": "hf_token"},
    {"adapter_id": "acme/support"},
    {"base_url": URL, "api_key": "gateway-key", "api_token": "hf_token"},
)
# By what stands in the prompt.
ANSWERS: dict[str, dict[str, Any]] = {
    "Result of ": {"content": "It is done."},
    "magic_function(3)": {"name": "magic_function", "arguments": {"input": 3}},
    "Hello Group": {
        "name": "unicode_customer",
        "arguments": {"customer_name": "你好啊集团", "description": "a company"},
    },
    "Hello Corporation": {
        "name": "unicode_customer",
        "arguments": {"customer_name": "こんにちは株式会社", "description": "a company"},
    },
    "'setup' and 'punchline' keys": {"setup": "Why?", "punchline": "Because."},
}


class OfChat:
    """What is true of the chat model."""

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatLoRAX

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def supports_anthropic_inputs(self) -> bool:
        return True

    @property
    def has_tool_choice(self) -> bool:
        return True

    @property
    def returns_usage_metadata(self) -> bool:
        return True

    @property
    def model_override_value(self) -> str:
        return "acme/other"


class TestChatUnits(OfChat, ChatModelUnitTests):
    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"base_url": URL, "adapter_id": "acme/support"}

    @property
    def init_from_env_params(self) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
        return FROM_ENVIRONMENT

    @pytest.mark.xfail(
        reason="It loads only classes that LangChain itself lists; see test_secrets.py."
    )
    def test_serdes(self, model: BaseChatModel, snapshot: Any) -> None:
        super().test_serdes(model, snapshot)


@pytest.mark.anyio
class TestChat(OfChat, ChatModelIntegrationTests):
    server: ScriptedServer

    @pytest.fixture(autouse=True)
    def _scripted(self, lorax_server: ScriptedServer) -> None:
        """A server that says what a model would; forms and other calls it fills by itself."""
        for prompt, answer in ANSWERS.items():
            lorax_server.script(answer, to=prompt)
        type(self).server = lorax_server

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"base_url": self.server.url, "max_new_tokens": 200}


@pytest.mark.anyio
class TestChatByToolCalls(TestChat):
    """The same, with structured output by way of a tool."""

    @property
    def structured_output_kwargs(self) -> dict[str, Any]:
        return {"method": "function_calling"}


class TestEmbeddingsUnits(EmbeddingsUnitTests):
    @property
    def embeddings_class(self) -> type[Embeddings]:
        return LoRAXEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"base_url": URL}

    @property
    def init_from_env_params(self) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
        return FROM_ENVIRONMENT


@pytest.mark.anyio
class TestEmbeddings(EmbeddingsIntegrationTests):
    server: ScriptedServer

    @pytest.fixture(autouse=True)
    def _served(self, lorax_server: ScriptedServer) -> None:
        type(self).server = lorax_server

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return LoRAXEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"base_url": self.server.url}
