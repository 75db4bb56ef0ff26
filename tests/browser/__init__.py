"""The playground in a real browser: for `make test-browser`, not for `make test`."""
