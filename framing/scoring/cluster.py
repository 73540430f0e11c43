"""The same batches on a Dask cluster: by its own means, results in the order of the batches."""

from collections.abc import Generator, Iterable
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from framing.errors import FramingError
from framing.scoring.feed import Batch
from framing.scoring.pool import Crew, Result
from framing.scoring.work import Order

#: Seconds within which a scheduler must answer.
_PATIENCE = 20


def cluster_results(order: Order, batches: Iterable[Batch], address: str) -> Generator[Result, None, None]:
    """Work on batches with all workers of a Dask cluster.

    Each worker needs this version of framing, and the model under the same path. A worker that dies costs
    the batches that it was working on: Dask gives them to others.

    Raises
    ------
    FramingError
        If Dask is not installed, no scheduler answers at the address, or it has no workers.
    """
    try:
        import distributed
    except ImportError:
        raise FramingError(
            "a cluster needs Dask, which is not installed", hint="pip install 'framing[dask]'"
        ) from None
    dask: Any = distributed  # typed in part only
    try:
        client = dask.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise FramingError(
            f"{address}: no Dask scheduler answers there",
            hint="check the address; start one with: dask scheduler",
        ) from error
    with client:
        workers = sum(client.nthreads().values())
        if not workers:
            raise FramingError(
                f"{address}: the scheduler has no workers", hint=f"start some with: dask worker {address}"
            )
        deaths = (dask.KilledWorker, BrokenProcessPool)
        yield from Crew(order, workers, lambda: client.get_executor(pure=False), deaths).results(batches)
