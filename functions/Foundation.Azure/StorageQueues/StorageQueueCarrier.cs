using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Foundation.Azure.StorageQueues;

/// <summary>
/// Wake-ups as messages of Storage Queues, for hosts without Service Bus. A wake-up for later stays invisible until then, at most
/// seven days; <see cref="StorageQueuePump"/> hides it again when it comes early.
/// </summary>
/// <param name="service">The account's queues.</param>
/// <param name="prefix">Starts the name of each queue: lower-case letters, digits and hyphens.</param>
/// <param name="bell">Rung for messages that are visible at once, so that a pump in the same process need not wait.</param>
/// <param name="time">What "later" is counted from.</param>
public sealed class StorageQueueCarrier(QueueServiceClient service, string prefix, WakeUpBell bell, TimeProvider time) : ICarrier
{
    /// <summary>Azure's bound of invisibility.</summary>
    public static readonly TimeSpan DelayMax = TimeSpan.FromDays(7);

    private const int Parallel = 16;
    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    /// <inheritdoc/>
    public bool CarriesSweeps => false;

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<WakeUp> wakeUps, CancellationToken ct)
    {
        await Bounded.ForEachAsync(wakeUps.ToArray(), Parallel, w => SendAsync(w, ct));
    }

    /// <summary>How long a message for this moment stays invisible.</summary>
    internal static TimeSpan Delay(long at, DateTimeOffset now)
    {
        var ahead = at - now.ToUnixTimeMilliseconds();
        return ahead <= 0 ? TimeSpan.Zero
            : ahead >= DelayMax.TotalMilliseconds ? DelayMax
            : TimeSpan.FromSeconds(Math.Ceiling(ahead / 1000.0));
    }

    /// <summary>The queue of this name.</summary>
    internal QueueClient Queue(string name) => service.GetQueueClient(prefix + name);

    private async Task SendAsync(WakeUp wakeUp, CancellationToken ct)
    {
        var name = WakeUpQueues.Of(wakeUp.Lane);
        var delay = Delay(wakeUp.At, time.GetUtcNow());
        await AzureFailures.GuardAsync<bool>(
            "Sending a wake-up",
            async () =>
            {
                var queue = Queue(name);
                var body = BinaryData.FromBytes(WakeUpCodec.Encode(wakeUp));
                try
                {
                    await queue.SendMessageAsync(body, delay, Forever, ct);
                }
                catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
                {
                    await queue.CreateIfNotExistsAsync(cancellationToken: ct);
                    await queue.SendMessageAsync(body, delay, Forever, ct);
                }

                return true;
            },
            ct);
        if (delay == TimeSpan.Zero)
        {
            bell.Ring(name);
        }
    }
}
