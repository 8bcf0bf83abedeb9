/** Claims as seven businesses would write them down: what pairs are made of. Invented; plain words, numbers, names, places. */
export const claimSeeds: readonly string[] = `
Masters are due 14 days before the release date at the distributor
The pressing plant in Leipzig is closed in the first week of August
Singles come out on a Friday and albums on a Thursday
Vinyl orders below 300 copies cost 40 percent more per unit
Anna signs every licence for the back catalogue before it leaves the label
The distributor pays royalties quarterly, 45 days after the quarter ends
Cover art must be 3000 pixels wide and saved in the RGB colour space
Pre-save campaigns that start 21 days before release bring twice the first-week streams
The second album was recorded in Studio Nord between March and May
Sync requests are answered within 2 days by Jonas
Radio plugging for the third single begins on 2026-10-05
Test pressings are approved by the artist and by the mastering engineer
Case studies with a named client bring more enquiries than anonymous ones
The agency bills by the day and adds travel at cost
New clients receive the brief template before the first call
Proposals longer than 6 pages were rejected more often in the spring
Retainers are renewed in the last week of the quarter
Maria reviews every social post for Brightwater before it is published
Reels under 20 seconds hold attention to the end
The tone for Norlake is dry, precise and never playful
Photo shoots are organised by Petra and paid for by the client
Client feedback arrives by e-mail and is answered on the same day
The newsletter goes out on Tuesday at 9:00 and reaches 4,200 readers
Raw footage is kept for 90 days on the archive server
The risk limit for each strategy is 2 percent of equity
Orders above 50,000 USD are split into slices of 5 minutes
The momentum model loses money when spreads exceed 12 basis points
Fills from Kraken arrive 80 ms later than fills from Coinbase
The kill switch stops all strategies within 3 seconds
Backtests without fees overstated the return by 18 percent
Position sizes are rounded down to the lot size of the exchange
The feed handler drops stale quotes after 500 ms
Latency was measured with probe-7 in the Frankfurt region
Margin calls are handled by the night desk from 22:00
The mean reversion strategy was paused on 2026-03-14 after the outage
Reconciliation with the broker runs hourly and ignores dust below 1 EUR
The API returns 429 when a client sends more than 100 requests per minute
Retries use exponential backoff with a maximum of 5 attempts
The index is rebuilt nightly from src/index/build.ts
Embeddings are cached by content hash and never recomputed for unchanged files
Customers on the free plan keep their data for 30 days
The importer requires Node 20 and fails on Node 18
Setting maxRetries to 0 disables the retry queue
Timeouts of 10 seconds were too short for large uploads
Error reports contain the trace id and omit the payload
The parser accepts YAML and rejects tabs in the indentation
Support tickets are labelled by severity and closed after 7 days of silence
The nightly job was cancelled because the licence server was unreachable
Version 2.3.0 of the exporter writes UTF-8 with a byte order mark
The linter config lives in tools/lint/base.json
Ideas are scored by market size, founder fit and speed to first revenue
Landing pages with one form field converted at 7 percent
The pilot with Hartmann Foods ended with 3 paying sites
Interviews with 12 dentists showed that billing is the worst problem
Ideas without a paying pilot after 60 days are shelved
The waiting list for Plotline has 640 names and grows by 15 a week
Weekly demos on Friday keep the teams honest
The grant from the city covers 50 percent of wages until December
The band rehearses on Monday and Wednesday in the cellar
Guitar parts are tracked before vocals and after drums
The live set runs 45 minutes and ends with Harbour Lights
Festival applications close in January for the following summer
The tour van consumes 11 litres of diesel on 100 kilometres
Tickets for the Berlin show cost 18 EUR in advance and 22 EUR at the door
Merchandise earns more than tickets at venues under 200 people
Vocal takes after midnight were rarely used
The drummer favours a tempo of 92 bpm for Slow River
Applications sent on Monday morning got more answers than those sent on Friday
The CV is kept to 2 pages with results before duties
Recruiters from Adlon & Partner respond within a week
Salary expectations are named in the second interview, not in the first
The portfolio at work/portfolio/index.html was last analysed in June
References are asked for their consent before the final round
Remote roles with a core time of 4 hours are preferred
The take-home task for Verity took 9 hours instead of 3
Cover letters that name the team's product get an answer more often
Backups are written daily to the external drive and tested monthly
The label owns the masters and licenses the publishing to Tidewater
Invoices are sent from the Lisbon office and paid into the Dublin account
Every contract names a minimum guarantee and a maximum term
`
  .trim()
  .split("\n");
