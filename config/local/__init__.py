"""The whole system on one machine, for `make run`, `make manage` and the tests.

Read in this order: places (where things are kept), keys and environment (what the
processes are told), servers (PostgreSQL and Valkey from their wheels), programs and
supervision (what is kept alive), ready (when it counts as up), run and manage (the two
commands). A country's installation uses none of it (docs/running.md).
"""
