using Microsoft.Extensions.Logging;

namespace Foundation.Workers;

/// <summary>Brings a wake-up to the room that owns its lane. Carriers of every host call this.</summary>
public sealed class Waker(RoomDirectory directory, Courier courier, IStore store, TimeProvider time, WorkersInstruments instruments, ILogger<Waker> logger)
{
    private const int RowsPerLook = 32;

    /// <summary>Looks at the lane; throws what the room throws, so that a carrier with redelivery can use it.</summary>
    public async ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct)
    {
        if (wakeUp.Lane == PostRows.PendingLane)
        {
            await courier.DeliverLeftoversAsync(wakeUp.Shard, ct);
            return;
        }

        if (directory.FindLane(wakeUp.Lane) is not var (family, room))
        {
            logger.LaneWithoutRoom(wakeUp.Lane);
            return;
        }

        instruments.Woken(room.Info.Name);
        if (wakeUp.Key is null && family.Form == LaneForm.EachRow)
        {
            await WakeRowsAsync(wakeUp, room, ct);
        }
        else
        {
            await room.WakeAsync(wakeUp, ct);
        }
    }

    /// <summary>The same, but a failure is logged and left to the sweeper.</summary>
    public async ValueTask TryWakeAsync(WakeUp wakeUp, CancellationToken ct)
    {
        try
        {
            await WakeAsync(wakeUp, ct);
        }
#pragma warning disable CA1031 // Rows decide: whatever failed here is found again by the sweeper.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.WakeFailed(wakeUp.Lane, wakeUp.Shard.ToString(), e);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async ValueTask WakeRowsAsync(WakeUp wakeUp, IRoom room, CancellationToken ct)
    {
        var until = time.GetUtcNow().ToUnixTimeMilliseconds() + 1;
        var due = await store.ListDueAsync(wakeUp.Shard, new LaneRange(wakeUp.Lane, To: until), new Listing(RowsPerLook), ct);
        foreach (var row in due.Items)
        {
            await TryWakeAsync(wakeUp with { Key = row.Key, Row = null }, ct);
        }
    }
}
