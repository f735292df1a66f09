"""The payer simulator: real wires, invented people, scripted faults."""
