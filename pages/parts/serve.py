"""Starts the web server on `app.py`: `python -m pages.parts.serve [streamlit's options]`.

The framework takes a folder called pages/ for its older way of finding pages, and would answer the
first deep link after a start with "page not found"; `app.py` names the pages, so that is off.
"""

import sys

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

if __name__ == "__main__":
    PagesManager.uses_pages_directory = False
    cli.main(["run", "app.py", *sys.argv[1:]], prog_name="streamlit")
