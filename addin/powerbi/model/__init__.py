"""A model to begin with in Power BI: tables, how they are related, a calendar, a contact centre's figures in DAX."""

from addin.powerbi.model.starter import starter_text

__all__ = ["starter_text"]
