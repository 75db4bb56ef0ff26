"""Lines as users write them; `make check` has type checkers read them without plugins."""

from langchain_core.messages import AIMessage

from langchain_lorax import ChatLoRAX, LoRAX, LoRAXEmbeddings

URL = "http://127.0.0.1:8080"


def weather(city: str) -> str:
    """Tell the weather of a city."""
    return city


chat = ChatLoRAX(base_url=URL)
named = ChatLoRAX(base_url=URL, model="sql", max_tokens=64, stop=["\n"], timeout=30, max_retries=1)
llm = LoRAX(base_url=URL, adapter_id="sql", max_new_tokens=64, temperature=0.5)
embeddings = LoRAXEmbeddings(base_url=URL, model="acme/e5", batch_size=8)

agent_step = chat.bind(adapter_id="sql").bind_tools([weather])
called: AIMessage = agent_step.invoke("Rain?")
patient: AIMessage = chat.with_retry().bind(adapter_id="sql").bind_tools([weather]).invoke("Rain?")
others: AIMessage = chat.with_fallbacks([chat]).bind_tools([weather]).invoke("Rain?")
structured = chat.with_config(tags=["a"]).with_structured_output({"title": "T", "type": "object"})
text: str = llm.bind(adapter_id="sql").with_config(tags=["a"]).invoke("Why?", stop=["."])
pieces: list[str] = list(llm.with_retry().stream("Why?"))
again: ChatLoRAX = chat.with_adapter("sql").with_parameters(seed=3)
