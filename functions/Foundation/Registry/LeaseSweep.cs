using Foundation.Registry.View;
using Microsoft.Extensions.Logging;

namespace Foundation.Registry;

/// <summary>Looks at leases whose time may have come, and at what was down or removed for long enough.</summary>
internal sealed class LeaseSweep(
    IStore store,
    RegistryService service,
    RegistryLoader loader,
    RegistryView view,
    Committer committer,
    TimeProvider time,
    ILogger<LeaseSweep> logger)
{
    private const int RowsPerLook = 96;
    private const int LooksMax = 100;
    private const int AtOnce = 16;

    // A row that moves touches itself, its old and its new place; a commit holds 100.
    private const int MovesPerCommit = 32;

    // Rows are looked at when they are due; this only finds what a clock that stepped back left behind.
    private static readonly TimeSpan Overlooked = TimeSpan.FromSeconds(1);

    /// <summary>Looks at a lane of a shard.</summary>
    public async ValueTask LookAsync(Shard shard, string lane, CancellationToken ct)
    {
        await loader.EnsureLoadedAsync(ct);
        view.ObserveClock();
        for (var looks = 0; looks < LooksMax; looks++)
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var due = await store.ListDueAsync(shard, new LaneRange(lane, To: now + 1), new Listing(RowsPerLook), ct);
            var moved = lane == RegistryTables.LeasesLane ? await ExpireAsync(shard, due.Items, ct) : await ForgetAsync(due.Items, ct);
            if (due.Items.Count < RowsPerLook || moved == 0)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Ends leases by what this process heard itself. In a single process that is the truth; rows may promise more after the clock
    /// stepped back.
    /// </summary>
    public async ValueTask LookAtViewAsync(CancellationToken ct)
    {
        await loader.EnsureLoadedAsync(ct);
        view.ObserveClock();
        var now = time.GetUtcNow();
        var ended = view.Snapshot.All.Where(i => i.Status != InstanceStatus.Down && i.Activity.Deadline + Overlooked <= now).ToList();
        foreach (var chunk in ended.Chunk(AtOnce))
        {
            await Task.WhenAll(chunk.Select(i => TryAsync(i.Service, i.Name, service.ExpireAsync, ct)));
        }
    }

    private async ValueTask<int> ExpireAsync(Shard shard, IReadOnlyList<Row> rows, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        List<Row> renewed = [];
        List<(string Service, string Name)> ended = [];
        foreach (var row in rows)
        {
            var deadline = view.DeadlineOf(row.Key.Text!, RegistryJson.Lease(row));
            if (deadline <= now)
            {
                ended.Add(Split(row));
            }
            else
            {
                renewed.Add(row);
            }
        }

        var moved = 0;
        foreach (var chunk in ended.Chunk(AtOnce))
        {
            moved += (await Task.WhenAll(chunk.Select(e => TryAsync(e.Service, e.Name, service.ExpireAsync, ct)))).Count(ok => ok);
        }

        foreach (var chunk in renewed.Chunk(MovesPerCommit))
        {
            moved += await MoveAsync(shard, chunk, ct);
        }

        return moved;
    }

    // Heartbeats leave the row where it waits; here it moves on to the end that the last of them gave.
    private async ValueTask<int> MoveAsync(Shard shard, Row[] rows, CancellationToken ct)
    {
        if (await committer.CommitAsync(shard, [.. rows.Select(Move)], ct) is CommitResult.Committed)
        {
            return rows.Length;
        }

        // One of them was heard meanwhile: the others must not wait for it.
        var moved = 0;
        foreach (var row in rows)
        {
            moved += await committer.CommitAsync(shard, [Move(row)], ct) is CommitResult.Committed ? 1 : 0;
        }

        return moved;
    }

    private Write Move(Row row)
    {
        var lease = RegistryJson.Lease(row);
        Due? due = view.DeadlineOf(row.Key.Text!, lease) is { } deadline && lease.Live
            ? new Due(RegistryTables.LeasesLane, deadline.ToUnixTimeMilliseconds(), Promptness.Sweep)
            : null;
        return new Write.Replace(row.Reference, row.State, due);
    }

    private async ValueTask<int> ForgetAsync(IReadOnlyList<Row> rows, CancellationToken ct)
    {
        var moved = 0;
        foreach (var (name, instance) in rows.Select(Split))
        {
            moved += await TryAsync(name, instance, service.ForgetAsync, ct) ? 1 : 0;
        }

        return moved;
    }

    private async Task<bool> TryAsync(
        string name, string instance, Func<string, string, CancellationToken, ValueTask<bool>> command, CancellationToken ct)
    {
        try
        {
            return await command(name, instance, ct);
        }
        catch (StoreUnavailableException e)
        {
            logger.NotExpired(RegistryTables.FullName(name, instance), e);
            return false;
        }
    }

    private static (string Service, string Name) Split(Row row)
    {
        var slash = row.Key.Text!.IndexOf('/', StringComparison.Ordinal);
        return (row.Key.Text[..slash], row.Key.Text[(slash + 1)..]);
    }
}
