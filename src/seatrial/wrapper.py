"""What scripts/inv runs: Invoke over the tasks.py of this folder, with the exit codes of seatrial."""

from seatrial.program import SeatrialProgram

SeatrialProgram(name="inv", binary="inv", binary_names=["inv"]).run()
