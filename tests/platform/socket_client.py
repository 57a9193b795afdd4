"""A small Socket.IO client over a web socket: the libraries' own packets and frames, nothing hidden."""

import asyncio
from collections import deque
from typing import Any, Self

from socketio.packet import Packet
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Ping, Request, TextMessage

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR = range(5)
OPEN, PING, PONG, MESSAGE = "0", "2", "3", "4"


class WebSocket:
    """Texts to and from a web socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._texts: deque[str] = deque()

    @classmethod
    async def connect(cls, port: int, target: str) -> Self:
        opened = cls(*await asyncio.open_connection("127.0.0.1", port))
        opened._writer.write(opened._protocol.send(Request(host=f"127.0.0.1:{port}", target=target)))
        return opened

    def send(self, text: str) -> None:
        self._writer.write(self._protocol.send(TextMessage(data=text)))

    async def receive(self) -> str:
        """The next text. Raises ConnectionError when the server has closed."""
        while not self._texts:
            received = await self._reader.read(65536)
            self._protocol.receive_data(received or None)
            for event in self._protocol.events():
                if isinstance(event, TextMessage):
                    self._texts.append(event.data)
                elif isinstance(event, Ping):
                    self._writer.write(self._protocol.send(event.response()))
                elif not isinstance(event, AcceptConnection):
                    raise ConnectionError(repr(event))
        return self._texts.popleft()

    async def close(self) -> None:
        if not self._writer.is_closing() and self._protocol.state.name == "OPEN":
            self._writer.write(self._protocol.send(CloseConnection(code=1000)))
        self._writer.close()
        await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)


class SocketClient:
    """One connection to one namespace."""

    def __init__(self, websocket: WebSocket, namespace: str) -> None:
        self._websocket, self._namespace = websocket, namespace
        self._acknowledgements = 0

    @classmethod
    async def connect(cls, port: int, namespace: str, auth: Any) -> Self:
        """Raises PermissionError with the server's answer when it refuses."""
        websocket = await WebSocket.connect(port, "/socket.io/?EIO=4&transport=websocket")
        client = cls(websocket, namespace)
        async with asyncio.timeout(10):
            assert (await websocket.receive())[0] == OPEN
        client._send(Packet(CONNECT, data=auth, namespace=namespace))
        answer = await client.next()
        if answer.packet_type == CONNECT_ERROR:
            await client.close()
            raise PermissionError(answer.data)
        assert answer.packet_type == CONNECT
        return client

    def _send(self, packet: Packet) -> None:
        self._websocket.send(MESSAGE + packet.encode())

    async def next(self, seconds: float = 5) -> Packet:
        """The next packet of the namespace; pings are answered on the way. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                raw = await self._websocket.receive()
                if raw[0] == PING:
                    self._websocket.send(PONG)
                elif raw[0] == MESSAGE:
                    return Packet(encoded_packet=raw[1:])

    async def event(self, seconds: float = 5) -> tuple[str, Any]:
        """The next event as its name and payload."""
        packet = await self.next(seconds)
        assert packet.packet_type == EVENT, packet
        return packet.data[0], packet.data[1]

    async def call(self, event: str, payload: Any) -> Any:
        """Send an event; the server's acknowledgement."""
        self._acknowledgements += 1
        self._send(Packet(EVENT, data=[event, payload], namespace=self._namespace, id=self._acknowledgements))
        answer = await self.next()
        assert (answer.packet_type, answer.id) == (ACK, self._acknowledgements)
        return answer.data[0]

    async def closed(self, seconds: float = 5) -> bool:
        """Whether the server ends the namespace or the connection within that time."""
        try:
            while True:
                if (await self.next(seconds)).packet_type == DISCONNECT:
                    return True
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    async def close(self) -> None:
        await self._websocket.close()
