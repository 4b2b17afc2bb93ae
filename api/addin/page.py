"""The page of what is installed in Excel and Power BI."""

from fastapi import APIRouter

router = APIRouter()
