"""Events of a ganc run, a line of JSON each, into Weights & Biases. In: stdin; out: a run in W&B.

By itself:  ganc run my.gan --json | python3 wandb_log.py --name my
"""

import argparse
import json
import sys

import wandb

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("--project", default="ganc")
options.add_argument("--name")
options.add_argument("--config", type=json.loads, default={}, help="the spec's params, as JSON")
given = options.parse_args()

run = wandb.init(project=given.project, name=given.name, config=given.config)
failed = False
for line in sys.stdin:
    event = json.loads(line)
    kind, step = event["kind"], event.get("iteration")
    if kind == "iteration":
        logged = event["logged"]
        values = {f"loss/{name}": value for name, value in logged["losses"].items()}
        values |= {f"objective/{name}": value for name, value in logged["objectives"].items()}
        run.log(values, step=step)
    elif kind == "metric":
        run.log({event["name"]: event["value"]}, step=step)
    elif kind == "file":
        medium = wandb.Audio if event["path"].endswith(".wav") else wandb.Image
        run.log({event["name"]: medium(event["path"])}, step=step)
    elif kind == "health":
        run.alert(title=f"{event['rule']} at iteration {step}", text=event["text"])
    elif kind == "failed":
        failed = True
run.finish(exit_code=1 if failed else 0)
