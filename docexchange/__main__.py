"""``python -m docexchange``: the command line, where no script is on the path."""

from docexchange.cli import main

main()
