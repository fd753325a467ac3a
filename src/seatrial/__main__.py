"""`python -m seatrial`: the console command by module."""

from seatrial.console import main

main()
