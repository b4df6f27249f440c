"""`python -m farmctl` is `farmctl`."""

from farmctl.cli.main import main

main()
