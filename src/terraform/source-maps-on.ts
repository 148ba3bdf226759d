import { hadSourceMaps } from "./source-maps-off.ts";

if (hadSourceMaps) process.setSourceMapsEnabled(true);
