"""What scripts/inv runs: Invoke over the tasks.py of this folder, with the exit codes of seatrial."""

from seatrial.program import SeatrialProgram, installed_version

SeatrialProgram(version=installed_version(), name="inv", binary="inv", binary_names=["inv"]).run()
