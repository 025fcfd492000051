using Azure.Messaging.ServiceBus;
using Foundation.Azure;
using Foundation.Functions.Orchestrations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Foundation.Functions.ServiceBus;

/// <summary>
/// Empties <c>dead-letters</c>. What this app put there is known by its row. What the broker put there could not be handled: it is told,
/// and since it was only a wake-up, its lane is looked at once more; after that the sweeper has it.
/// </summary>
internal sealed class DeadLetterHandler(
    WakeUpCodec codec, FoundationHost host, Waker waker, MessageSettler settler, DurableClients clients, ServiceBusInstruments instruments,
    ILogger<DeadLetterHandler> logger)
{
    public async Task HandleAsync(
        ServiceBusReceivedMessage message, ServiceBusMessageActions actions, DurableTaskClient client, CancellationToken ct)
    {
        clients.Hold(client);
        var reason = message.DeadLetterReason ?? "unknown";
        instruments.DeadLetter(reason);
        if (reason != DeadLetterReasons.Task && !await LookAgainAsync(message, reason, ct))
        {
            settler.Count(DeadLetterFunctions.DeadLetters, "put-off");
            return;
        }

        await settler.CompleteAsync(DeadLetterFunctions.DeadLetters, message, actions);
    }

    /// <summary>False: not now, so the message shall come again.</summary>
    private async ValueTask<bool> LookAgainAsync(ServiceBusReceivedMessage message, string reason, CancellationToken ct)
    {
        var source = message.DeadLetterSource ?? "an unknown queue";
        if (!codec.TryDecode(message.Body.ToMemory().Span, out var wakeUp))
        {
            logger.DeadMessage(source, message.MessageId, reason, message.DeadLetterErrorDescription, "no wake-up");
            return true;
        }

        logger.DeadMessage(source, message.MessageId, reason, message.DeadLetterErrorDescription, wakeUp.Lane);
        try
        {
            await host.EnsureLoadedAsync(ct);
            await waker.WakeAsync(wakeUp, ct);
        }
        catch (StoreUnavailableException e)
        {
            logger.WakeUpPutOff(DeadLetterFunctions.DeadLetters, wakeUp.Lane, message.DeliveryCount, e);
            return false;
        }
#pragma warning disable CA1031 // It failed many times before; once more is no news, and the row stays for the sweeper.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.DeadWakeUpFailed(wakeUp.Lane, e);
        }

        return true;
    }
}
