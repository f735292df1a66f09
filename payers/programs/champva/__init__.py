"""CHAMPVA: families and survivors of Veterans; asked like any plan, priced by published figures."""
