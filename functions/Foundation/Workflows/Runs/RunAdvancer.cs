using System.Collections.Immutable;
using Foundation.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Foundation.Workflows;

/// <summary>
/// Moves a run as far as it goes now: takes what its inbox holds, decides, commits the run with what it asks of tasks, again until
/// nothing is left. Safe to call at any time, by many, for any id.
/// </summary>
public interface IRunAdvancer
{
    /// <summary>Advances the run.</summary>
    /// <param name="runId"><c>run_…</c>, as <see cref="RunWakeUps.RunIdOf"/> reads it from a wake-up.</param>
    /// <param name="ct">Cancels between commits.</param>
    /// <returns>
    /// When it next wants attention by itself; the year 9999 when it waits for facts only, which tell of themselves; null when it has ended or
    /// is gone.
    /// </returns>
    ValueTask<DateTimeOffset?> AdvanceAsync(string runId, CancellationToken ct);
}

/// <summary>For hosts that carry the wake-ups of runs themselves.</summary>
public static class RunWakeUps
{
    /// <summary>The run that a wake-up is about (<c>run_…</c>), or null when it is about none.</summary>
    public static string? RunIdOf(WakeUp wakeUp) =>
        wakeUp is { Lane: RunLanes.Waiting, Key: { } key } ? RunRows.RunOf(key).ToText(RunRows.Prefix) : null;
}

