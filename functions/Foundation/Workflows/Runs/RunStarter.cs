using System.Collections.Immutable;
using System.Text;
using Foundation.Api;
using Foundation.Configuration;
using Foundation.Security;
using Microsoft.AspNetCore.Http;

namespace Foundation.Workflows;

/// <summary>Starts runs: checks, stores the run with its key and definition, and answers the live one where the key is taken.</summary>
internal sealed class RunStarter(
    IStore store, Committer committer, ConfigView<WorkflowDefinition> workflows, StepPlanner planner, RunService runs, IdFactory ids, RandomSource random,
    TimeProvider time, WorkflowsInstruments instruments)
{
    private const int TriesMax = 8;

    /// <summary>A run that was started, or was there under its key.</summary>
    public readonly record struct Started(StoredRun Stored, bool Existing);

    /// <summary>Starts a run for a request; a repeat of it (<c>Idempotency-Key</c>) meets the run of the first try.</summary>
    public async ValueTask<Outcome<Started>> StartAsync(HttpContext http, string workflow, RunRequest request, CancellationToken ct)
    {
        var caller = http.GetCaller();
        var definition = Check(workflow, request);
        if (!definition.Ok)
        {
            return definition.Problem!;
        }

        var id = await http.NewIdAsync(RunRows.Prefix, ids.Mint(RunRows.Prefix, ShardNumber(workflow, request.Key)), ct);
        if (!id.Ok)
        {
            return id.Problem!;
        }

        var run = New(caller, id.Value.Id, definition.Value, request, http.Request.Headers.TraceParent);
        for (var tries = 0; tries < TriesMax; tries++)
        {
            if (await TryInsertAsync(run, definition.Value, request, ct) is { } stored)
            {
                instruments.Started(run);
                return new Started(stored, Existing: false);
            }

            // This very run, stored by an earlier try of the request; or the key is taken, or was until a moment ago.
            if (await runs.FindAsync(caller, run.Id, ct) is { } own)
            {
                return new Started(own, Existing: false);
            }

            if (await ExistingAsync(caller, workflow, request, ct) is { } existing)
            {
                return new Started(existing, Existing: true);
            }
        }

        return new Problem(WorkflowErrors.Contended) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    /// <summary>What a start would do.</summary>
    public async ValueTask<Outcome<RunPreview>> PreviewAsync(Caller caller, string workflow, RunRequest request, CancellationToken ct)
    {
        var checkedOne = Check(workflow, request);
        if (!checkedOne.Ok)
        {
            return checkedOne.Problem!;
        }

        var definition = checkedOne.Value;
        var existing = request.Key is null ? null : await ExistingAsync(caller, workflow, request, ct);
        var run = New(caller, default, definition, request, null);
        var levels = RunPlan.Levels(definition);
        var ready = RunPlan.Ready(definition, run).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var steps = new List<RunStepPreview>();
        foreach (var step in definition.Steps)
        {
            var offer = ready.Contains(step.Name) ? await planner.OfferAsync(step, run, request.Input, ct) : null;
            steps.Add(new RunStepPreview
            {
                Name = step.Name,
                Needs = step.Needs,
                Level = levels[step.Name],
                Then = offer switch { null => "later", StepOffer.Start => "start", StepOffer.Skip => "skip", _ => "fail" },
                Task = offer is StepOffer.Start start ? start.Rendered : default,
                Problem = (offer as StepOffer.Refuse)?.Problem,
            });
        }

        return new RunPreview { Workflow = workflow, Existing = existing?.Run.IdText, Steps = steps };
    }

    private Outcome<WorkflowDefinition> Check(string workflow, RunRequest request)
    {
        if (workflows.Find(workflow) is not { } definition)
        {
            var hint = DidYouMean.Hint(workflow, workflows.Names);
            return new Problem(WorkflowErrors.NotFound, $"There is no workflow '{Texts.Clip(workflow)}'." + (hint is null ? "" : " " + hint));
        }

        var faults = new List<Fault>();
        if (request.Key is { Length: 0 or > WorkflowLimits.KeyMax })
        {
            faults.Add(new Fault("/key", ApiErrors.InvalidValue.Code, $"A key has 1–{WorkflowLimits.KeyMax} characters."));
        }

        Labels(request.Labels, faults);
        return faults.Count == 0 ? definition : new Problem(ApiErrors.Invalid) { Faults = faults };
    }

    private static void Labels(IReadOnlyDictionary<string, string>? labels, List<Fault> faults)
    {
        if (labels is null)
        {
            return;
        }

        if (labels.Count > WorkflowLimits.LabelsMax)
        {
            faults.Add(new Fault("/labels", ApiErrors.InvalidValue.Code, $"At most {WorkflowLimits.LabelsMax} labels."));
        }

        if (labels.Sum(l => Encoding.UTF8.GetByteCount(l.Key) + Encoding.UTF8.GetByteCount(l.Value)) > WorkflowLimits.LabelsBytesMax)
        {
            faults.Add(new Fault("/labels", ApiErrors.InvalidValue.Code, $"Labels have at most {Sizes.Format(WorkflowLimits.LabelsBytesMax)} together."));
        }

        foreach (var (key, value) in labels.Where(l => l.Key.Length is 0 or > WorkflowLimits.LabelTextMax || l.Value.Length > WorkflowLimits.LabelTextMax))
        {
            faults.Add(new Fault(JsonPointers.Append("/labels", key), ApiErrors.InvalidValue.Code,
                $"Labels have names of 1–{WorkflowLimits.LabelTextMax} and values of at most {WorkflowLimits.LabelTextMax} characters."));
        }
    }

    private WorkflowRun New(Caller caller, ResourceId id, WorkflowDefinition definition, RunRequest request, string? traceParent)
    {
        // Whole milliseconds: what the deadline is compared with is read back from an index in milliseconds.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        return new WorkflowRun
        {
            Id = id,
            Workflow = definition.Name,
            Tenant = caller.Tenant,
            CreatedBy = caller.KeyId,
            Key = request.Key,
            CreatedAt = now,
            Status = WorkflowRunStatus.Waiting,
            Since = now,
            Number = 1,
            Steps = RunTransitions.Fresh(definition),
            Deadline = now + definition.Deadline,
            Labels = request.Labels is { Count: > 0 } labels ? labels : null,

            // The first look starts what needs nothing.
            Unfinished = true,
            TraceParent = traceParent is { Length: <= 256 } ? traceParent : null,
        };
    }

    // Runs of one key meet in one shard, where their key's row decides; others spread.
    private int ShardNumber(string workflow, string? key) => key is null ? (int)(random.NextSeed() & 15) : StableHash.ShardOf($"{workflow}/{key}");

    private async ValueTask<StoredRun?> TryInsertAsync(WorkflowRun run, WorkflowDefinition definition, RunRequest request, CancellationToken ct)
    {
        var state = RunRows.State(run);
        var body = RunRows.Body(new RunContent { Definition = definition.Text, Input = request.Input.IsEmpty ? RawJson.Null : request.Input });
        var insert = new Write.Insert(RunRows.Key(run.Id), state, body, RunDecider.Due(run));
        ImmutableArray<Write> writes = [insert, RunHistory.Row(null, run, run.CreatedAt)!];
        if (run.Key is { } key)
        {
            writes = writes.Add(new Write.Insert(RunRows.LiveKey(run.Tenant, run.Workflow, key), RunRows.LiveKeyState(run.Id), default, null));
        }

        var shard = runs.ShardOf(run.Id);
        return await committer.CommitAsync(shard, writes, ct) is CommitResult.Committed committed
            ? new StoredRun(shard, new Row(insert.Key, committed.Versions[0], state, body, insert.Due), run)
            : null;
    }

    private async ValueTask<StoredRun?> ExistingAsync(Caller caller, string workflow, RunRequest request, CancellationToken ct)
    {
        if (request.Key is not { } key)
        {
            return null;
        }

        var shard = new Shard(RunTables.Space, ShardNumber(workflow, key) % store.Shards);
        return await store.FindAsync(shard, RunRows.LiveKey(caller.Tenant, workflow, key), ct) is { } row
            && await runs.FindAsync(caller, RunRows.LiveRunOf(row), ct) is { Run.Ended: false } live
            ? live
            : null;
    }
}
