#pragma warning disable CA2215 // Made without a connection, the real types have nothing to dispose of; the stand-ins refuse.

using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Foundation.Functions.Tests.Fakes;

/// <summary>A namespace that remembers what was sent, and how.</summary>
internal sealed class FakeServiceBus : ServiceBusClient
{
    /// <summary>Messages by queue.</summary>
    public ConcurrentDictionary<string, List<ServiceBusMessage>> Sent { get; } = new(StringComparer.Ordinal);

    /// <summary>How many messages each call took: 1 for a single one.</summary>
    public List<int> Calls { get; } = [];

    /// <summary>How many messages fit into a batch.</summary>
    public int BatchMax { get; set; } = 100;

    /// <summary>Thrown by sends to this queue.</summary>
    public Dictionary<string, Exception> Failures { get; } = new(StringComparer.Ordinal);

    public override ServiceBusSender CreateSender(string queueOrTopicName) => new Sender(this, queueOrTopicName);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Sender(FakeServiceBus bus, string queue) : ServiceBusSender
    {
        private readonly Dictionary<ServiceBusMessageBatch, List<ServiceBusMessage>> _batches = [];

        public override ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CancellationToken cancellationToken = default)
        {
            List<ServiceBusMessage> messages = [];
            var batch = ServiceBusModelFactory.ServiceBusMessageBatch(0, messages, null, _ => messages.Count < bus.BatchMax);
            _batches[batch] = messages;
            return new(batch);
        }

        public override Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default) => Take([message]);

        public override Task SendMessagesAsync(ServiceBusMessageBatch messageBatch, CancellationToken cancellationToken = default) => Take(_batches[messageBatch]);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private Task Take(List<ServiceBusMessage> messages)
        {
            if (bus.Failures.TryGetValue(queue, out var failure))
            {
                throw failure;
            }

            bus.Sent.GetOrAdd(queue, _ => []).AddRange(messages);
            bus.Calls.Add(messages.Count);
            return Task.CompletedTask;
        }
    }
}

/// <summary>Remembers how a message was settled.</summary>
internal sealed class FakeActions : ServiceBusMessageActions
{
    /// <summary><c>complete</c>, <c>dead-letter reason</c>.</summary>
    public List<string> Settled { get; } = [];

    /// <summary>Thrown by every settlement.</summary>
    public Exception? Failure { get; set; }

    public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => Settle("complete");

    public override Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default, CancellationToken cancellationToken = default) =>
        Settle("abandon");

    public override Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        Dictionary<string, object>? propertiesToModify = default,
        string? deadLetterReason = default,
        string? deadLetterErrorDescription = default,
        CancellationToken cancellationToken = default) => Settle($"dead-letter {deadLetterReason}");

    private Task Settle(string how)
    {
        if (Failure is { } failure)
        {
            throw failure;
        }

        Settled.Add(how);
        return Task.CompletedTask;
    }
}
