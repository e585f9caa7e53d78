"""能耗: from meters of key energy-using units to sealed statistical releases."""
