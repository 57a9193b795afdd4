"""A small Socket.IO client over a web socket: the library's own packets, nothing hidden."""

import asyncio
from typing import Any, Self

from simple_websocket import AioClient, ConnectionClosed
from socketio.packet import Packet

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR = range(5)
OPEN, PING, PONG, MESSAGE = "0", "2", "3", "4"


class SocketClient:
    """One connection to one namespace."""

    def __init__(self, websocket: AioClient, namespace: str) -> None:
        self._websocket, self._namespace = websocket, namespace
        self._acknowledgements = 0
        self.waiting: list[Packet] = []

    @classmethod
    async def connect(cls, port: int, namespace: str, auth: Any) -> Self:
        """Raises PermissionError with the server's answer when it refuses."""
        websocket = await AioClient.connect(f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket")
        assert (await websocket.receive())[0] == OPEN
        client = cls(websocket, namespace)
        await client._send(Packet(CONNECT, data=auth, namespace=namespace))
        answer = await client.next()
        if answer.packet_type == CONNECT_ERROR:
            await client.close()
            raise PermissionError(answer.data)
        assert answer.packet_type == CONNECT
        return client

    async def _send(self, packet: Packet) -> None:
        await self._websocket.send(MESSAGE + packet.encode())

    async def next(self, seconds: float = 3) -> Packet:
        """The next packet of the namespace; pings are answered on the way. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                raw = await self._websocket.receive()
                if raw[0] == PING:
                    await self._websocket.send(PONG)
                elif raw[0] == MESSAGE:
                    return Packet(encoded_packet=raw[1:])

    async def event(self, seconds: float = 3) -> tuple[str, Any]:
        """The next event as its name and payload."""
        packet = await self.next(seconds)
        assert packet.packet_type == EVENT, packet
        return packet.data[0], packet.data[1]

    async def call(self, event: str, payload: Any) -> Any:
        """Send an event; the server's acknowledgement."""
        self._acknowledgements += 1
        await self._send(Packet(EVENT, data=[event, payload], namespace=self._namespace, id=self._acknowledgements))
        answer = await self.next()
        assert (answer.packet_type, answer.id) == (ACK, self._acknowledgements)
        return answer.data[0]

    async def closed(self, seconds: float = 3) -> bool:
        """Whether the server ends the namespace or the connection within that time."""
        try:
            while True:
                if (await self.next(seconds)).packet_type == DISCONNECT:
                    return True
        except ConnectionClosed:
            return True
        except TimeoutError:
            return False

    async def close(self) -> None:
        if self._websocket.connected:
            await self._websocket.close()
        self._websocket.task.cancel()
        await asyncio.gather(self._websocket.task, return_exceptions=True)
        self._websocket.wsock.close()
