"""The ledger: numbered marks over HTTP while everything is killed, then every book is compared with every other."""
