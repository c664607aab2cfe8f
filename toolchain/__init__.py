"""Brings the tools that Slipway needs and a machine may lack: `python3 toolchain/install.py`."""
