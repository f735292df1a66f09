"""The wires besides the CORE envelopes over which the simulated payer can be asked."""
