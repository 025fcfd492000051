using System.Collections.Immutable;
using Foundation.Registry.Health;
using Foundation.Registry.Leases;

namespace Foundation.Registry.View;

/// <summary>
/// What this process knows: one snapshot, replaced as a whole. Readers take no lock; writers are commits of this process, and reads of
/// the store where others write too. Events are raised after the snapshot was replaced and outside of the lock, so they may be seen
/// out of order: a subscriber looks at the snapshot for what is true.
/// </summary>
internal sealed class RegistryView : IDisposable
{
    private readonly Lock _gate = new();
    private readonly LeaseClock _clock;
    private readonly LeaseDeadlines _deadlines;
    private readonly HostProfile _profile;
    private readonly RegistryInstruments _instruments;
    private readonly ReturnAlarms _returns;

    // A commit may be applied after a later one of the same row: what was removed must not come back by it.
    private readonly Dictionary<string, InstanceState> _removed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private ImmutableArray<Action<InstanceEvent>> _subscribers = [];
    private RegistrySnapshot _snapshot = RegistrySnapshot.Empty;

    public RegistryView(
        LeaseClock clock, LeaseDeadlines deadlines, HostProfile profile, RegistryInstruments instruments, TimeProvider time)
    {
        (_clock, _deadlines, _profile, _instruments) = (clock, deadlines, profile, instruments);
        _returns = new ReturnAlarms(time, Return);
        instruments.Observe(() => Snapshot.All, () => _clock.Now);
    }

    public RegistrySnapshot Snapshot => Volatile.Read(ref _snapshot);

    public IDisposable Subscribe(Action<InstanceEvent> onEvent)
    {
        ImmutableInterlocked.Update(ref _subscribers, list => list.Add(onEvent));
        return new Subscription(() => ImmutableInterlocked.Update(ref _subscribers, list => list.Remove(onEvent)));
    }

    /// <summary>Takes what this process committed.</summary>
    public void Apply(InstanceState state, LeaseState lease)
    {
        List<InstanceEvent> events = [];
        lock (_gate)
        {
            _touched.Add(state.FullName);
            Put(state, lease, events);
        }

        Raise(events);
    }

    /// <summary>Takes a heartbeat that this process committed.</summary>
    public void Hear(string fullName, LeaseState lease)
    {
        InstanceEvent? heardAgain = null;
        if (Snapshot.Find(fullName) is { Source: { } source } instance && source.Id == lease.Id && source.Generation == lease.Generation)
        {
            var now = _clock.Now;
            var alive = instance.Activity.AliveAt(now);
            instance.Activity.Hear(lease, _deadlines.Of(lease));
            heardAgain = !alive && instance.EligibleAt(now) ? new InstanceEvent(InstanceEventKind.Available, instance) : null;
        }

        Raise(heardAgain is null ? [] : [heardAgain]);
    }

    /// <summary>A row is gone for good.</summary>
    public void Forget(InstanceState state)
    {
        List<InstanceEvent> events = [];
        lock (_gate)
        {
            _removed.Remove(state.FullName);
            if (_snapshot.Find(state.FullName) is { } known && known.Source?.Id == state.Id)
            {
                Drop(known, events);
            }
        }

        Raise(events);
    }

    /// <summary>A read of the store begins: what is committed here while it runs is newer than what it will bring.</summary>
    public void BeginRead()
    {
        lock (_gate)
        {
            _touched.Clear();
        }
    }

    /// <summary>Takes a read of the store. Leases are null when only membership was read.</summary>
    public void EndRead(IReadOnlyCollection<InstanceState> states, IReadOnlyDictionary<string, LeaseState>? leases)
    {
        List<InstanceEvent> events = [];
        lock (_gate)
        {
            Remember(states);
            var fresh = new Dictionary<string, Instance>(states.Count, StringComparer.Ordinal);
            foreach (var state in states.Where(s => s.Phase != InstancePhase.Removed && !_touched.Contains(s.FullName)))
            {
                fresh[state.FullName] = Renewed(state, leases?.GetValueOrDefault(state.FullName));
            }

            foreach (var touched in _touched.Select(_snapshot.Find).OfType<Instance>())
            {
                fresh[touched.FullName] = touched;
            }

            var before = _snapshot;
            if (fresh.Count == before.Count && fresh.Values.All(i => ReferenceEquals(before.Find(i.FullName), i)))
            {
                return;
            }

            Volatile.Write(ref _snapshot, RegistrySnapshot.Of(fresh.Values));
            var now = _clock.Now;
            events.AddRange(fresh.Values
                .Select(i => (Before: before.Find(i.FullName), After: i))
                .Where(p => !ReferenceEquals(p.Before, p.After))
                .SelectMany(p => InstanceChanges.Between(p.Before, p.After, now)));
            events.AddRange(before.All.Where(i => !fresh.ContainsKey(i.FullName)).SelectMany(i => InstanceChanges.Between(i, null, now)));
        }

        Raise(events);
    }

    /// <summary>Takes what the fleet holds against the instances of a service.</summary>
    public void Apply(string service, ServiceHealth health)
    {
        List<InstanceEvent> events = [];
        lock (_gate)
        {
            var now = _clock.Now;
            foreach (var old in Snapshot.OfService(service))
            {
                // What an older generation did is not held against its successor.
                var known = health.Instances.GetValueOrDefault(old.Name);
                var held = known is { Ejection: { } e } && known.Generation == old.Generation
                    ? new InstanceHealth(e.Until, e.RecoveredAt, e.Count)
                    : null;
                if (held == old.Health)
                {
                    continue;
                }

                var after = old with { Health = held };
                Volatile.Write(ref _snapshot, _snapshot.With(after));
                events.AddRange(InstanceChanges.Between(old, after, now));
                Watch(after, held?.EjectedUntil, now);
                if (held?.EjectedUntil > now && held.EjectedUntil != old.Health?.EjectedUntil)
                {
                    _instruments.Ejected();
                }
            }
        }

        Raise(events);
    }

