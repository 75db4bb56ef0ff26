"""`python -m lorax.command`."""

from lorax.command import main

main()
