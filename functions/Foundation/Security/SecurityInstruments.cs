using System.Diagnostics.Metrics;

namespace Foundation.Security;

/// <summary>Metrics of the door: meter <c>Foundation.Security</c>.</summary>
internal sealed class SecurityInstruments
{
    public const string MeterName = "Foundation.Security";

    private readonly Counter<long> _refused;
    private readonly Counter<long> _evicted;
    private readonly Counter<long> _reads;

    public SecurityInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _refused = meter.CreateCounter<long>("foundation.keys.refused", "{request}", "Requests refused for their credentials, by reason");
        _evicted = meter.CreateCounter<long>("foundation.keys.evicted", "{key}", "Keys dropped from memory because it held as many as it may");
        _reads = meter.CreateCounter<long>("foundation.keys.read", "{read}", "Reads of a key from the store, because memory did not know it");
    }

    /// <param name="reason">One of few fixed words.</param>
    public void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Evicted(int count) => _evicted.Add(count);

    public void Read() => _reads.Add(1);
}
