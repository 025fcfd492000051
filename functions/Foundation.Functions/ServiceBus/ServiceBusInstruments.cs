using System.Diagnostics.Metrics;

namespace Foundation.Functions.ServiceBus;

/// <summary>Metrics of the messages: meter <c>Foundation.Functions</c>.</summary>
internal sealed class ServiceBusInstruments
{
    public const string MeterName = "Foundation.Functions";

    private readonly Counter<long> _settled;
    private readonly Counter<long> _dead;

    public ServiceBusInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _settled = meter.CreateCounter<long>("foundation.messages.settled", "{message}", "Messages by queue and what became of them");
        _dead = meter.CreateCounter<long>("foundation.messages.dead", "{message}", "Dead letters by why they are such");
    }

    public void Settled(string queue, string outcome) =>
        _settled.Add(1, new KeyValuePair<string, object?>("queue", queue), new KeyValuePair<string, object?>("outcome", outcome));

    // The broker's own reasons are few; a person with the portal can write any.
    public void DeadLetter(string reason) => _dead.Add(1, new KeyValuePair<string, object?>("reason", Known(reason)));

    private static string Known(string reason) => reason is DeadLetterReasons.Task or DeadLetterReasons.NotAWakeUp
        or "MaxDeliveryCountExceeded" or "TTLExpiredException" or "HeaderSizeExceeded" ? reason : "other";
}
