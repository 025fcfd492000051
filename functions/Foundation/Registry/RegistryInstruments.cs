using System.Diagnostics.Metrics;

namespace Foundation.Registry;

/// <summary>Metrics of the registry: meter <c>Foundation.Registry</c>. Also remembers what <c>GET /api/registry</c> answers.</summary>
public sealed class RegistryInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Foundation.Registry";

    private readonly Meter _meter;
    private readonly Counter<long> _commands;
    private readonly Counter<long> _events;
    private readonly Counter<long> _heartbeats;
    private readonly Counter<long> _outcomes;
    private readonly Counter<long> _picks;
    private readonly Histogram<double> _expiryLag;
    private readonly Histogram<double> _refresh;
    private long _registered;
    private long _superseded;
    private long _expired;
    private long _removed;
    private long _ejected;
    private long _lastLag;
    private long _greatestLag;

    /// <summary>Creates the instruments.</summary>
    public RegistryInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _commands = _meter.CreateCounter<long>(
            "foundation.registry.changes", "{change}", "Instances registered, superseded, expired, removed");
        _events = _meter.CreateCounter<long>(
            "foundation.registry.events", "{event}", "Instances that became available, unavailable or superseded in the view");
        _heartbeats = _meter.CreateCounter<long>(
            "foundation.registry.heartbeats", "{heartbeat}", "Heartbeats, by whether the lease still stood");
        _outcomes = _meter.CreateCounter<long>(
            "foundation.registry.outcomes", "{call}", "Outcomes of calls to instances as they count for ejection");
        _picks = _meter.CreateCounter<long>(
            "foundation.registry.picks", "{pick}", "Picks, by strategy and whether there was an instance");
        _expiryLag = _meter.CreateHistogram<double>(
            "foundation.registry.expiry.lag", "s", "From the end of a lease to its notice");
        _refresh = _meter.CreateHistogram<double>(
            "foundation.registry.refresh.duration", "s", "Reads of the registry where several processes write");
    }

    internal RegistryChurn Churn => new(
        Interlocked.Read(ref _registered), Interlocked.Read(ref _superseded), Interlocked.Read(ref _expired),
        Interlocked.Read(ref _removed), Interlocked.Read(ref _ejected));

    internal ExpiryLag ExpiryLag => new(
        TimeSpan.FromTicks(Interlocked.Read(ref _lastLag)), TimeSpan.FromTicks(Interlocked.Read(ref _greatestLag)));

    internal void Observe(Func<IReadOnlyList<Instance>> instances, Func<DateTimeOffset> now) => _meter.CreateObservableGauge(
        "foundation.registry.instances",
        () =>
        {
            var at = now();
            return instances().GroupBy(i => i.StatusAt(at))
                .Select(g => new Measurement<int>(g.Count(), new KeyValuePair<string, object?>("status", Kebab.Name(g.Key))));
        },
        "{instance}",
        "Instances, by status");

    internal void Changed(InstanceEventKind kind) => _events.Add(1, new KeyValuePair<string, object?>("kind", Kebab.Name(kind)));

    internal void Happened(InstanceMomentType type)
    {
        switch (type)
        {
            case InstanceMomentType.Registered:
                Interlocked.Increment(ref _registered);
                break;
            case InstanceMomentType.Superseded:
                Interlocked.Increment(ref _superseded);
                break;
            case InstanceMomentType.Expired:
                Interlocked.Increment(ref _expired);
                break;
            case InstanceMomentType.Removed:
                Interlocked.Increment(ref _removed);
                break;
        }

        _commands.Add(1, new KeyValuePair<string, object?>("type", Kebab.Name(type)));
    }

    internal void Ejected() => Interlocked.Increment(ref _ejected);

    internal void Heard(bool stands) => _heartbeats.Add(1, new KeyValuePair<string, object?>("accepted", stands));

    internal void Outcome(InstanceOutcome outcome) => _outcomes.Add(1, new KeyValuePair<string, object?>("outcome", Kebab.Name(outcome)));

    internal void Picked(PickStrategy strategy, bool found) => _picks.Add(
        1, new KeyValuePair<string, object?>("strategy", Kebab.Name(strategy)), new KeyValuePair<string, object?>("found", found));

    internal void Late(TimeSpan lag)
    {
        Interlocked.Exchange(ref _lastLag, lag.Ticks);
        long seen;
        while ((seen = Interlocked.Read(ref _greatestLag)) < lag.Ticks)
        {
            Interlocked.CompareExchange(ref _greatestLag, lag.Ticks, seen);
        }

        _expiryLag.Record(lag.TotalSeconds);
    }

    internal void Refreshed(TimeSpan duration) => _refresh.Record(duration.TotalSeconds);
}
