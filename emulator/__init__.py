"""A Twilio that runs on loopback: for the demo, the tests and the benchmarks.

It stands alone. It imports nothing from the application, and the application
imports nothing from it; the two only speak HTTP.
"""
