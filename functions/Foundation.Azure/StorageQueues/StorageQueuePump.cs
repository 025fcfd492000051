using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Foundation.Azure.StorageQueues;

/// <summary>How a pump works.</summary>
public sealed record StorageQueuePumpOptions
{
    /// <summary>Wake-ups at once, over all queues. Default: 16.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>How long a wake-up may take before its message comes again. Default: 2 min.</summary>
    public TimeSpan Invisible { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How soon an empty queue is looked at again. Default: 100 ms.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How seldom, when it stays empty: the interval grows to this. Default: 2 s.</summary>
    public TimeSpan PollEveryMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After this many tries a message is dropped: the sweeper finds what it was about. Default: 5.</summary>
    public int TriesMax { get; init; } = 5;
}

/// <summary>Polls the queues and brings their wake-ups to the core. Stops with its work done.</summary>
/// <param name="carrier">The queues.</param>
/// <param name="codec">Reads messages.</param>
/// <param name="wake">Brings a wake-up to its room; throwing means "again later".</param>
/// <param name="bell">Rung by senders of the same process.</param>
/// <param name="options">How it works.</param>
/// <param name="time">For intervals.</param>
/// <param name="logger">Tells of dropped and failed messages.</param>
public sealed class StorageQueuePump(
    StorageQueueCarrier carrier,
    WakeUpCodec codec,
    Func<WakeUp, CancellationToken, ValueTask> wake,
    WakeUpBell bell,
    StorageQueuePumpOptions options,
    TimeProvider time,
    ILogger<StorageQueuePump> logger) : BackgroundService
{
    private const int BatchMax = 32;

    // A wake-up this early is looked at all the same; rooms wait out what clocks differ by.
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _slots = new(options.Concurrency);

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _slots.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(WakeUpQueues.All.Select(q => PumpAsync(q, stoppingToken)));
        for (var i = 0; i < options.Concurrency; i++)
        {
            // What is under way ends first; its token is cancelled, so that is soon.
            await _slots.WaitAsync(CancellationToken.None);
        }
    }

    private async Task PumpAsync(string name, CancellationToken ct)
    {
        var queue = carrier.Queue(name);
        var wait = options.PollEvery;
        while (!ct.IsCancellationRequested)
        {
            var rung = bell.Next(name);
            try
            {
                if (await TakeAsync(queue, ct))
                {
                    wait = options.PollEvery;
                    continue;
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException e)
            {
                logger.QueueUnavailable(name, e);
            }

            await WaitAsync(rung, wait, ct);
            wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, options.PollEveryMax.Ticks));
        }
    }

    private async Task WaitAsync(Task rung, TimeSpan wait, CancellationToken ct)
    {
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(rung, Task.Delay(wait, time, rest.Token));
        await rest.CancelAsync();
    }

    /// <summary>Takes what is visible and starts it; false when the queue was empty.</summary>
    private async Task<bool> TakeAsync(QueueClient queue, CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        QueueMessage[] messages;
        try
        {
            messages = await ReceiveAsync(queue, Math.Min(BatchMax, _slots.CurrentCount + 1), ct);
        }
        finally
        {
            _slots.Release();
        }

        foreach (var message in messages)
        {
            await _slots.WaitAsync(ct);
            _ = HandleAsync(queue, message, ct);
        }

        return messages.Length > 0;
    }

    private ValueTask<QueueMessage[]> ReceiveAsync(QueueClient queue, int most, CancellationToken ct) => AzureFailures.GuardAsync(
        "Receiving wake-ups",
        async Task<QueueMessage[]> () =>
        {
            try
            {
                return (await queue.ReceiveMessagesAsync(most, options.Invisible, ct)).Value;
            }
            catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
            {
                return [];
            }
        },
        ct);

    private async Task HandleAsync(QueueClient queue, QueueMessage message, CancellationToken ct)
    {
        try
        {
            if (!codec.TryDecode(message.Body.ToMemory().Span, out var wakeUp))
            {
                logger.PoisonMessage(queue.Name, message.MessageId);
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, ct);
            }
            else if (StorageQueueCarrier.Delay(wakeUp.At, time.GetUtcNow()) is var early && early > Early)
            {
                await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, message.Body, early, ct);
            }
            else
            {
                await WakeAsync(queue, message, wakeUp, ct);
            }
        }
#pragma warning disable CA1031 // A message that could not be settled comes again; rows decide, so once more does no harm.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!ct.IsCancellationRequested)
            {
                logger.MessageNotSettled(queue.Name, message.MessageId, e);
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task WakeAsync(QueueClient queue, QueueMessage message, WakeUp wakeUp, CancellationToken ct)
    {
        try
        {
            await wake(wakeUp, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && message.DequeueCount < options.TriesMax)
        {
            logger.WakeUpFailed(wakeUp.Lane, message.DequeueCount, e);
            var again = TimeSpan.FromSeconds(Math.Pow(2, message.DequeueCount));
            await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, message.Body, again, ct);
            return;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.WakeUpDropped(wakeUp.Lane, message.DequeueCount, e);
        }

        await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, ct);
    }
}
