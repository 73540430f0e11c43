"""The server's routes: every answer is JSON, every refusal says what was expected."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from framing.serving.backend import PredictRequest, WebhookRequest, deadline_after, predict
from framing.serving.current import CurrentModel
from framing.serving.description import document, page
from framing.serving.guard import (
    Budget,
    Limits,
    Refusal,
    authorised,
    busy,
    read_body,
    refuse_crumbs,
    unauthorised,
)
from framing.serving.scoring import ScoreRequest, Stages, score

_Asked = TypeVar("_Asked", bound=BaseModel)
_Result = TypeVar("_Result")
_Endpoint = Callable[[Request], Awaitable[Response]]
_THREADS = 4
_POLL = 1.0
_FAULTS_TOLD = 5
_PAGE_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


@dataclass
class Desk:
    """What all requests share.

    Attributes
    ----------
    current : CurrentModel
    stages : Stages
    token : str
        Empty: none is asked for.
    limits : Limits
    version : str
        Of the package.
    say : callable
        Takes a line for what someone should know.
    """

    current: CurrentModel
    stages: Stages
    token: str
    limits: Limits
    version: str
    say: Callable[[str], None]
    budget: Budget = field(init=False)
    workers: ThreadPoolExecutor = field(init=False)
    working: int = 0

    def __post_init__(self) -> None:
        self.budget = Budget(self.limits.held)
        self.workers = ThreadPoolExecutor(_THREADS, thread_name_prefix="scoring")

    async def work(self, job: Callable[[], _Result]) -> _Result:
        """Do heavy work beside the loop, so that others are answered meanwhile.

        Raises
        ------
        Refusal
            503 if too many wait already.
        """
        if self.working >= _THREADS + self.limits.waiting:
            raise busy()
        self.working += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.workers, job)
        finally:
            self.working -= 1

    async def asked(
        self, request: Request, kind: type[_Asked], answer: Callable[[_Asked], Response], most: int
    ) -> Response:
        """Read a request and answer it, within its limits; parsing and writing are work too."""
        with self.budget.share() as share:
            body = await read_body(request, most, self.limits.patience, share)
            return await self.work(lambda: answer(_parsed(kind, body)))

    async def predict(self, request: Request) -> Response:
        """Suggestions for Label Studio's tasks."""
        return await self.asked(request, PredictRequest, self._predicted, self.limits.tasks_body)

    def _predicted(self, asked: PredictRequest) -> Response:
        if len(asked.tasks) > self.limits.units:
            raise Refusal(
                413, f"{len(asked.tasks)} tasks, expected at most {self.limits.units}", "select fewer tasks"
            )
        loaded = self.current.loaded
        results = predict(asked, loaded, self.limits.text, deadline_after(self.limits.seconds))
        return JSONResponse({"results": results, "model_version": loaded.model.id})

    async def score(self, request: Request) -> Response:
        """Scores for anyone."""
        return await self.asked(request, ScoreRequest, self._scored, self.limits.body)

    def _scored(self, asked: ScoreRequest) -> Response:
        deadline = deadline_after(self.limits.seconds)
        found = score(asked, self.current.loaded, self.stages, self.limits, deadline)
        return Response(found.model_dump_json(), media_type="application/json")

    async def setup(self, request: Request) -> Response:
        """Name the model's version; what Label Studio sends, a token among it, is not looked at."""
        with self.budget.share() as share:
            await read_body(request, self.limits.body, self.limits.patience, share)
        return JSONResponse({"model_version": self.current.id})

    async def webhook(self, request: Request) -> Response:
        """Take a hint; training is answered with what to run."""
        return await self.asked(request, WebhookRequest, self._told, self.limits.body)

    def _told(self, told: WebhookRequest) -> Response:
        if told.action != "START_TRAINING":
            return JSONResponse({"status": "ok"})
        command = f"framing pull && framing train --variable {self.current.loaded.model.variable}"
        self.say(f"Label Studio asks for training; run: {command}")
        return JSONResponse(
            {
                "status": "not started",
                "command": command,
                "hint": "the model that it writes is taken over by itself",
            }
        )

    async def versions(self, _: Request) -> Response:
        """The one model that is served."""
        return JSONResponse({"versions": [self.current.id]})

    async def described(self, _: Request) -> Response:
        """The OpenAPI document."""
        return JSONResponse(document(self.version))

    async def shown(self, request: Request) -> Response:
        """The OpenAPI document as a page."""
        text = page(document(self.version), self.current.id, str(request.base_url))
        return HTMLResponse(text, headers=_PAGE_HEADERS)

    def guarded(self, endpoint: _Endpoint, *, open_: bool = False) -> _Endpoint:
        """Ask for the token first, and turn what goes wrong into an answer."""

        async def answer(request: Request) -> Response:
            try:
                if not (open_ or authorised(request.headers.get("authorization", ""), self.token)):
                    raise unauthorised()
                return await endpoint(request)
            except Refusal as refusal:
                return _refused(refusal)
            except Exception as error:  # whatever it is, the server stays up and tells no secret
                self.say(f"{request.method} {request.url.path}: {_whereabouts(error)}")
                return _refused(Refusal(500, "an unexpected failure", "the server's terminal tells where"))

        return answer

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Watch for another model as long as the server runs."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            self.workers.shutdown(cancel_futures=True)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_POLL)
            await asyncio.to_thread(self.current.refresh)


def application(desk: Desk, hosts: list[str]) -> Starlette:
    """Make the ASGI application.

    Parameters
    ----------
    desk : Desk
    hosts : list of str
        Names under which the server may be addressed; ``["*"]``: any. A server without a token
        answers to loopback names only, so that a web page can't reach it under a name of its own.
    """
    post: list[tuple[str, _Endpoint]] = [
        ("/setup", desk.setup),
        ("/predict", desk.predict),
        ("/webhook", desk.webhook),
        ("/v1/score", desk.score),
    ]
    get: list[tuple[str, _Endpoint]] = [
        ("/", desk.shown),
        ("/openapi.json", desk.described),
        ("/versions", desk.versions),
    ]
    routes = [Route(path, desk.guarded(endpoint), methods=["POST"]) for path, endpoint in post]
    routes += [Route(path, desk.guarded(endpoint), methods=["GET"]) for path, endpoint in get]
    routes.append(Route("/health", desk.guarded(_health, open_=True), methods=["GET"]))
    return Starlette(
        routes=routes,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)],
        exception_handlers={HTTPException: _no_route},
        lifespan=desk.lifespan,
    )


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "UP"})


async def _no_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _refused(
        Refusal(status, f"{request.method} {request.url.path[:200]}", "GET / lists what there is")
    )


def _refused(refusal: Refusal) -> Response:
    told = {"error": refusal.message, "hint": refusal.hint}
    return JSONResponse(told, refusal.status, headers=refusal.headers)


def _parsed(kind: type[_Asked], body: bytes) -> _Asked:
    refuse_crumbs(body)
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        status = 400 if faults[0]["type"] == "json_invalid" else 422
        told = [f"{'.'.join(map(str, item['loc'])) or 'body'}: {item['msg']}" for item in faults]
        more = f"; and {len(told) - _FAULTS_TOLD} more" if len(told) > _FAULTS_TOLD else ""
        message = "; ".join(told[:_FAULTS_TOLD]) + more
        raise Refusal(status, message, "GET /openapi.json tells what is expected") from None


def _whereabouts(error: Exception) -> str:
    """Name a failure and its place, but not its message, which may quote what was sent."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    file = PurePath(trace.tb_frame.f_code.co_filename).name
    return f"{type(error).__name__} at {file}:{trace.tb_lineno}"
