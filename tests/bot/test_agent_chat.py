"""The real channel against an endpoint on loopback and against broken replies."""

import json
import os
import socket
import subprocess
import sys
from typing import Any

import httpx2
import pytest

from bot.agent.chat import ChatChannel, ModelSettings
from bot.agent.errors import ModelUnavailable
from bot.agent.triage import Opinion, SecretOpinion, question_about
from fixtures.llm.cases import LIVE
from fixtures.llm.double import llm_double
from fixtures.llm.recording import completion

SETTINGS = ModelSettings("http://llm.invalid/v1", "small", "not-a-key", timeout_seconds=5, max_retries=0)
LIVE_ANSWER = '{"opinion": "live_credential", "reason": "call_takes_credential"}'


def channel_answering(
    *responses: httpx2.Response | httpx2.HTTPError, settings: ModelSettings = SETTINGS
) -> ChatChannel:
    script = iter(responses)

    def answer(request: httpx2.Request) -> httpx2.Response:
        response = next(script)
        if isinstance(response, httpx2.HTTPError):
            raise response
        return response

    return ChatChannel(settings, httpx2.Client(transport=httpx2.MockTransport(answer)))


def test_a_question_goes_to_the_endpoint_as_strict_json_schema_and_the_answer_comes_back_typed() -> None:
    with llm_double(lambda body: (200, completion(LIVE_ANSWER, tokens=321))) as double:
        question = question_about(LIVE)
        settings = ModelSettings(double.base_url, "small", "not-a-key")
        reply = ChatChannel(settings).send(question, SecretOpinion, 5.0)
    assert reply.answer is not None
    assert (reply.answer.opinion, reply.tokens) == (Opinion.LIVE_CREDENTIAL, 321)
    (body,) = double.requests
    assert [message["content"] for message in body["messages"]] == [question.system, question.user]
    assert body["response_format"]["json_schema"]["strict"] is True
    assert (body["model"], body["max_completion_tokens"], body["temperature"]) == ("small", question.max_tokens, 0.0)
    assert "tools" not in body


def test_temperature_can_be_left_to_the_endpoint() -> None:
    with llm_double(lambda body: (200, completion(LIVE_ANSWER))) as double:
        settings = ModelSettings(double.base_url, "small", "not-a-key", temperature=None)
        ChatChannel(settings).send(question_about(LIVE), SecretOpinion, 5.0)
    assert "temperature" not in double.requests[0]


@pytest.mark.parametrize(
    "content",
    ["not json", "{}", '{"opinion": "harmless", "reason": "context"}', LIVE_ANSWER[:-1] + ', "extra": 1}', "null"],
)
def test_an_answer_outside_the_schema_is_no_answer(content: str) -> None:
    channel = channel_answering(httpx2.Response(200, json=completion(content)))
    assert channel.send(question_about(LIVE), SecretOpinion, 5.0).answer is None


def test_an_answer_cut_off_at_its_length_is_no_answer() -> None:
    channel = channel_answering(httpx2.Response(200, json=completion('{"opin', finish="length")))
    assert channel.send(question_about(LIVE), SecretOpinion, 5.0).answer is None


def test_a_refusal_is_no_answer() -> None:
    reply = completion(None)
    reply["choices"][0]["message"]["refusal"] = "I would rather not"
    assert (
        channel_answering(httpx2.Response(200, json=reply)).send(question_about(LIVE), SecretOpinion, 5.0).answer
        is None
    )


def test_an_endpoint_that_does_not_count_tokens_leaves_them_unknown() -> None:
    reply = completion(LIVE_ANSWER)
    del reply["usage"]
    assert (
        channel_answering(httpx2.Response(200, json=reply)).send(question_about(LIVE), SecretOpinion, 5.0).tokens
        is None
    )


@pytest.mark.parametrize(
    "failure",
    [
        httpx2.Response(500),
        httpx2.Response(401, json={"error": {"message": "bad key not-a-key"}}),
        httpx2.Response(400, json={"error": {"message": "context too long"}}),
        httpx2.Response(200, text="<html>a proxy's page</html>"),
        httpx2.Response(200, json=[]),
        httpx2.Response(200, json={"choices": []}),
        httpx2.Response(200, json={"choices": None}),
        httpx2.ReadTimeout("slow"),
        httpx2.ConnectError("gone"),
    ],
    ids=["500", "401", "400", "html", "list", "no-choices", "null-choices", "timeout", "gone"],
)
def test_a_failing_endpoint_is_unavailable_and_the_sentence_quotes_nothing(
    failure: httpx2.Response | httpx2.HTTPError,
) -> None:
    with pytest.raises(ModelUnavailable) as unavailable:
        channel_answering(failure).send(question_about(LIVE), SecretOpinion, 5.0)
    assert not any(word in str(unavailable.value) for word in ("not-a-key", "html", "context too long"))
    assert unavailable.value.__cause__ is None


def test_nobody_listening_is_unavailable() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings = ModelSettings(f"http://127.0.0.1:{closed.getsockname()[1]}/v1", "small", "k", max_retries=0)
        with pytest.raises(ModelUnavailable):
            ChatChannel(settings).send(question_about(LIVE), SecretOpinion, 5.0)


def test_the_sdk_retries_a_busy_endpoint_as_often_as_it_is_told() -> None:
    busy = httpx2.Response(429, headers={"retry-after-ms": "1"})
    settings = ModelSettings("http://llm.invalid/v1", "small", "k", max_retries=1)
    channel = channel_answering(busy, httpx2.Response(200, json=completion(LIVE_ANSWER)), settings=settings)
    assert channel.send(question_about(LIVE), SecretOpinion, 5.0).answer is not None


@pytest.mark.parametrize(("left", "retries", "each"), [(90.0, 2, 5.0), (6.0, 2, 2.0), (3.0, 0, 3.0)])
def test_all_attempts_together_stay_within_the_seconds_left(left: float, retries: int, each: float) -> None:
    timeouts: list[Any] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        timeouts.append(request.extensions["timeout"]["read"])
        return httpx2.Response(200, json=completion(LIVE_ANSWER))

    settings = ModelSettings("http://llm.invalid/v1", "small", "k", timeout_seconds=5, max_retries=retries)
    client = httpx2.Client(transport=httpx2.MockTransport(answer))
    ChatChannel(settings, client).send(question_about(LIVE), SecretOpinion, left)
    assert timeouts == [each]


def test_a_tracing_host_set_in_the_environment_is_told_nothing() -> None:
    with llm_double(lambda body: (200, completion(LIVE_ANSWER))) as double:
        code = (
            "from bot.agent.chat import *; from bot.agent.triage import *; from fixtures.llm.cases import LIVE\n"
            f"channel = ChatChannel(ModelSettings({double.base_url!r}, 'small', 'k'))\n"
            "print(channel.send(question_about(LIVE), SecretOpinion, 5.0).answer.opinion)\n"
            "from langchain_core.tracers.langchain import wait_for_all_tracers; wait_for_all_tracers()"
        )
        host = double.base_url.removesuffix("/v1")
        tracing = {"LANGSMITH_TRACING": "true", "LANGSMITH_ENDPOINT": host, "LANGSMITH_API_KEY": "k"}
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=os.environ | tracing, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "live_credential"
    assert (len(double.requests), double.elsewhere) == (1, [])


def test_the_key_is_not_in_the_settings_text() -> None:
    assert "not-a-key" not in repr(SETTINGS)
    assert "not-a-key" not in json.dumps(repr(ChatChannel(SETTINGS)))
