using System.Collections.Immutable;
using Foundation.Tasks.Dispatch;

namespace Foundation.Tasks;

/// <summary>Stores new tasks: straight into a free slot where one process owns all rows, else queued.</summary>
internal sealed class TaskSubmitter(TaskService tasks, TaskDispatcher dispatcher, Committer committer, HostProfile profile, TasksInstruments instruments)
{
    private const int TasksPerCommit = 40;
    private const int BytesPerCommit = 2_000_000;

    /// <summary>Stores one task; durable when this returns. A repeat under the same id meets the task that is there.</summary>
    public async ValueTask<StoredTask> StoreAsync(PreparedTask prepared, CancellationToken ct)
    {
        if (prepared.Task.Status == AgentTaskStatus.Queued && dispatcher.ReserveAhead(prepared.Task) is { } slot)
        {
            return await StoreStartedAsync(prepared, slot, ct);
        }

        return await tasks.InsertAsync(prepared.Task, prepared.Data, ct);
    }

    /// <summary>Stores many, as few commits as the bounds allow.</summary>
    public async ValueTask<IReadOnlyList<StoredTask>> StoreAsync(IReadOnlyList<PreparedTask> prepared, CancellationToken ct)
    {
        var stored = new StoredTask[prepared.Count];
        var indexed = prepared.Select((task, index) => (task, index)).GroupBy(p => tasks.ShardOf(p.task.Task.Id));
        foreach (var group in indexed)
        {
            foreach (var chunk in Chunks(group))
            {
                await StoreChunkAsync(group.Key, chunk, stored, ct);
            }
        }

        return stored;
    }

    private async ValueTask<StoredTask> StoreStartedAsync(PreparedTask prepared, InstanceSlots slot, CancellationToken ct)
    {
        var started = dispatcher.StartAhead(prepared.Task, slot);
        StoredTask stored;
        try
        {
            stored = await tasks.InsertAsync(started, prepared.Data, ct);
        }
        catch
        {
            dispatcher.ReleaseAhead(slot);
            throw;
        }

        if (ReferenceEquals(stored.Task, started))
        {
            instruments.Started(started);
            dispatcher.RunAhead(slot, stored);
        }
        else
        {
            dispatcher.ReleaseAhead(slot);
        }

        return stored;
    }

    private async ValueTask StoreChunkAsync(Shard shard, List<(PreparedTask Prepared, int Index)> chunk, StoredTask[] stored, CancellationToken ct)
    {
        var inserts = chunk.Select(p => new Write.Insert(
            TaskRows.Key(p.Prepared.Task.Id), TaskRows.State(p.Prepared.Task), p.Prepared.Data,
            TaskDecider.Due(p.Prepared.Task, profile.ClockSkew))).ToImmutableArray();
        if (await committer.CommitAsync(shard, ImmutableArray.CreateRange<Write>(inserts), ct) is CommitResult.Committed committed)
        {
            for (var i = 0; i < chunk.Count; i++)
            {
                var row = new Row(inserts[i].Key, committed.Versions[i], inserts[i].State, inserts[i].Body, inserts[i].Due);
                stored[chunk[i].Index] = new StoredTask(shard, row, chunk[i].Prepared.Task);
                instruments.Submitted(chunk[i].Prepared.Task.Queue);
            }

            return;
        }

        // A repeat of a request whose first try was stored in part: one by one, each meets its own row.
        foreach (var (prepared, index) in chunk)
        {
            stored[index] = await tasks.InsertAsync(prepared.Task, prepared.Data, ct);
        }
    }

    private static IEnumerable<List<(PreparedTask Prepared, int Index)>> Chunks(IEnumerable<(PreparedTask, int)> items)
    {
        var chunk = new List<(PreparedTask Prepared, int Index)>();
        var bytes = 0;
        foreach (var (prepared, index) in items)
        {
            if (chunk.Count == TasksPerCommit || (chunk.Count > 0 && bytes + prepared.Data.Length > BytesPerCommit))
            {
                yield return chunk;
                (chunk, bytes) = ([], 0);
            }

            chunk.Add((prepared, index));
            bytes += prepared.Data.Length + 2_048;
        }

        if (chunk.Count > 0)
        {
            yield return chunk;
        }
    }
}
