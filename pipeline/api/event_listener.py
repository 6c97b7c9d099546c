"""Hear the events of all sessions over one connection of this process, for requests that wait."""

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress
from typing import Final

from django.conf import settings
from redis import asyncio as redis_asyncio
from redis.exceptions import RedisError

from interview_platform.http.gateway import Heard
from pipeline.runs import notifications

logger = logging.getLogger(__name__)

START_SECONDS: Final = 1.0  # that a start waits for the events server
RETRY_SECONDS: Final = 2.0
CONNECT_SECONDS: Final = 2.0
POLL_SECONDS: Final = 10.0  # between two looks whether the connection is alive
MAX_TOPICS: Final = 10_000  # whose latest event is kept


class EventListener:
    """The events that this process hears, numbered as they come."""

    def __init__(self) -> None:
        self._count = 0
        self._forgotten = 0  # up to this number it is not known whose events there were
        self._latest: dict[str, int] = {}  # by topic
        self._waiting: defaultdict[str, set[asyncio.Future[Heard]]] = defaultdict(set)
        self._is_open = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen; return when events are heard, or when the server takes too long."""
        self._task = asyncio.create_task(self._listen_for_ever())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_open.wait(), START_SECONDS)

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @property
    def position(self) -> int | None:
        """Return the number of the latest event; None while nothing can be heard."""
        return self._count if self._is_open.is_set() else None

    async def wait(self, topic: str, *, since: int | None, seconds: float) -> Heard:
        """Return as soon as the topic has an event later than `since`, or when the time is over."""
        if since is None or not self._is_open.is_set():
            return Heard.LOST
        if since < max(self._forgotten, self._latest.get(topic, 0)):
            return Heard.EVENT
        future: asyncio.Future[Heard] = asyncio.get_running_loop().create_future()
        self._waiting[topic].add(future)
        try:
            return await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return Heard.NOTHING
        finally:
            self._waiting[topic].discard(future)
            if not self._waiting[topic]:
                del self._waiting[topic]

    @property
    def waiting(self) -> int:
        """Return how many requests wait."""
        return sum(map(len, self._waiting.values()))

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                logger.warning("The events server is away: %s", type(error).__name__)
            finally:
                self._close()
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        client = redis_asyncio.Redis.from_url(
            settings.EVENTS_URL,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_keepalive=True,
            health_check_interval=POLL_SECONDS,
        )
        async with client, client.pubsub() as pubsub:
            await pubsub.psubscribe(notifications.channel_pattern())
            while True:
                message = await pubsub.get_message(timeout=POLL_SECONDS)
                if message is not None and message["type"] == "psubscribe":
                    self._open()
                elif message is not None and message["type"] == "pmessage":
                    self._note(notifications.topic_of(message["channel"].decode()))

    def _open(self) -> None:
        self._forget()  # what happened meanwhile was not heard
        self._is_open.set()

    def _note(self, topic: str) -> None:
        if len(self._latest) >= MAX_TOPICS:
            self._forget()
        self._count += 1
        self._latest[topic] = self._count
        self._end_waits(topic, Heard.EVENT)

    def _forget(self) -> None:
        self._count += 1
        self._forgotten = self._count
        self._latest.clear()

    def _close(self) -> None:
        self._is_open.clear()
        for topic in list(self._waiting):
            self._end_waits(topic, Heard.LOST)

    def _end_waits(self, topic: str, heard: Heard) -> None:
        for future in self._waiting.get(topic, ()):
            if not future.done():
                future.set_result(heard)
