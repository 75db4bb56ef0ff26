"""Several requests at once, overload, and clients that leave."""

import asyncio
import json

import anyio
import httpx
import pytest

from tests.conftest import running_devserver

pytestmark = pytest.mark.anyio
PROMPTS = [f"Once upon a time, {name} went" for name in ("Anna", "a fox", "the king", "nobody")]


async def texts(url: str, prompts: list[str]) -> list[str]:
    async with httpx.AsyncClient(timeout=60) as http:

        async def ask(prompt: str) -> str:
            body = {"inputs": prompt, "parameters": {"max_new_tokens": 12}}
            return (await http.post(f"{url}/generate", json=body)).json()["generated_text"]

        return list(await asyncio.gather(*map(ask, prompts)))


async def test_more_requests_than_slots_are_all_answered_apart(devserver: str) -> None:
    alone = [(await texts(devserver, [prompt]))[0] for prompt in PROMPTS]
    together = await texts(devserver, PROMPTS * 3)
    assert together == alone * 3


async def test_adapters_do_not_mix_in_one_batch(devserver: str) -> None:
    async with httpx.AsyncClient(timeout=60) as http:

        async def ask(adapter_id: str | None) -> str:
            parameters = {
                "max_new_tokens": 16,
                **({"adapter_id": adapter_id} if adapter_id else {}),
            }
            body = {"inputs": "How many books are there?\n```sql\n", "parameters": parameters}
            return (await http.post(f"{devserver}/generate", json=body)).json()["generated_text"]

        base, sql = await ask(None), await ask("sql")
        assert base != sql
        mixed = await asyncio.gather(*(ask(a) for a in [None, "sql", "sql", None, "sql", None]))
        assert mixed == [base, sql, sql, base, sql, base]


async def test_one_request_too_many_is_refused_at_once() -> None:
    with running_devserver("--max-concurrent-requests", "1") as url:
        async with httpx.AsyncClient(timeout=60) as http:
            body = {"inputs": "x", "parameters": {"max_new_tokens": 200, "ignore_eos_token": True}}
            async with http.stream("POST", f"{url}/generate_stream", json=body) as running:
                events = running.aiter_lines()
                assert json.loads((await anext(events))[6:])["token"]
                refused = await http.post(f"{url}/generate", json=body)
                assert (refused.status_code, refused.json()["error_type"]) == (429, "overloaded")
                streamed = await http.post(f"{url}/generate_stream", json=body)
                assert streamed.text == (
                    'data: {"error":"Model is overloaded","error_type":"overloaded"}\n\n'
                )
            # The client above has left: its place is free again.
            with anyio.fail_after(10):
                while True:
                    answer = await http.post(
                        f"{url}/generate", json={"inputs": "x", "parameters": {"max_new_tokens": 1}}
                    )
                    if answer.status_code == 200:
                        break


async def test_a_client_that_leaves_a_whole_answer_frees_its_place() -> None:
    with running_devserver("--max-concurrent-requests", "1") as url:
        body = {"inputs": "x", "parameters": {"max_new_tokens": 1500, "ignore_eos_token": True}}
        async with httpx.AsyncClient(timeout=60) as http:
            with anyio.move_on_after(0.5):
                await http.post(f"{url}/generate", json=body)
            with anyio.fail_after(5):
                small = {"inputs": "x", "parameters": {"max_new_tokens": 1}}
                while (await http.post(f"{url}/generate", json=small)).status_code != 200:
                    continue
