"""Pure cost estimation: which benefit applies, and what the patient will owe."""
