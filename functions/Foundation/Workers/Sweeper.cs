using Microsoft.Extensions.Logging;

namespace Foundation.Workers;

/// <summary>
/// Finds what nobody was told of: walks the overdue lanes of each shard, wakes rooms in place for <see cref="Promptness.Sweep"/>
/// and sends wake-ups again for <see cref="Promptness.Prompt"/>. So a process that dies between commit and send costs a minute,
/// never a task.
/// </summary>
public sealed class Sweeper(
    IStore store, RoomDirectory directory, ICarrier carrier, Waker waker, TimeProvider time, WorkersInstruments instruments, ILogger<Sweeper> logger)
{
    private const int LanesPerPage = 200;
    private const int SendsPerLane = 32;
    private const int LanesPerShard = 2_000;
    private readonly Dictionary<Shard, string?> _cursors = [];
    private readonly Lock _gate = new();

    /// <summary>One sweep of all shards, bounded; a rotating cursor goes on where the last one stopped.</summary>
    public async ValueTask SweepAsync(CancellationToken ct)
    {
        foreach (var space in directory.Spaces)
        {
            for (var number = 0; number < store.Shards; number++)
            {
                await TrySweepAsync(new Shard(space, number), ct);
            }
        }
    }

    private async ValueTask TrySweepAsync(Shard shard, CancellationToken ct)
    {
        try
        {
            await SweepAsync(shard, ct);
        }
        catch (StoreUnavailableException e)
        {
            logger.SweepFailed(shard.ToString(), e);
        }
    }

    private async ValueTask SweepAsync(Shard shard, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var after = Cursor(shard);
        for (var seen = 0; seen < LanesPerShard; seen += LanesPerPage)
        {
            var lanes = await store.LanesAsync(shard, "", after, LanesPerPage, ct);
            foreach (var lane in lanes)
            {
                if (lane.EarliestAt <= now)
                {
                    await LookAsync(shard, lane.Lane, now, ct);
                }
            }

            after = lanes.Count < LanesPerPage ? null : lanes[^1].Lane;
            if (after is null)
            {
                break;
            }
        }

        SetCursor(shard, after);
    }

    private async ValueTask LookAsync(Shard shard, string lane, long now, CancellationToken ct)
    {
        if (lane == PostRows.PendingLane)
        {
            await waker.TryWakeAsync(new WakeUp(shard, lane, now, Promptness.Sweep), ct);
            return;
        }

        if (directory.FindLane(lane) is not var (family, room)
            || family.Promptness == Promptness.Listed
            || family.MayWake?.Invoke(lane) == false)
        {
            return;
        }

        instruments.Swept(room.Info.Name);
        if (family.Promptness == Promptness.Sweep)
        {
            await waker.TryWakeAsync(new WakeUp(shard, lane, now, Promptness.Sweep), ct);
        }
        else
        {
            await SendAgainAsync(shard, lane, family.Form, now, ct);
        }
    }

    private async ValueTask SendAgainAsync(Shard shard, string lane, LaneForm form, long now, CancellationToken ct)
    {
        if (form == LaneForm.WholeLane)
        {
            await carrier.SendAsync(new[] { new WakeUp(shard, lane, now, Promptness.Prompt) }, ct);
            return;
        }

        var due = await store.ListDueAsync(shard, new LaneRange(lane, To: now + 1), new Listing(SendsPerLane), ct);
        await carrier.SendAsync(due.Items.Select(r => new WakeUp(shard, lane, now, Promptness.Prompt, r.Key)).ToArray(), ct);
    }

    private string? Cursor(Shard shard)
    {
        lock (_gate)
        {
            return _cursors.GetValueOrDefault(shard);
        }
    }

    private void SetCursor(Shard shard, string? after)
    {
        lock (_gate)
        {
            _cursors[shard] = after;
        }
    }
}
