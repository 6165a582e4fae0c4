"""`python -m widget` is the `sayso` command."""

from widget.cli import main

main(prog_name="sayso")
