module slipway.dev/bench/roll

go 1.21
