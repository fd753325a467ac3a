"""What goes into the archive of `report`: what may leave the machine, and in which form. Pure."""
