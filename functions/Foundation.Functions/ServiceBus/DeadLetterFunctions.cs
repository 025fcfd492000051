using Azure.Messaging.ServiceBus;
using Foundation.Azure;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Foundation.Functions.ServiceBus;

/// <summary>What every dead-letter sub-queue forwards. Empty in health.</summary>
internal sealed class DeadLetterFunctions(DeadLetterHandler handler)
{
    /// <summary>The queue, and the function.</summary>
    public const string DeadLetters = "dead-letters";

    [Function("dead-letters")]
    public Task RunAsync(
        [ServiceBusTrigger(DeadLetters, Connection = AzureSettings.ServiceBusConnection, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken ct) => handler.HandleAsync(message, actions, client, ct);
}
