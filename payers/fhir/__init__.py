"""FHIR R4: an eligibility request out, a CoverageEligibilityResponse in; pure."""
