"""From the fields of Availity's Coverage to the elements of 005010X279A1 that they stand for.

Field names are those of Availity's Coverages 1.0.0 definition (host api.availity.com): Coverage, Benefit,
Amounts, BenefitDetail, NetworkBenefit, HealthCareServiceDelivery, Payer, HealthCareContact. Which element a
field stands for follows from its description there and from bodies that users of the API have published.
"""

from typing import Final

ACTIVE: Final = "1"
DESCRIPTION: Final = "D"
OTHER_PAYER: Final = "R"
COINSURANCE: Final = "A"
REMAINING: Final = "29"
LEFT: Final = frozenset({REMAINING, "33"})  # EB06 that say an amount is what remains
DOLLARS: Final = "USD"
PERCENT: Final = "Percent"

AMOUNTS: Final = {
    "coPayment": "B",
    "coInsurance": COINSURANCE,
    "deductibles": "C",
    "outOfPocket": "G",
}  # EB01
DETAILS: Final = {
    "benefitDescriptions": DESCRIPTION,
    "costContainment": "J",
    "coverageBasis": "CB",
    "exclusions": "E",
    "limitations": "F",
    "nonCovered": "I",
    "preexistingConditions": "M",
    "reserve": "K",
}  # EB01
STATUS_DETAILS: Final = "statusDetails"  # rows of EB01 1 to 8
NO_DETAILS: Final = frozenset({"amounts", STATUS_DETAILS})
NETWORKS: Final = {
    "inNetwork": "Y",
    "outOfNetwork": "N",
    "notApplicableNetwork": "W",  # applies whatever the network
    "noNetwork": "",  # the payer names no network
}  # EB12
DATES: Final = {
    "dischargeDate": "096",
    "issueDate": "102",
    "effectiveChangeDate": "152",
    "completionDate": "198",
    "coordinationOfBenefitsDate": "290",
    "primaryCareProviderDate": "295",
    "lastVisitDate": "304",
    "addedDate": "318",
    "planEnrollmentDate": "382",
    "admissionDate": "435",
    "certificationDate": "458",
    "serviceDate": "472",
    "policyEffectiveDate": "539",
    "policyExpirationDate": "540",
    "lastUpdateDate": "636",
    "statusDate": "771",
    "periodStartDate": "193",
    "periodEndDate": "194",
    "cobraStartDate": "340",
    "cobraEndDate": "341",
    "premiumPaidToBeginDate": "342",
    "premiumPaidToEndDate": "343",
    "planStartDate": "346",
    "planEndDate": "347",
    "coverageStartDate": "346",
    "coverageEndDate": "347",
    "benefitBeginDate": "348",
    "benefitEndDate": "349",
    "eligibilityStartDate": "356",
    "eligibilityEndDate": "357",
    "coordinationOfBenefitsBeginDate": "348",
    "coordinationOfBenefitsEndDate": "349",
}  # DTP01
REFERENCES: Final = {
    "groupNumber": ("6P", "groupName"),
    "planNumber": ("18", "planName"),
    "policyNumber": ("1L", ""),
    "insurancePolicyNumber": ("IG", ""),
    "insuredMemberId": ("1W", ""),
    "memberIdentificationNumber": ("1W", ""),
    "familyUnitNumber": ("49", ""),
    "referralNumber": ("9F", ""),
    "contractNumber": ("CT", ""),
    "medicalRecordNumber": ("EA", ""),
    "healthInsuranceClaimNumber": ("F6", ""),
    "priorAuthorizationNumber": ("G1", ""),
    "identificationCardSerialNumber": ("GH", ""),
    "identityCardNumber": ("HJ", ""),
    "issueNumber": ("IF", ""),
    "planNetworkId": ("N6", "planNetworkName"),
    "medicaidRecipientIdentificationNumber": ("NQ", ""),
    "priorIdentificationNumber": ("Q4", ""),
    "agencyClaimNumber": ("Y4", ""),
}  # REF01, and the field of REF03
PRIMARY_CARE: Final = "P3"  # NM101
CONTACT_KINDS: Final = {"P3": "L", "1P": "X"}  # EB01 by NM101; all others are whom to ask
CONTACT: Final = "U"
CONTACTS: Final = {
    "phone": "TE",
    "workPhone": "WP",
    "fax": "FX",
    "emailAddress": "EM",
    "url": "UR",
    "ediAccessNumber": "ED",
}  # PER03
RANKS: Final = {"primary": "PRP", "secondary": "SEP", "tertiary": "TTP"}  # NM101 of another payer
DELIVERY: Final = (
    "quantityQualifierCode",
    "quantity",
    "perCode",
    "amount",
    "timePeriodCode",
    "timePeriods",
    "patternCode",
    "timeCode",
)  # HSD01 to HSD08
SELF: Final = "18"
