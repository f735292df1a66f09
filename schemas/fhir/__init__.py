"""The public contract in FHIR R4: the same inquiry and the same answer, as HL7 writes them."""
