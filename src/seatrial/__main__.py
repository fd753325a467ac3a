"""`python -m seatrial`: the console command by module."""

from seatrial.program import main

main()
