"""The pages of cases."""

from nenghao.console.cases import acts, case, sample, worklist

PAGES = (worklist.PAGES, acts.PAGES, sample.PAGES, case.PAGES)
