using Foundation.Queues;
using Foundation.Registry;

namespace Foundation.Tasks.Dispatch;

/// <summary>
/// Slots against waiting lanes, decided under one lock, so that no row waits beside a free slot: whoever brings a row either
/// gets a slot or is noted; whoever frees a slot either gets a lane or the slot is free before the next row comes.
/// </summary>
internal sealed class SlotLedger : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IInstanceDirectory _directory;
    private readonly IQueues _queues;
    private readonly TimeProvider _time;
    private readonly IDisposable _subscription;
    private readonly Dictionary<string, InstanceSlots> _slots = new(StringComparer.Ordinal);
    private readonly WaitingLanes _waiting = new();
    private Dictionary<string, InstanceSlots[]> _byTarget = new(StringComparer.Ordinal);
    private bool _stale = true;
    private int _turn;

    public SlotLedger(IInstanceDirectory directory, IQueues queues, TimeProvider time)
    {
        (_directory, _queues, _time) = (directory, queues, time);
        _subscription = directory.Subscribe(_ => Volatile.Write(ref _stale, true));
    }

    public int WaitingLanes
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>A slot for a row of the lane, or null: then the lane is noted and the next free slot looks there.</summary>
    public InstanceSlots? ReserveOrWait(Shard shard, string lane, string targetKey, string queue, TaskPriority priority)
    {
        lock (_gate)
        {
            var slot = _queues.PauseOf(queue) is null ? TryReserve(targetKey) : null;
            if (slot is null)
            {
                _waiting.Note(shard, lane, targetKey, priority);
            }

            return slot;
        }
    }

    /// <summary>A slot for a task that is not stored yet; null where others of its target wait already.</summary>
    public InstanceSlots? ReserveAhead(string targetKey, string queue)
    {
        lock (_gate)
        {
            return _waiting.Any(targetKey) || _queues.PauseOf(queue) is not null ? null : TryReserve(targetKey);
        }
    }

    /// <summary>Notes a lane without asking for a slot.</summary>
    public void Note(Shard shard, string lane, string targetKey, TaskPriority priority)
    {
        lock (_gate)
        {
            _waiting.Note(shard, lane, targetKey, priority);
        }
    }

    /// <summary>A slot and the lane it shall look at, for a target; null when there is no slot or nothing waits.</summary>
    public (InstanceSlots Slot, LaneQueue Lane)? ReserveForWaiting(string targetKey)
    {
        lock (_gate)
        {
            if (!_waiting.Any(targetKey) || TryReserve(targetKey) is not { } slot)
            {
                return null;
            }

            if (_waiting.Next(slot.Keys, MayRun) is { } lane)
            {
                return (slot, lane);
            }

            slot.Pushing--;
            return null;
        }
    }

    /// <summary>The next lane for a slot that became free; when null, the slot has been given back.</summary>
    public LaneQueue? NextOrRelease(InstanceSlots slot, bool stop)
    {
        lock (_gate)
        {
            Refresh();
            var now = _time.GetUtcNow();
            slot.Pushing--;
            var lane = !stop && slot.HasRoom(now) ? _waiting.Next(slot.Keys, MayRun) : null;
            if (lane is not null)
            {
                slot.Pushing++;
            }

            return lane;
        }
    }

    /// <summary>A push was answered 202: the slot stays taken without a push.</summary>
    public void BecameAccepted(InstanceSlots slot)
    {
        lock (_gate)
        {
            slot.Accepted++;
        }
    }

    /// <summary>An attempt that was answered 202 is over.</summary>
    public void AcceptedEnded(string instance)
    {
        lock (_gate)
        {
            if (_slots.TryGetValue(instance, out var slot) && slot.Accepted > 0)
            {
                slot.Accepted--;
            }
        }
    }

    /// <summary>What the rows say that an instance has.</summary>
    public void Count(string instance, int accepted, int counted)
    {
        lock (_gate)
        {
            Refresh();
            if (_slots.TryGetValue(instance, out var slot))
            {
                (slot.Accepted, slot.Counted, slot.CountedAt) = (accepted, counted, _time.GetUtcNow());
            }
        }
    }

    public void Answered(InstanceSlots slot)
    {
        lock (_gate)
        {
            slot.Answered();
        }
    }

    /// <summary>The instance was busy or not there.</summary>
    /// <returns>Until when it is left alone.</returns>
    public DateTimeOffset Block(InstanceSlots slot, TimeSpan? retryAfter, string reason)
    {
        lock (_gate)
        {
            slot.Block(_time.GetUtcNow(), retryAfter, reason);
            return slot.BlockedUntil;
        }
    }

    public void Empty(LaneQueue lane, long arrivalsAtReading)
    {
        lock (_gate)
        {
            _waiting.Empty(lane, arrivalsAtReading);
        }
    }

    /// <summary>Whether any instance has room for a target now.</summary>
    public bool HasSlot(string targetKey)
    {
        lock (_gate)
        {
            Refresh();
            var now = _time.GetUtcNow();
            return _byTarget.TryGetValue(targetKey, out var slots) && Array.Exists(slots, s => s.HasRoom(now));
        }
    }

    /// <summary>A lane that waits for a target, or null.</summary>
    public LaneQueue? PeekWaiting(string targetKey)
    {
        lock (_gate)
        {
            return _waiting.Any(targetKey) ? _waiting.Next([targetKey], MayRun) : null;
        }
    }

    /// <summary>How the instances of a target stand, for explain.</summary>
    public IReadOnlyList<SlotView> Views(IReadOnlyList<Instance> instances)
    {
        lock (_gate)
        {
            Refresh();
            return [.. instances.Select(i => _slots.TryGetValue(i.FullName, out var s)
                ? new SlotView(i, s.Open, s.BlockedUntil, s.BlockedBecause)
                : new SlotView(i, 0, default, null))];
        }
    }

    /// <summary>The target keys that an instance can serve.</summary>
    public static IReadOnlyList<string> KeysOf(Instance instance) =>
    [
        TaskLanes.InstanceKey(instance.FullName),
        TaskLanes.ServiceKey(instance.Service),
        .. instance.Capabilities.Select(c => TaskLanes.CapabilityKey(c.Name)),
    ];

    public void Dispose() => _subscription.Dispose();

    private bool MayRun(LaneQueue lane) =>
        TaskLanes.TryParseQueued(lane.Lane, out var queue, out _, out _, out _) && _queues.PauseOf(queue) is null;

    // Least outstanding by weight; among equals in turn, so that idle instances share what comes one by one.
    private InstanceSlots? TryReserve(string targetKey)
    {
        Refresh();
        if (!_byTarget.TryGetValue(targetKey, out var slots))
        {
            return null;
        }

        var now = _time.GetUtcNow();
        InstanceSlots? best = null;
        var least = double.MaxValue;
        var start = (int)((uint)_turn++ % (uint)slots.Length);
        for (var i = 0; i < slots.Length && least > 0; i++)
        {
            var slot = slots[(start + i) % slots.Length];
            if (!slot.HasRoom(now))
            {
                continue;
            }

            var load = slot.Open / Math.Max(0.001, slot.Instance.WeightAt(now));
            if (load < least)
            {
                (best, least) = (slot, load);
            }
        }

        if (best is not null)
        {
            best.Pushing++;
        }

        return best;
    }

    private void Refresh()
    {
        if (!Volatile.Read(ref _stale))
        {
            return;
        }

        Volatile.Write(ref _stale, false);
        var byTarget = new Dictionary<string, List<InstanceSlots>>(StringComparer.Ordinal);
        foreach (var instance in _directory.All)
        {
            if (!_slots.TryGetValue(instance.FullName, out var slot))
            {
                _slots[instance.FullName] = slot = new InstanceSlots(instance);
            }

            slot.Instance = instance;
            if (instance.Endpoint is not null)
            {
                foreach (var key in slot.Keys)
                {
                    (System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(byTarget, key, out _) ??= []).Add(slot);
                }
            }
        }

        var gone = _slots.Where(s => s.Value.Open == 0 && _directory.Find(s.Value.Instance.Service, s.Value.Instance.Name) is null).ToList();
        gone.ForEach(s => _slots.Remove(s.Key));
        _byTarget = byTarget.ToDictionary(p => p.Key, p => p.Value.ToArray(), StringComparer.Ordinal);
    }
}

/// <summary>How one instance stands.</summary>
internal sealed record SlotView(Instance Instance, int Open, DateTimeOffset BlockedUntil, string? BlockedBecause);
