namespace Foundation.Workflows;

/// <summary>Deletes runs whose retention is over, with all that belongs to them.</summary>
internal sealed class RunRetention(IStore store, Committer committer, TimeProvider time)
{
    private const int PerLook = 30;

    public async ValueTask DeleteEndedAsync(Shard shard, CancellationToken ct)
    {
        var until = time.GetUtcNow().ToUnixTimeMilliseconds() + 1;
        var due = await store.ListDueAsync(shard, new LaneRange(RunLanes.Ended, To: until), new Listing(PerLook), ct);
        foreach (var row in due.Items)
        {
            await DeleteAsync(shard, row, ct);
        }
    }

    // What belongs to the run goes first: a process that dies in between finds the run again.
    private async ValueTask DeleteAsync(Shard shard, Row row, CancellationToken ct)
    {
        var id = row.Key.ResourceId;
        await store.DeleteRangeAsync(shard, RunRows.RangeOf(RunTables.History, id), ct);
        await store.DeleteRangeAsync(shard, RunRows.RangeOf(RunTables.Inbox, id), ct);
        Write[] writes = await store.FindAsync(shard, RunRows.OutputKey(id), ct) is { } output
            ? [new Write.Delete(row.Reference), new Write.Delete(output.Reference)]
            : [new Write.Delete(row.Reference)];

        // A conflict is another process that deleted it.
        await committer.CommitAsync(shard, [.. writes], ct);
    }
}
