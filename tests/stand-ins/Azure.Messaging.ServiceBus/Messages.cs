using System;
using System.Collections.Generic;

namespace Azure.Messaging.ServiceBus;

public class ServiceBusMessage
{
    public ServiceBusMessage() { }

    public ServiceBusMessage(BinaryData body) => Body = body;

    public ServiceBusMessage(ReadOnlyMemory<byte> body) => Body = BinaryData.FromBytes(body);

    public IDictionary<string, object> ApplicationProperties { get; } = new Dictionary<string, object>();

    public BinaryData Body { get; set; } = BinaryData.Empty;

    public string? ContentType { get; set; }

    public string? CorrelationId { get; set; }

    public string? MessageId { get; set; }

    public DateTimeOffset ScheduledEnqueueTime { get; set; }

    public string? SessionId { get; set; }

    public string? Subject { get; set; }

    public TimeSpan TimeToLive { get; set; }
}

public class ServiceBusReceivedMessage
{
    internal ServiceBusReceivedMessage() { }

    public IReadOnlyDictionary<string, object> ApplicationProperties { get; internal init; } = new Dictionary<string, object>();

    public BinaryData Body { get; internal init; } = BinaryData.Empty;

    public string? ContentType { get; internal init; }

    public string? CorrelationId { get; internal init; }

    // The broker writes both into the application properties when it moves a message.
    public string? DeadLetterErrorDescription => Text("DeadLetterErrorDescription");

    public string? DeadLetterReason => Text("DeadLetterReason");

    public string? DeadLetterSource { get; internal init; }

    public int DeliveryCount { get; internal init; }

    public DateTimeOffset EnqueuedTime { get; internal init; }

    public DateTimeOffset LockedUntil { get; internal init; }

    public string LockToken { get; internal init; } = "";

    public string? MessageId { get; internal init; }

    public DateTimeOffset ScheduledEnqueueTime { get; internal init; }

    public long SequenceNumber { get; internal init; }

    public string? SessionId { get; internal init; }

    public string? Subject { get; internal init; }

    private string? Text(string property) => ApplicationProperties.TryGetValue(property, out object? value) ? value as string : null;
}

public enum ServiceBusMessageState
{
    Active = 0,
    Deferred = 1,
    Scheduled = 2,
}

public sealed class ServiceBusMessageBatch : IDisposable
{
    private readonly IList<ServiceBusMessage> _messages;
    private readonly Func<ServiceBusMessage, bool> _tryAdd;

    internal ServiceBusMessageBatch(long sizeInBytes, IList<ServiceBusMessage> messages, Func<ServiceBusMessage, bool>? tryAdd) =>
        (SizeInBytes, _messages, _tryAdd) = (sizeInBytes, messages, tryAdd ?? (_ => true));

    public int Count => _messages.Count;

    public long MaxSizeInBytes => throw StandIn.Never();

    public long SizeInBytes { get; }

    public void Dispose() { }

    public bool TryAddMessage(ServiceBusMessage message)
    {
        if (!_tryAdd(message))
            return false;
        _messages.Add(message);
        return true;
    }
}

public class CreateMessageBatchOptions
{
    public long? MaxSizeInBytes { get; set; }
}
