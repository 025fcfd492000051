using System;
using System.Collections.Generic;

namespace Azure.Messaging.ServiceBus;

// The one way to make a received message, here as there: tests of the triggers use it.
public static class ServiceBusModelFactory
{
    public static ServiceBusReceivedMessage ServiceBusReceivedMessage(
        BinaryData? body = null,
        string? messageId = null,
        string? partitionKey = null,
        string? viaPartitionKey = null,
        string? sessionId = null,
        string? replyToSessionId = null,
        TimeSpan timeToLive = default,
        string? correlationId = null,
        string? subject = null,
        string? to = null,
        string? contentType = null,
        string? replyTo = null,
        DateTimeOffset scheduledEnqueueTime = default,
        IDictionary<string, object>? properties = null,
        Guid lockTokenGuid = default,
        int deliveryCount = 0,
        DateTimeOffset lockedUntil = default,
        long sequenceNumber = -1,
        string? deadLetterSource = null,
        long enqueuedSequenceNumber = 0,
        DateTimeOffset enqueuedTime = default,
        ServiceBusMessageState serviceBusMessageState = ServiceBusMessageState.Active) => new()
        {
            ApplicationProperties = properties is null ? new Dictionary<string, object>() : new Dictionary<string, object>(properties),
            Body = body ?? BinaryData.Empty,
            ContentType = contentType,
            CorrelationId = correlationId,
            DeadLetterSource = deadLetterSource,
            DeliveryCount = deliveryCount,
            EnqueuedTime = enqueuedTime,
            LockedUntil = lockedUntil,
            LockToken = lockTokenGuid.ToString(),
            MessageId = messageId,
            ScheduledEnqueueTime = scheduledEnqueueTime,
            SequenceNumber = sequenceNumber,
            SessionId = sessionId,
            Subject = subject,
        };

    public static ServiceBusMessageBatch ServiceBusMessageBatch(
        long batchSizeBytes,
        IList<ServiceBusMessage> batchMessageStore,
        CreateMessageBatchOptions? batchOptions = null,
        Func<ServiceBusMessage, bool>? tryAddCallback = null) => new(batchSizeBytes, batchMessageStore, tryAddCallback);
}
