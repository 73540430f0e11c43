from collections.abc import Callable, Sequence

from framing.pages.lines import Line
from framing.pages.regions import Place
from framing.records import Unit

def sentences(
    line: str, abbreviations: dict[str, str], judge: Callable[[str, int, bool], int], loose: bool
) -> list[tuple[int, int]]: ...
def units(
    page: str,
    identity: str,
    source: str,
    told: tuple[str, ...],
    lines: Sequence[Line],
    places: Sequence[Place],
    spans: Sequence[list[tuple[int, int]]],
    kind_of_unit: type[Unit],
    name_of: Callable[[str, str, int], str],
) -> list[Unit]: ...
