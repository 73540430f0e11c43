"""What a coder is called in `labels/`: by settings, else by account and server."""

from collections.abc import Mapping
from dataclasses import dataclass

from framing.labelstudio.identity import ServerIdentity

#: So much of a fingerprint tells two servers' coders apart in a name.
_SHORT = 6


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """The names of one server's coders.

    Attributes
    ----------
    names : mapping of str to str
        ``coders:`` of the settings: ``7`` is a user of the study's own server, ``<fingerprint>/7``
        of another.
    own : str
        Fingerprint of the study's own server; empty: not known yet, then it is this one.
    server : ServerIdentity
        The server that is asked.
    """

    names: Mapping[str, str]
    own: str
    server: ServerIdentity

    def of(self, user: int) -> str:
        """Name a user.

        Examples
        --------
        >>> known = Pseudonyms({"2": "ada"}, "s1", ServerIdentity("s1"))
        >>> known.of(2), known.of(3)
        ('ada', 'coder-3')
        >>> Pseudonyms({"2": "ada"}, "s1", ServerIdentity("s23456789")).of(2)
        'coder-2-s23456'
        """
        key = self.key(user)
        return self.names.get(key) or self._named_in_full(user) or self.unnamed(user)

    def key(self, user: int) -> str:
        """Where a user's name stands in settings."""
        home = self.server.of_user(user)
        return str(user) if home == self._own else f"{home}/{user}"

    def unnamed(self, user: int) -> str:
        """What a user is called as long as settings have no name."""
        home = self.server.of_user(user)
        return f"coder-{user}" if home == self._own else f"coder-{user}-{home[:_SHORT]}"

    @property
    def _own(self) -> str:
        if self.own or not self.server.lines:
            return self.own or self.server.fingerprint
        return self.server.lines[0].fingerprint

    def _named_in_full(self, user: int) -> str:
        return self.names.get(f"{self.server.of_user(user)}/{user}", "")

    def renamed(self, before: Mapping[str, str]) -> dict[str, str]:
        """From what this server's users were called to what they are called now.

        Parameters
        ----------
        before : mapping of str to str
            ``coders:`` as they were at the last pull. Whom they do not name had none; a name that two users
            had is left out, since it does not say whose an answer is.

        Examples
        --------
        >>> now = Pseudonyms({"2": "anna", "3": "ben"}, "s1", ServerIdentity("s1"))
        >>> now.renamed({"2": "ada"})
        {'coder-2': 'anna', 'ada': 'anna', 'coder-3': 'ben'}
        """
        users = sorted({int(key.rpartition("/")[2]) for key in [*self.names, *before]})
        then = Pseudonyms(before, self.own, self.server)
        pairs = [(old, self.of(user)) for user in users for old in (self.unnamed(user), then.of(user))]
        targets = {old: {new for name, new in pairs if name == old} for old, _ in pairs}
        return {old: new for old, new in pairs if old != new and len(targets[old]) == 1}
