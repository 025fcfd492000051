using System.Diagnostics.Metrics;

namespace Foundation.Api;

/// <summary>Metrics of the door: meter <c>Foundation.Api</c>.</summary>
internal sealed class ApiInstruments
{
    public const string MeterName = "Foundation.Api";

    private readonly Counter<long> _replayed;
    private readonly Counter<long> _takenOver;
    private readonly UpDownCounter<long> _watches;

    public ApiInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _replayed = meter.CreateCounter<long>("foundation.idempotency.replayed", "{request}", "Repeats that got the first answer");
        _takenOver = meter.CreateCounter<long>("foundation.idempotency.taken_over", "{request}", "Repeats that completed a lost first request");
        _watches = meter.CreateUpDownCounter<long>("foundation.watches.open", "{watch}", "Open watches");
    }

    public void Replayed() => _replayed.Add(1);

    public void TakenOver() => _takenOver.Add(1);

    public void WatchOpened() => _watches.Add(1);

    public void WatchClosed() => _watches.Add(-1);
}