    /// <summary>This process alone gives an instance no work until then: the fleet has not heard yet.</summary>
    public void EjectHere(Instance instance, DateTimeOffset until)
    {
        var now = _clock.Now;
        var could = instance.EligibleAt(now);
        instance.Activity.EjectUntil(until);
        Watch(instance, until, now);
        Raise(could ? [new InstanceEvent(InstanceEventKind.Unavailable, instance)] : []);
    }

    /// <summary>When a lease counts as ended: in a single process what it heard itself is the truth, else the row.</summary>
    public DateTimeOffset? DeadlineOf(string fullName, LeaseState lease) =>
        _profile.SingleProcess && Known(fullName, lease) is { } activity ? activity.Deadline : _deadlines.Of(lease);

    /// <summary>
    /// The lease with the end that counts here. After the clock stepped back a row promises more than a lease, and in a single process
    /// nobody else reads it.
    /// </summary>
    public LeaseState Correct(string fullName, LeaseState lease) =>
        _profile.SingleProcess && lease.ExpiresAt is not null && Known(fullName, lease)?.Deadline is { } deadline
            ? lease with { ExpiresAt = deadline }
            : lease;

    /// <summary>Looks whether the clock stepped; then everybody has one lease from now on.</summary>
    public void ObserveClock()
    {
        if (_clock.Stepped())
        {
            Grant(stepped: true);
        }
    }

    /// <summary>This process could not hear anybody: everybody has one lease from now on.</summary>
    public void GrantGrace() => Grant(stepped: false);

    public void Dispose() => _returns.Dispose();

    private void Grant(bool stepped)
    {
        var now = _clock.Now;
        _deadlines.Grant(now);
        foreach (var activity in Snapshot.All.Select(i => i.Activity))
        {
            if (activity.Lease is { Term: { } term } lease)
            {
                activity.SetDeadline(stepped && _profile.SingleProcess ? now + term : _deadlines.Of(lease));
            }
        }
    }

    private InstanceActivity? Known(string fullName, LeaseState lease) =>
        Snapshot.Find(fullName) is { Source: { } source } instance && source.Id == lease.Id && source.Generation == lease.Generation
            ? instance.Activity
            : null;

    private void Put(InstanceState state, LeaseState lease, List<InstanceEvent> events)
    {
        var known = _snapshot.Find(state.FullName);
        if (Outdated(state, known?.Source) || Outdated(state, _removed.GetValueOrDefault(state.FullName)))
        {
            return;
        }

        if (state.Phase == InstancePhase.Removed)
        {
            _removed[state.FullName] = state;
            if (known is not null)
            {
                Drop(known, events);
            }

            return;
        }

        _removed.Remove(state.FullName);
        var after = Renewed(state, lease);
        Volatile.Write(ref _snapshot, _snapshot.With(after));
        events.AddRange(InstanceChanges.Between(known, after, _clock.Now));
    }

    // What others have forgotten needs no remembering here either.
    private void Remember(IReadOnlyCollection<InstanceState> states)
    {
        foreach (var name in _removed.Keys.Where(n => !_touched.Contains(n)).ToList())
        {
            _removed.Remove(name);
        }

        foreach (var state in states.Where(s => s.Phase == InstancePhase.Removed && !_touched.Contains(s.FullName)))
        {
            _removed[state.FullName] = state;
        }
    }

    private static bool Outdated(InstanceState state, InstanceState? known) => known is not null
        && (known.Id == state.Id ? known.Revision > state.Revision : string.CompareOrdinal(known.Id, state.Id) > 0);

    // The same object while the row is the same: activity and identity stay, and nobody is told of nothing.
    private Instance Renewed(InstanceState state, LeaseState? lease)
    {
        var known = _snapshot.Find(state.FullName);
        var same = known?.Source is { } source && source.Id == state.Id ? known : null;
        var activity = same?.Activity ?? new InstanceActivity();
        if (same is not null && same.Generation != state.Generation)
        {
            activity.Tally.Reset();
            activity.EjectUntil(null);
        }

        if (lease is not null && !(activity.Lease is { } old && old.Generation == lease.Generation && old.HeardAt > lease.HeardAt))
        {
            activity.Hear(lease, _deadlines.Of(lease));
        }

        return same?.Source?.Revision == state.Revision
            ? same
            : InstanceFactory.From(state, activity, same?.Generation == state.Generation ? same.Health : null);
    }

    private void Drop(Instance known, List<InstanceEvent> events)
    {
        Volatile.Write(ref _snapshot, _snapshot.Without(known));
        events.AddRange(InstanceChanges.Between(known, null, _clock.Now));
    }

    private void Watch(Instance instance, DateTimeOffset? until, DateTimeOffset now)
    {
        if (until > now)
        {
            _returns.Arm(instance.FullName, until.Value);
        }
    }

    // An ejection ends by time alone, so nobody commits that it did.
    private void Return(string fullName)
    {
        if (Snapshot.Find(fullName) is { } instance && instance.EligibleAt(_clock.Now))
        {
            Raise([new InstanceEvent(InstanceEventKind.Available, instance)]);
        }
    }

    private void Raise(IReadOnlyList<InstanceEvent> events)
    {
        foreach (var change in events)
        {
            _instruments.Changed(change.Kind);
            foreach (var subscriber in _subscribers)
            {
                subscriber(change);
            }
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
