#!/usr/bin/env node
// npm links commands while it installs, before anything is built: this file is there then.
import '../lib/main.js';
