"""What a person does on the playground, and what comes of it."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from selenium.webdriver import Chrome

from lorax_devserver.adapters import shipped
from tests.browser.browser import ENDS, Keys, Playground
from tests.conftest import running_devserver

LONG = "[[sleep:0.05]][[say: One two three four five six seven eight nine ten eleven twelve.]]"
SPOKEN = " One two three four five six seven eight nine ten eleven twelve."
WITHOUT_END = "[[eos:0]][[sleep:0.05]][[say:on and on ]]"


def running(url: str) -> float:
    """How many jobs the server works on."""
    said = httpx.get(f"{url}/metrics", headers={"accept": "application/json"}).json()
    return float(said["lorax_batch_current_size"]["data"][0]["value"])


def test_two_adapters_stream_side_by_side(page: Playground) -> None:
    page.open(left="", right="acme/x", prompt=LONG, max_new_tokens=64)
    page.find("button.primary").click()

    def both_grow() -> bool:
        texts = page.answer("left"), page.answer("right")
        return all(text and text != SPOKEN and SPOKEN.startswith(text) for text in texts)

    page.until(both_grow)
    page.until_ended()
    for side, used in (("left", "base model"), ("right", "acme/x")):
        assert page.answer(side) == SPOKEN
        assert page.state(side) == "done"
        assert page.figure(side, "finish") == "eos_token"
        assert page.figure(side, "used") == used
        first, total = (float(page.figure(side, f).split()[0]) for f in ("first", "total"))
        assert 0 < first < total
        assert int(page.figure(side, "tokens")) > 12
        assert 0 < float(page.figure(side, "speed")) < 21
    assert "acme/x: done" in page.find("#status").get_attribute("textContent")


def test_chat_says_what_the_chat_route_says(page: Playground) -> None:
    page.open(right="acme/x", route="chat", prompt="[[say:Hello.]]", max_new_tokens=20)
    page.run()
    assert page.answer("left") == page.answer("right") == "Hello."
    assert page.figure("right", "finish") == "stop"
    assert page.figure("right", "used") == "acme/x"
    assert page.requests()[-1].endswith("/v1/chat/completions")


@pytest.mark.parametrize("route", ["generate", "chat"])
@pytest.mark.parametrize("by", ["button", "key"])
def test_stopping_ends_the_work_at_the_server(page: Playground, route: str, by: str) -> None:
    page.open(right="acme/x", route=route, prompt=WITHOUT_END, max_new_tokens=1500)
    page.find("button.primary").click()
    page.until(lambda: page.answer("left") and page.answer("right"))
    assert running(page.url) == 2
    page.find("#cancel").click() if by == "button" else page.press(Keys.ESCAPE)
    page.until(lambda: running(page.url) == 0)
    page.until(lambda: not page.find("#cancel").is_enabled())
    assert page.state("left") == page.state("right") == "stopped"
    assert page.figure("left", "finish") == "stopped here"
    assert page.answer("left").startswith("on ")


def test_leaving_the_page_ends_the_work_at_the_server(page: Playground) -> None:
    page.open(right="acme/x", prompt=WITHOUT_END, max_new_tokens=1500)
    page.find("button.primary").click()
    page.until(lambda: page.answer("left") and page.answer("right"))
    page.driver.get("about:blank")
    page.until(lambda: running(page.url) == 0, seconds=5)


def test_running_anew_ends_what_runs(page: Playground) -> None:
    page.open(prompt=WITHOUT_END, max_new_tokens=1500)
    page.find("button.primary").click()
    page.until(lambda: page.answer("left") and page.answer("right"))
    page.write("prompt", "[[say:New.]]")
    page.run()
    assert page.answer("left") == page.answer("right") == "New."
    assert page.state("left") == "done"
    page.until(lambda: running(page.url) == 0)


@pytest.mark.parametrize("route", ["generate", "chat"])
def test_an_error_is_shown_in_the_servers_words(page: Playground, route: str) -> None:
    page.open(right="missing/x", route=route, prompt="[[say:Fine.]]")
    page.run()
    assert page.answer("left") == "Fine."
    assert page.state("right") == "failed"
    assert "404 Client Error: Repository Not Found for missing/x (generation)" in page.problem(
        "right"
    )


def test_an_adapter_that_the_server_does_not_name_is_told(page: Playground) -> None:
    page.open(right="acme/é", prompt="[[say:Fine.]]")  # no header can hold its name
    page.run()
    assert page.figure("left", "used") == "base model"
    assert page.figure("right", "used") == "no adapter named"


def test_an_error_after_tokens_keeps_them(page: Playground) -> None:
    page.open(prompt="[[fail:4]]One two three four five")
    page.run()
    assert page.answer("left") == " Rayleigh scattering"[: len(page.answer("left"))] != ""
    assert "CUDA out of memory" in page.problem("left")


def test_a_refused_request_is_told(page: Playground) -> None:
    page.open(prompt="Hi", max_new_tokens=4000)
    page.run()
    assert "`inputs` tokens + `max_new_tokens` must be <= 2048" in page.problem("left")


@pytest.mark.parametrize(
    ("fault", "words", "complains"),
    [
        ("cut=2", "The stream broke off before the answer was whole.", True),
        ("end-early=2", "The stream broke off before the answer was whole.", False),
        ("cut-character=1", "The stream broke off before the answer was whole.", True),
        ("malformed=2", "The server sent an event that is no JSON", False),
        ("error-event=2", "(generation)", False),
        ("html=502", "Status 502. <", True),
        ("empty=204", "Status 204. The answer is empty.", False),
        ("reset", "The server did not answer: Failed to fetch.", True),
    ],
)
@pytest.mark.parametrize("route", ["generate", "chat"])
def test_what_fails_on_the_way_is_told(
    driver: Chrome, route: str, fault: str, words: str, complains: bool
) -> None:
    with running_devserver("--scripted", "--fault", fault) as url:
        page = Playground(driver, url)
        page.open(route=route, prompt="[[say:One two é three four five]]")
        page.run()
        assert page.state("left") == page.state("right") == "failed"
        assert words in page.problem("left")
        assert bool(page.complaints()) == complains  # the browser's own line, not the page's


@pytest.mark.parametrize("fault", ["comments=0.05*1", "slow-bytes=0.005", "gzip", "big-event=1"])
def test_what_is_only_odd_on_the_way_is_read(driver: Chrome, fault: str) -> None:
    with running_devserver("--scripted", "--fault", fault) as url:
        page = Playground(driver, url)
        page.open(prompt="[[say:Žluťoučký 🐎 one]]")
        page.find("button.primary").click()
        # One of both is enough: comments without end are all that the other may get.
        side = page.until(lambda: [s for s in ("left", "right") if page.state(s) in ENDS], 60)[0]
        assert (page.state(side), page.answer(side)) == ("done", "Žluťoučký 🐎 one")


@pytest.mark.parametrize("route", ["generate", "chat"])
def test_text_of_the_model_stays_text(page: Playground, route: str) -> None:
    text = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    page.open(right=text, route=route, prompt=f"[[say:{text}]]", max_new_tokens=200)
    page.run()
    assert page.answer("left") == text
    assert page.driver.title == "LoRAX playground"
    assert not page.driver.find_elements("css selector", ".text *, .problem *, #code img")


def test_the_address_keeps_the_form(page: Playground) -> None:
    fields = {
        "left": "acme/é",
        "right": "a&b=c #d",
        "route": "chat",
        "prompt": "Two lines,\n“ünï” & + % 🐎",
        "max_new_tokens": "7",
        "temperature": "0.5",
        "seed": "9007199254740991",
        "stop": "\\n\nend",
        "schema": '{"type": "object"}',
        "language": "curl",
        "side": "left",
    }
    page.open(**fields)
    page.press(Keys.TAB)
    page.write("seed", "41")
    page.until(lambda: "seed=41&" in page.driver.current_url)
    page.driver.refresh()
    page.until_ready()
    assert {name: value_of(page, name) for name in fields} == {**fields, "seed": "41"}


def value_of(page: Playground, name: str) -> str:
    return str(page.script("return document.forms[0].elements[arguments[0]].value", name))


def test_a_new_fragment_fills_the_form(page: Playground) -> None:
    page.open(prompt="One")
    page.script("location.hash = '#prompt=Two&right=acme%2Fx'")
    page.until(lambda: value_of(page, "prompt") == "Two")
    assert value_of(page, "right") == "acme/x"
    assert value_of(page, "route") == "generate"


def test_the_keyboard_alone_is_enough(page: Playground) -> None:
    page.open(right="acme/x", prompt="x")
    page.script("document.querySelector('[name=prompt]').focus()")
    page.press(Keys.CONTROL + "a")
    page.press("[[say:Typed.]]")
    page.press(Keys.CONTROL + Keys.ENTER)
    page.until_ended()
    assert page.answer("right") == "Typed."
    page.script("document.querySelector('[name=language]').focus()")
    page.press(Keys.ARROW_RIGHT)
    assert "from langchain_lorax import LoRAX" in page.code
    page.script("document.querySelector('[name=max_new_tokens]').focus()")
    page.press(Keys.ENTER)
    page.until_ended()


def test_everything_has_a_name_and_can_be_reached(page: Playground) -> None:
    page.open()
    page.driver.execute_cdp_cmd("Accessibility.enable", {})
    nodes = page.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {"textbox", "combobox", "radio", "button", "spinbutton", "DisclosureTriangle"}
    named = [
        (node["role"]["value"], node.get("name", {}).get("value"))
        for node in nodes
        if not node["ignored"] and node["role"]["value"] in roles
    ]
    assert len(named) >= 18
    assert all(name for _, name in named)
    assert {("textbox", "Adapter on the left"), ("textbox", "Prompt")} <= set(named)


def test_a_schema_that_is_no_json_is_told_before_anything_is_sent(page: Playground) -> None:
    page.open(prompt="x", schema="{")
    page.find("button.primary").click()
    assert page.find("#schema-problem").text.startswith("The schema is no JSON:")
    assert page.state("left") == "idle"
    page.write("schema", '{"type": "object", "properties": {"a": {"type": "integer"}}}')
    page.run()
    assert page.state("left") == "done"
    json.loads(page.answer("left"))


def test_the_code_is_copied(page: Playground) -> None:
    page.open(prompt="[[say:x]]")
    granted = {"origin": page.url, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    page.driver.execute_cdp_cmd("Browser.grantPermissions", granted)
    page.find("#copy").click()
    page.until(lambda: page.find("#copy").text == "Copied")
    copied = page.driver.execute_async_script(
        "const done = arguments[0]; navigator.clipboard.readText().then(done, done)"
    )
    assert copied == page.code


PARAMETERS = {
    "plain": {"prompt": "Why? [[say: Because 'it' \"is\" \\ so, é 🐎.]]"},
    "lines": {"prompt": "First line\nsecond 'line'\n\n[[say: Yes.]]\n", "max_new_tokens": "9"},
    "drawn": {"prompt": "x", "temperature": "1", "seed": "7", "max_new_tokens": "5"},
    "schema": {
        "prompt": "x",
        "max_new_tokens": "90",
        "schema": json.dumps(
            {
                "type": "object",
                "properties": {
                    "a'b": {"enum": ["it's", None, True]},
                    "list": {"type": "array", "items": {"type": "integer"}, "minItems": 1},
                    "description": {"type": "string", "maxLength": 20},
                },
                "required": ["a'b", "list", "description"],
                "additionalProperties": False,
            }
        ),
    },
}


@pytest.mark.parametrize(("route", "side"), [("generate", "right"), ("chat", "left")])
@pytest.mark.parametrize("name", PARAMETERS)
def test_the_code_answers_as_the_page_does(
    page: Playground, name: str, route: str, side: str, tmp_path: Path
) -> None:
    page.open(left="acme/y", right="acme/it's", route=route, side=side, **PARAMETERS[name])
    page.run()
    assert page.state(side) == "done"
    shown = page.answer(side)
    assert shown
    for language in ("python", "langchain", "llamaindex", "curl"):
        page.choose("language", language)
        assert answer_of(language, page.code, tmp_path).removesuffix("\n") == shown, language


def answer_of(language: str, code: str, folder: Path) -> str:
    """What code prints when it is run as it stands; of curl's stream, the texts."""
    if language == "curl":
        script = code.replace("curl ", "curl --silent --fail ", 1)
        return text_of(run("sh", "-c", script))
    (folder / "shown.py").write_text(code)
    return run(sys.executable, "-W", "ignore", str(folder / "shown.py"))


