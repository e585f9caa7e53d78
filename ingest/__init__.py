"""The collector: MQTT messages become stored readings or stored refusals, acknowledged after the commit."""
