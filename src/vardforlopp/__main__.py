"""`python -m vardforlopp` is the same as `vardforlopp`."""

from vardforlopp.app.main import main

main()
