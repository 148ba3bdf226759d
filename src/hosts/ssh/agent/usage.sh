# Nobody is told how full this server is: its administrator watches it.
# shellcheck shell=sh

report_usage() { return 0; }
