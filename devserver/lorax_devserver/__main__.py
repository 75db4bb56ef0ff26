"""`python -m lorax_devserver`: the same as the command lorax-devserver."""

from lorax_devserver.cli import app

app()
