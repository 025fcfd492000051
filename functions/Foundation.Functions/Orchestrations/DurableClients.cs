using Microsoft.DurableTask.Client;

namespace Foundation.Functions.Orchestrations;

/// <summary>
/// The Durable client. The worker gives one to each invocation and none to services, so each invocation that may reach entities or runs
/// leaves its own here; they are alike, and one stays usable after its invocation.
/// </summary>
internal sealed class DurableClients
{
    private volatile DurableTaskClient? _client;

    /// <summary>The newest; throws <see cref="StoreUnavailableException"/> before the first invocation.</summary>
    public DurableTaskClient Client => _client ?? throw new StoreUnavailableException("No invocation has brought a Durable client yet.");

    /// <summary>An invocation's client.</summary>
    public void Hold(DurableTaskClient client) => _client = client;
}
