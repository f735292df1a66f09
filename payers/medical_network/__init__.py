"""The JSON of the medical-network APIs (Change Healthcare v3, spoken by Stedi and Optum): pure codecs."""
