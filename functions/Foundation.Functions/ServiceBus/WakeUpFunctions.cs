using Azure.Messaging.ServiceBus;
using Foundation.Azure;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Foundation.Functions.ServiceBus;

/// <summary>All other wake-ups.</summary>
internal sealed class WakeUpFunctions(WakeUpHandler handler)
{
    [Function("wakeups")]
    public Task RunAsync(
        [ServiceBusTrigger(WakeUpQueues.WakeUps, Connection = AzureSettings.ServiceBusConnection, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken ct) => handler.HandleAsync(WakeUpQueues.WakeUps, message, actions, client, ct);
}
