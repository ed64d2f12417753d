"""What Great Expectations watches: file sets before they are loaded, and extracts before they leave.

Importing any module here imports Great Expectations, which takes seconds: commands do it when they need it.
"""

import logging
import os

# read when the library is imported: nobody is told what is done here
os.environ["GX_ANALYTICS_ENABLED"] = "false"
# Once dbt has run in this process, the root logger's handlers would print what Great Expectations tells of its folders;
# some of its modules set a level of their own.
logging.getLogger("great_expectations").setLevel(logging.WARNING)
logging.getLogger("great_expectations").propagate = False
