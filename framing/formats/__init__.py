"""Tables on disk: the file's name decides the format; cells that a spreadsheet would run are tamed."""

from framing.formats.bombs import TIMES, is_bomb
from framing.formats.cells import Cells, Printed, Row, Rows, tame, untame
from framing.formats.damage import Damage
from framing.formats.read import READABLE, read_frame, read_numbered, with_todays_ids
from framing.formats.sheets import CONFLICT, separator_of
from framing.formats.streams import streaming
from framing.formats.write import SUFFIXES, check_suffix, write_json, writing

__all__ = [
    "CONFLICT",
    "READABLE",
    "SUFFIXES",
    "TIMES",
    "Cells",
    "Damage",
    "Printed",
    "Row",
    "Rows",
    "check_suffix",
    "is_bomb",
    "read_frame",
    "read_numbered",
    "separator_of",
    "streaming",
    "tame",
    "untame",
    "with_todays_ids",
    "write_json",
    "writing",
]
