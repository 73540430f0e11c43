"""What the server hands out to a coder."""

from typing import Any

from framing.labelstudio.connection import AGAIN, ONCE, Connection


def handed_out(connection: Connection, project: int, count: int) -> list[dict[str, Any]]:
    """Tasks in the order in which the server gives them to a coder who answers each."""
    got = []
    with connection.speaking() as client:
        for _ in range(count):
            answer = client._client_wrapper.httpx_client.request(
                f"api/projects/{project}/next", method="GET", request_options=AGAIN
            )
            got.append(answer.json())
            client.annotations.create(id=got[-1]["id"], result=[], request_options=ONCE)
    return got
