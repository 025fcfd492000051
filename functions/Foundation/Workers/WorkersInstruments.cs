using System.Diagnostics.Metrics;

namespace Foundation.Workers;

/// <summary>Metrics of the workers: meter <c>Foundation.Workers</c>.</summary>
public sealed class WorkersInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Foundation.Workers";

    private readonly Counter<long> _delivered;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _woken;
    private readonly Counter<long> _swept;

    /// <summary>Creates the instruments.</summary>
    public WorkersInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _delivered = meter.CreateCounter<long>("foundation.posts.delivered", "{post}", "Posts received by their room");
        _failed = meter.CreateCounter<long>("foundation.posts.failed", "{post}", "Deliveries of posts that failed and will be repeated");
        _lost = meter.CreateCounter<long>("foundation.wakeups.lost", "{wakeup}", "Wake-ups that could not be handed to the carrier");
        _woken = meter.CreateCounter<long>("foundation.wakeups.received", "{wakeup}", "Wake-ups brought to their room");
        _swept = meter.CreateCounter<long>("foundation.sweeps.found", "{lane}", "Overdue lanes that the sweeper found");
    }

    internal void PostDelivered(string room) => _delivered.Add(1, new KeyValuePair<string, object?>("room", room));

    internal void PostFailed(string room) => _failed.Add(1, new KeyValuePair<string, object?>("room", room));

    internal void WakeUpsLost(int count) => _lost.Add(count);

    internal void Woken(string room) => _woken.Add(1, new KeyValuePair<string, object?>("room", room));

    internal void Swept(string room) => _swept.Add(1, new KeyValuePair<string, object?>("room", room));
}