def run(*command: str) -> str:
    process = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert process.returncode == 0, process.stderr
    return process.stdout


def text_of(stream: str) -> str:
    events = [line[6:] for line in stream.split("\n") if line.startswith("data: {")]
    pieces = []
    for event in map(json.loads, events):
        if "token" in event:
            pieces.append("" if event["token"]["special"] else event["token"]["text"])
        else:
            pieces.append(event["choices"][0]["delta"].get("content", ""))
    return "".join(pieces)


def test_a_stop_sequence_stays_on_the_page_and_is_cut_by_the_client(
    page: Playground, tmp_path: Path
) -> None:
    page.open(prompt="[[say:SELECT 1;\nand more]]", stop=";\n\\n", max_new_tokens=20)
    page.run()
    assert page.answer("left") == "SELECT 1;"
    assert page.figure("left", "finish") == "stop_sequence"
    assert 'stop_sequences=[";", "\\n"]' in page.code
    assert answer_of("python", page.code, tmp_path) == "SELECT 1"


def test_every_example_of_the_real_model_is_answered(real_page: Playground, tmp_path: Path) -> None:
    real_page.open()
    titles = [
        option.text for option in real_page.driver.find_elements("css selector", "optgroup option")
    ]
    assert len(titles) >= 3 + len(shipped())
    for title in titles:
        real_page.example(title)
        real_page.run()
        assert real_page.state("left") == real_page.state("right") == "done", title
        assert real_page.answer("right")


