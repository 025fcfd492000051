using Azure.Messaging.ServiceBus;
using Foundation.Azure;
using Foundation.Functions.Orchestrations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Foundation.Functions.ServiceBus;

/// <summary>
/// Brings the wake-up of a message to its room, then settles the message. Rows decide: a message is done with as soon as its lane was
/// looked at, whatever was found there.
/// </summary>
internal sealed class WakeUpHandler(
    WakeUpCodec codec, FoundationHost host, Waker waker, DeadLetterWatch deadLetters, MessageSettler settler, DurableClients clients, HostProfile profile,
    TimeProvider time, ILogger<WakeUpHandler> logger)
{
    public async Task HandleAsync(
        string queue, ServiceBusReceivedMessage message, ServiceBusMessageActions actions, DurableTaskClient client, CancellationToken ct)
    {
        clients.Hold(client);
        if (!codec.TryDecode(message.Body.ToMemory().Span, out var wakeUp))
        {
            logger.PoisonMessage(queue, message.MessageId, message.Body.ToMemory().Length);
            await settler.DeadLetterAsync(queue, message, actions, DeadLetterReasons.NotAWakeUp, "The body is no wake-up of this version.");
            return;
        }

        using var watch = deadLetters.Follow(wakeUp.Key);
        try
        {
            await WaitAsync(wakeUp, ct);
            await host.EnsureLoadedAsync(ct);
            await waker.WakeAsync(wakeUp, ct);
        }
        catch (StoreUnavailableException e)
        {
            // Not abandoned, which would bring it back at once and twenty times within a second: it comes again when its lock ends.
            logger.WakeUpPutOff(queue, wakeUp.Lane, message.DeliveryCount, e);
            settler.Count(queue, "put-off");
            return;
        }

        await (watch.DeadLettered
            ? settler.DeadLetterAsync(queue, message, actions, DeadLetterReasons.Task, $"{wakeUp.Key} ended dead-lettered; its row has the history.")
            : settler.CompleteAsync(queue, message, actions));
    }

    // The broker's clock may run before ours: what comes a little early is not overdue here yet, and a room would find nothing.
    private async ValueTask WaitAsync(WakeUp wakeUp, CancellationToken ct)
    {
        var early = DateTimeOffset.FromUnixTimeMilliseconds(wakeUp.At) - time.GetUtcNow();
        if (early > TimeSpan.Zero && early <= profile.ClockSkew)
        {
            await Task.Delay(early, time, ct);
        }
    }
}

/// <summary>Why this app dead-letters a message. Seen in the portal, read by the trigger of <c>dead-letters</c>: frozen.</summary>
internal static class DeadLetterReasons
{
    public const string NotAWakeUp = "not-a-wake-up";
    public const string Task = "task-dead-lettered";
}
