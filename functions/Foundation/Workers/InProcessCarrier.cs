using System.Threading.Channels;

namespace Foundation.Workers;

/// <summary>
/// The carrier of a host with one process: a channel and an alarm clock. A full channel loses wake-ups, which is allowed: the
/// sweeper finds what they were about.
/// </summary>
public sealed class InProcessCarrier : ICarrier, IDisposable
{
    private const int ChannelBound = 65_536;
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly Channel<WakeUp> _channel = Channel.CreateBounded<WakeUp>(new BoundedChannelOptions(ChannelBound)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
        SingleReader = true,
        AllowSynchronousContinuations = true,
    });

    private readonly AlarmClock _alarms;
    private readonly IStore _store;
    private readonly RoomDirectory _directory;
    private readonly Waker _waker;
    private readonly WorkTracker _tracker;
    private readonly TimeProvider _time;

    /// <summary>Creates it; <see cref="PrimeAsync"/> then reads the lanes of the store.</summary>
    public InProcessCarrier(IStore store, RoomDirectory directory, Waker waker, WorkTracker tracker, TimeProvider time)
    {
        (_store, _directory, _waker, _tracker, _time) = (store, directory, waker, tracker, time);
        _alarms = new AlarmClock(time, (shard, lane) => _channel.Writer.TryWrite(new WakeUp(shard, lane, 0, Promptness.Sweep)));
    }

    /// <inheritdoc/>
    public bool CarriesSweeps => true;

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<WakeUp> wakeUps, CancellationToken ct)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var wakeUp in wakeUps.Span)
        {
            if (wakeUp.At > now)
            {
                _alarms.Arm(wakeUp.Shard, wakeUp.Lane, wakeUp.At);
            }
            else
            {
                _channel.Writer.TryWrite(wakeUp);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Arms every lane that holds rows: after a start, and for what a full channel lost.</summary>
    internal async ValueTask PrimeAsync(CancellationToken ct)
    {
        foreach (var space in _directory.Spaces)
        {
            for (var number = 0; number < _store.Shards; number++)
            {
                await PrimeShardAsync(new Shard(space, number), ct);
            }
        }
    }

    /// <summary>Brings wake-ups to their rooms until cancelled.</summary>
    internal async Task PumpAsync(CancellationToken ct)
    {
        await foreach (var wakeUp in _channel.Reader.ReadAllAsync(ct))
        {
            _tracker.Track(LookAsync(wakeUp, ct));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _alarms.Dispose();

    private async ValueTask PrimeShardAsync(Shard shard, CancellationToken ct)
    {
        const int PageSize = 500;
        string? after = null;
        while (true)
        {
            var lanes = await _store.LanesAsync(shard, "", after, PageSize, ct);
            foreach (var lane in lanes)
            {
                if (IsTimed(lane.Lane))
                {
                    _alarms.Arm(shard, lane.Lane, lane.EarliestAt);
                }
            }

            if (lanes.Count < PageSize)
            {
                return;
            }

            after = lanes[^1].Lane;
        }
    }

    private async ValueTask LookAsync(WakeUp wakeUp, CancellationToken ct)
    {
        await _waker.TryWakeAsync(wakeUp, ct);
        // Whatever still waits in the lane, or comes next, is rung for again.
        if (!ct.IsCancellationRequested && IsTimed(wakeUp.Lane))
        {
            await RearmAsync(wakeUp, ct);
        }
    }

    private async ValueTask RearmAsync(WakeUp wakeUp, CancellationToken ct)
    {
        try
        {
            var next = await _store.ListDueAsync(wakeUp.Shard, new LaneRange(wakeUp.Lane), new Listing(1), ct);
            if (next.Items is [{ Due: { } due }])
            {
                var soon = (_time.GetUtcNow() + Again).ToUnixTimeMilliseconds();
                var overdue = due.At <= _time.GetUtcNow().ToUnixTimeMilliseconds();
                _alarms.Arm(wakeUp.Shard, wakeUp.Lane, overdue ? soon : due.At);
            }
        }
        catch (StoreUnavailableException)
        {
            _alarms.Arm(wakeUp.Shard, wakeUp.Lane, (_time.GetUtcNow() + Again).ToUnixTimeMilliseconds());
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    // Lanes whose rows wait for capacity, not for a time, are never rung for: their room looks when capacity comes.
    private bool IsTimed(string lane) =>
        lane == PostRows.PendingLane || _directory.FindLane(lane) is ({ Promptness: not Promptness.Listed, MayWake: null }, _);
}