internal sealed class RunAdvancer(
    IStore store, Committer committer, RunInbox inbox, StepPlanner planner, IOwnedTasks tasks, RunDefinitions definitions, RunWaiters waiters, IdFactory ids,
    TimeProvider time, IOptions<WorkflowsOptions> options, WorkflowsInstruments instruments, ILogger<RunAdvancer> logger) : IRunAdvancer
{
    /// <summary>For decisions of which only the refusal counts.</summary>
    public static readonly RunRules AnyRules = new(TimeSpan.Zero, TimeSpan.Zero);

    private readonly RunRules _rules = new(options.Value.Retention, options.Value.FailedRetention);
    private readonly RunFlights _flights = new();

    private enum Round
    {
        Done,
        Again,
        Conflict,
    }

    public async ValueTask<DateTimeOffset?> AdvanceAsync(string runId, CancellationToken ct) =>
        ids.TryParse(runId, RunRows.Prefix, out var id) ? await AdvanceAsync(id, ct) : null;

    /// <summary>One at a time in this process: who comes while it is under way makes it look once more.</summary>
    public ValueTask<DateTimeOffset?> AdvanceAsync(ResourceId id, CancellationToken ct) => _flights.RunAsync(id, token => RoundsAsync(id, token), ct);

    private async ValueTask<DateTimeOffset?> RoundsAsync(ResourceId id, CancellationToken ct)
    {
        var conflicts = 0;
        for (var round = 0; round < WorkflowLimits.RoundsMax; round++)
        {
            ct.ThrowIfCancellationRequested();
            var (outcome, next) = await RoundAsync(id, ct);
            switch (outcome)
            {
                case Round.Done:
                    return next;
                case Round.Conflict when ++conflicts >= WorkflowLimits.ConflictsMax:
                    logger.Contended(id.ToText(RunRows.Prefix), conflicts);
                    return time.GetUtcNow();
                case Round.Conflict:
                    instruments.Conflicted();
                    break;
                default:
                    conflicts = 0;
                    break;
            }
        }

        // The row, or its inbox, is still due: another look follows.
        logger.RoundsExhausted(id.ToText(RunRows.Prefix), WorkflowLimits.RoundsMax);
        return time.GetUtcNow();
    }

    private async ValueTask<(Round Outcome, DateTimeOffset? Next)> RoundAsync(ResourceId id, CancellationToken ct)
    {
        var shard = new Shard(RunTables.Space, id.Shard % store.Shards);
        var row = await store.FindAsync(shard, RunRows.Key(id), ct);
        var (facts, commands) = await inbox.ListAsync(id, ct);
        if (row is null || RunRows.Read(row) is not { Ended: false } run)
        {
            // Facts that came while the run ended: nobody needs them.
            return await ForgetAsync(shard, facts, ct) ? (Round.Again, null) : (Round.Done, null);
        }

        var now = time.GetUtcNow();
        var draft = new RunDraft(run, _rules, now);
        foreach (var command in commands)
        {
            draft.Apply(command);
        }

        draft.Apply(new RunCommand.Look());
        var unfinished = await FillAsync(draft, row, ct);
        draft.Seal(unfinished);
        if (!draft.Changed && facts.Count == 0)
        {
            return (Round.Done, NextOf(run));
        }

        if (!await CommitAsync(shard, row, draft, facts, now, ct))
        {
            return (Round.Conflict, null);
        }

        instruments.Changed(run, draft.Run, facts.Count);
        waiters.Changed(id);
        return unfinished || facts.Count == WorkflowLimits.InboxPerCommit ? (Round.Again, null) : (Round.Done, NextOf(draft.Run));
    }

    /// <summary>Adds what the run does next, as much as one commit holds. True when there is more.</summary>
    private async ValueTask<bool> FillAsync(RunDraft draft, Row row, CancellationToken ct)
    {
        foreach (var step in RunPlan.ToStop(draft.Run).ToList())
        {
            if (!draft.HasRoomFor(0))
            {
                return true;
            }

            draft.Stop(step.Name);
        }

        if (draft.Run.Stopping || draft.Run.Ended)
        {
            return false;
        }

        var content = RunRows.Content(row);
        var definition = definitions.Of(draft.Run.Workflow, content.Definition);
        while (RunPlan.Ready(definition, draft.Run).FirstOrDefault() is { } step)
        {
            switch (await planner.OfferAsync(step, draft.Run, content.Input, ct))
            {
                case StepOffer.Start start when !draft.HasRoomFor(start.Rendered.Length):
                    return true;
                case StepOffer.Start start:
                    draft.Start(step.Name, tasks.NewId(start.Request.Queue), start.Request, start.Rendered.Length);
                    break;
                case StepOffer.Skip:
                    draft.Do(new RunCommand.Skip(step.Name));
                    break;
                case StepOffer.Refuse refuse:
                    draft.Do(new RunCommand.Refuse(step.Name, refuse.Problem));
                    break;
            }
        }

        if (RunPlan.IsComplete(draft.Run))
        {
            await FinishAsync(draft, definition, content.Input, ct);
        }

        // A step that could not start after others did: they are asked to stop in the next commit, behind their creation.
        return RunPlan.ToStop(draft.Run).Any();
    }

    private async ValueTask FinishAsync(RunDraft draft, WorkflowDefinition definition, RawJson input, CancellationToken ct)
    {
        var output = await planner.OutputAsync(definition, draft.Run, input, ct);
        if (output.Problem is { } problem)
        {
            draft.Do(new RunCommand.Finish(false, new RunProblem { Code = problem.Error.Code, Detail = RunTransitions.Cut(problem.Detail ?? problem.Error.Title) }));
        }
        else
        {
            draft.Finish(output.Value);
        }
    }

    private async ValueTask<bool> CommitAsync(Shard shard, Row row, RunDraft draft, IReadOnlyList<Row> facts, DateTimeOffset now, CancellationToken ct)
    {
        var writes = ImmutableArray.CreateBuilder<Write>();
        writes.AddRange(facts.Select(f => new Write.Delete(f.Reference)));
        if (draft.Changed)
        {
            var run = draft.Run;
            writes.Add(new Write.Replace(row.Reference, RunRows.State(run), RunDecider.Due(run)));
            if (RunHistory.Row(draft.Before, run, now) is { } history)
            {
                writes.Add(history);
            }

            if (run.HasOutput)
            {
                writes.Add(new Write.Insert(RunRows.OutputKey(run.Id), default, draft.Output.Memory, null));
            }

            if (run is { Ended: true, Key: { } key } && await store.FindAsync(shard, RunRows.LiveKey(run.Tenant, run.Workflow, key), ct) is { } live
                && RunRows.LiveRunOf(live) == run.Id)
            {
                writes.Add(new Write.Delete(live.Reference));
            }
        }

        return await committer.CommitAsync(shard, writes.ToImmutable(), draft.Posts(), ct) is CommitResult.Committed;
    }

    private async ValueTask<bool> ForgetAsync(Shard shard, IReadOnlyList<Row> facts, CancellationToken ct)
    {
        if (facts.Count > 0)
        {
            await committer.CommitAsync(shard, [.. facts.Select(f => new Write.Delete(f.Reference))], ct);
        }

        return facts.Count == WorkflowLimits.InboxPerCommit;
    }

    private static DateTimeOffset? NextOf(WorkflowRun run) =>
        run.Ended ? null : DateTimeOffset.FromUnixTimeMilliseconds(RunDecider.Due(run).At);
}
