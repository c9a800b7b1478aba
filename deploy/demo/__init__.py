"""The demonstration school of `./run`: built once per data folder, described in `<data>/demo.json`."""
