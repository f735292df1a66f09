"""What the papers of a verification say: the report for the file, the explanation for the patient."""
