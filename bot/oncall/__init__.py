"""The only room that imports httpx: who is on call, as PagerDuty and Opsgenie say it."""
