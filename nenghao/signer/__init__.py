"""The signer: holds the key of receipts and heads, and signs what its own memory does not contradict.

A process of its own, under an account of its own: no database, job or Airflow role can read the key, and a store that
was rolled back cannot get a second head for a day that has one.
"""
