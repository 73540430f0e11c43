"""The shell: arguments, printing, exit codes; no logic."""

from framing.cli.app import main

__all__ = ["main"]
