#!/usr/bin/env node
process.stdout.write("mos-chore\n");
