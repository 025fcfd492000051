using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Foundation.Functions.ServiceBus;

/// <summary>
/// Settles messages. One that cannot be settled (its lock was lost, the broker is away) comes again, and rows decide that it has nothing
/// to say: never a failed invocation. Not cancelled with the invocation: what was done shall be told.
/// </summary>
internal sealed class MessageSettler(ServiceBusInstruments instruments, ILogger<MessageSettler> logger)
{
    public Task CompleteAsync(string queue, ServiceBusReceivedMessage message, ServiceBusMessageActions actions) =>
        SettleAsync(queue, message, "completed", () => actions.CompleteMessageAsync(message, CancellationToken.None));

    public Task DeadLetterAsync(
        string queue, ServiceBusReceivedMessage message, ServiceBusMessageActions actions, string reason, string description) =>
        SettleAsync(queue, message, "dead-lettered", () => actions.DeadLetterMessageAsync(message, null, reason, description, CancellationToken.None));

    public void Count(string queue, string outcome) => instruments.Settled(queue, outcome);

    private async Task SettleAsync(string queue, ServiceBusReceivedMessage message, string outcome, Func<Task> settle)
    {
        try
        {
            await settle();
            instruments.Settled(queue, outcome);
        }
#pragma warning disable CA1031 // The worker asks the host to settle: a lost lock comes back as whatever the host's protocol makes of it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            instruments.Settled(queue, "unsettled");
            logger.MessageUnsettled(queue, message.MessageId, outcome, e);
        }
    }
}
