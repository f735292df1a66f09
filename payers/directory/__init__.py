"""Which payers exist, by which routes they are reached, and how to find one."""