def test_the_shipped_adapter_stands_beside_the_base_model(
    real_page: Playground, tmp_path: Path
) -> None:
    real_page.open()
    real_page.example("How many copies did we sell in March 2024?")
    real_page.run()
    assert "SUM(quantity)" in real_page.answer("right")
    assert real_page.figure("right", "used") == "sql"
    assert real_page.answer("left") != real_page.answer("right")
    code = answer_of("python", real_page.code, tmp_path)
    assert real_page.answer("right").startswith(code)
    assert "SUM(quantity)" in code


def test_an_adapter_that_the_server_does_not_have_is_asked_for_all_the_same(
    real_page: Playground,
) -> None:
    real_page.open(right="acme/elsewhere", prompt="x")
    real_page.run()
    assert "acme/elsewhere" in real_page.problem("right")
    assert real_page.state("left") == "done"


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_it_fits_its_window(page: Playground, width: int) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        page.open(left="a" * 80, right="b" * 80, prompt=f"[[say:{'c' * 300}]]", max_new_tokens=300)
        page.run()
        root = "return document.documentElement"
        assert page.script(f"{root}.scrollWidth") <= page.script(f"{root}.clientWidth")
    finally:
        size = {"width": 1280, "height": 860, "deviceScaleFactor": 1, "mobile": False}
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
