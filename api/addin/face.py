"""The faces under /addin/: open without a key, since no file has one in it."""

from fastapi import APIRouter

from api.addin import files, page, sheets

router = APIRouter(include_in_schema=False)
router.include_router(files.router)
router.include_router(sheets.router)
router.include_router(page.router)
