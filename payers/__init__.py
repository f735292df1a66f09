"""Everything that knows a payer: wires, programs, the directory and the simulator."""
