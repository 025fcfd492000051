namespace Foundation.Workflows;

/// <summary>A run as read: its row and state.</summary>
internal readonly record struct StoredRun(Shard Shard, Row Row, WorkflowRun Run);

/// <summary>Reads runs, and hands on what callers want of them.</summary>
internal sealed class RunService(IStore store, IdFactory ids, RunInbox inbox, RunAdvancer advancer)
{
    public Shard ShardOf(ResourceId id) => new(RunTables.Space, id.Shard % store.Shards);

    public bool TryReadId(string? text, out ResourceId id) => ids.TryParse(text, RunRows.Prefix, out id);

    /// <summary>A run of a tenant the caller sees, or null.</summary>
    public async ValueTask<StoredRun?> FindAsync(Caller caller, ResourceId id, CancellationToken ct)
    {
        var shard = ShardOf(id);
        if (await store.FindAsync(shard, RunRows.Key(id), ct) is not { } row)
        {
            return null;
        }

        var run = RunRows.Read(row);
        return caller.Sees(run.Tenant) ? new StoredRun(shard, row, run) : null;
    }

    /// <summary>What a run came to; empty when there is nothing.</summary>
    public async ValueTask<RawJson> OutputOfAsync(StoredRun stored, CancellationToken ct) =>
        stored.Run.HasOutput && await store.FindAsync(stored.Shard, RunRows.OutputKey(stored.Run.Id), ct) is { } row ? RawJson.Trusted(row.Body) : default;

    public ValueTask<Outcome<StoredRun>> CancelAsync(Caller caller, ResourceId id, string? reason, CancellationToken ct) =>
        SteerAsync(caller, id, _ => new RunCommand.Cancel(reason), ct);

    public ValueTask<Outcome<StoredRun>> PauseAsync(Caller caller, ResourceId id, string? reason, CancellationToken ct) =>
        SteerAsync(caller, id, order => new RunCommand.Pause(order, reason), ct);

    public ValueTask<Outcome<StoredRun>> ResumeAsync(Caller caller, ResourceId id, CancellationToken ct) =>
        SteerAsync(caller, id, order => new RunCommand.Resume(order), ct);

    // The wish is durable before it is decided. It is refused by what stands in the row now; one that is overtaken between here and
    // there (the run's last task ends) is decided like any other late fact, and the answer shows what it came to.
    private async ValueTask<Outcome<StoredRun>> SteerAsync(Caller caller, ResourceId id, Func<string, RunCommand> wish, CancellationToken ct)
    {
        if (await FindAsync(caller, id, ct) is not { } stored)
        {
            return new Problem(WorkflowErrors.RunNotFound);
        }

        switch (RunDecider.Decide(stored.Run, wish("~"), RunAdvancer.AnyRules, stored.Run.Since))
        {
            case RunDecision.Refused refused:
                return new Problem(WorkflowErrors.Of(refused.Refusal));
            case RunDecision.Unchanged:
                return stored;
        }

        await inbox.SteerAsync(id, wish, ct);

        // Not the caller's token: who hangs up has been heard all the same.
        await advancer.AdvanceAsync(id, CancellationToken.None);
        return await FindAsync(caller, id, ct) is { } after ? after : new Problem(WorkflowErrors.RunNotFound);
    }
}
