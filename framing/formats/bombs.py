"""Files of a few bytes that stand for gigabytes."""

#: No file of honest text shrinks to less than this part of it.
TIMES = 500


def is_bomb(held: int, size: int, least: int = 32 << 20) -> bool:
    """Whether a file of `size` bytes is no honest one, by the characters or bytes that it has given so far.

    Parameters
    ----------
    held, size : int
    least : int
        Up to so many nothing is said.

    Examples
    --------
    >>> is_bomb(1 << 30, 1 << 20), is_bomb(1 << 30, 1 << 22), is_bomb(1 << 20, 1)
    (True, False, False)
    """
    return held > least and held > TIMES * size
