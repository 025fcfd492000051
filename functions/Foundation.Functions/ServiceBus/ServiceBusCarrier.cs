using System.Collections.Concurrent;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Foundation.Azure;
using Foundation.Functions.Orchestrations;

namespace Foundation.Functions.ServiceBus;

/// <summary>Takes wake-ups to Service Bus, by lane; those of runs ring their orchestration.</summary>
/// <param name="client">The namespace.</param>
/// <param name="bell">Rings orchestrations.</param>
/// <param name="time">Tells what is ahead.</param>
internal sealed class ServiceBusCarrier(ServiceBusClient client, RunBell bell, TimeProvider time) : ICarrier, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ServiceBusSender> _senders = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool CarriesSweeps => false;

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<WakeUp> wakeUps, CancellationToken ct)
    {
        StoreUnavailableException? failure = null;
        foreach (var group in wakeUps.ToArray().GroupBy(w => RunBell.FindRun(w) is null ? WakeUpQueues.Of(w.Lane) : ""))
        {
            try
            {
                await (group.Key.Length == 0 ? RingAsync(group, ct) : SendAsync(group.Key, [.. group], ct));
            }
            catch (StoreUnavailableException e)
            {
                // The other queues may well be reached.
                failure ??= e;
            }
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var sender in _senders.Values)
        {
            await sender.DisposeAsync();
        }
    }

    private async ValueTask RingAsync(IEnumerable<WakeUp> wakeUps, CancellationToken ct)
    {
        foreach (var run in wakeUps.GroupBy(w => RunBell.FindRun(w)!))
        {
            await bell.RingAsync(run.Key, run.Min(w => w.At), ct);
        }
    }

    private async ValueTask SendAsync(string queue, IReadOnlyList<WakeUp> wakeUps, CancellationToken ct)
    {
        var sender = _senders.GetOrAdd(queue, static (name, client) => client.CreateSender(name), client);
        try
        {
            if (wakeUps is [var one])
            {
                await sender.SendMessageAsync(ToMessage(one), ct);
            }
            else
            {
                await SendBatchesAsync(sender, [.. wakeUps.Select(ToMessage)], ct);
            }
        }
        catch (Exception e) when (IsUnavailable(e, ct))
        {
            throw new StoreUnavailableException($"Service Bus does not take messages for '{queue}'.", e);
        }
    }

    private static async Task SendBatchesAsync(ServiceBusSender sender, IReadOnlyList<ServiceBusMessage> messages, CancellationToken ct)
    {
        for (var sent = 0; sent < messages.Count;)
        {
            using var batch = await sender.CreateMessageBatchAsync(ct);
            var first = sent;
            while (sent < messages.Count && batch.TryAddMessage(messages[sent]))
            {
                sent++;
            }

            if (sent == first)
            {
                throw new InvalidOperationException($"A wake-up of {messages[first].Body.ToMemory().Length} bytes does not fit into an empty batch");
            }

            await sender.SendMessagesAsync(batch, ct);
        }
    }

    private ServiceBusMessage ToMessage(WakeUp wakeUp)
    {
        var message = new ServiceBusMessage(WakeUpCodec.Encode(wakeUp)) { ContentType = "application/json", Subject = wakeUp.Lane };
        var at = DateTimeOffset.FromUnixTimeMilliseconds(wakeUp.At);
        if (at > time.GetUtcNow())
        {
            message.ScheduledEnqueueTime = at;
        }

        return message;
    }

    private static bool IsUnavailable(Exception e, CancellationToken ct) => e switch
    {
        ServiceBusException or TimeoutException or IOException or UnauthorizedAccessException or AuthenticationFailedException
            or System.Net.Sockets.SocketException => true,
        OperationCanceledException => !ct.IsCancellationRequested,
        _ => false,
    };
}
