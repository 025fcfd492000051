using Azure.Messaging.ServiceBus;
using Foundation.Azure;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Foundation.Functions.ServiceBus;

/// <summary>Wake-ups of queued tasks: a queue per priority, each with instances of its own.</summary>
internal sealed class TaskFunctions(WakeUpHandler handler)
{
    [Function("tasks-high")]
    public Task RunHighAsync(
        [ServiceBusTrigger(WakeUpQueues.TasksHigh, Connection = AzureSettings.ServiceBusConnection, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken ct) => handler.HandleAsync(WakeUpQueues.TasksHigh, message, actions, client, ct);

    [Function("tasks-normal")]
    public Task RunNormalAsync(
        [ServiceBusTrigger(WakeUpQueues.TasksNormal, Connection = AzureSettings.ServiceBusConnection, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken ct) => handler.HandleAsync(WakeUpQueues.TasksNormal, message, actions, client, ct);

    [Function("tasks-low")]
    public Task RunLowAsync(
        [ServiceBusTrigger(WakeUpQueues.TasksLow, Connection = AzureSettings.ServiceBusConnection, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken ct) => handler.HandleAsync(WakeUpQueues.TasksLow, message, actions, client, ct);
}
